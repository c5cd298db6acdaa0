import { redactUrl } from '#base/http.ts';
import { describeRequest, RegistryError } from './error.ts';
import type { Exchange, ExchangeAnswer, ExchangeRequest } from './exchange.ts';

/** An answer with the URL that gave it, which after redirects is another than the one that was asked. */
export interface FollowedAnswer {
  readonly url: URL;
  readonly answer: ExchangeAnswer;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 5;
/** What no other origin than the one it was written for gets to see. */
const CREDENTIALS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * Sends a request and follows at most five redirects, never from https to http; of a POST or PUT none, since what is
 * written is for whom it was given to. Credentials are dropped as soon as
 * the origin changes, and are not put back should a redirect lead home again. With `reach` at `origin` a redirect that
 * leads elsewhere is not followed: it is the answer.
 */
export async function sendFollowing(
  exchange: Exchange,
  request: ExchangeRequest,
  reach: 'anywhere' | 'origin' = 'anywhere',
): Promise<FollowedAnswer> {
  let { url, headers } = request;
  const seen = new Set([url.href]);
  for (let hop = 0; ; hop += 1) {
    const current = { ...request, url, headers };
    const answer = await exchange.send(current);
    if (!REDIRECTS.includes(answer.status)) {
      return { url, answer };
    }
    if (request.method === 'POST' || request.method === 'PUT') {
      answer.discard();
      throw refused(request, 'to be taken where it was sent', `${answer.status}`);
    }
    if (reach === 'origin' && !staysHome(current, answer)) {
      return { url, answer };
    }
    answer.discard();
    const target = targetOf(current, answer);
    if (hop === MAX_REDIRECTS || seen.has(target.href)) {
      throw refused(request, `at most ${MAX_REDIRECTS} redirects`, seen.has(target.href) ? 'a loop' : 'more');
    }
    seen.add(target.href);
    if (target.origin !== url.origin) {
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.includes(name)));
    }
    url = target;
  }
}

function staysHome(from: ExchangeRequest, answer: ExchangeAnswer): boolean {
  return URL.parse(answer.headers.get('location') ?? '', from.url)?.origin === from.url.origin;
}

function targetOf(from: ExchangeRequest, answer: ExchangeAnswer): URL {
  const location = answer.headers.get('location');
  const target = location === undefined ? null : URL.parse(location, from.url);
  if (target === null) {
    throw refused(from, 'a location', location === undefined ? 'none' : 'one that is no URL');
  }
  if (from.url.protocol === 'https:' && target.protocol !== 'https:') {
    throw refused(from, 'a location with https', redactUrl(target.href));
  }
  target.hash = '';
  return target;
}

function refused(request: ExchangeRequest, expected: string, found: string): RegistryError {
  return new RegistryError('REGISTRY_REDIRECT_REFUSED', 'redirect refused', {
    object: describeRequest(request),
    expected,
    found,
  });
}
