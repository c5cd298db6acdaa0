import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from './error.ts';
import type { ConnectionOptions, Exchange } from './http-connection.ts';
import { acceptUrl, readBody, send, startExchange } from './http-connection.ts';
import { HttpError, redactUrl } from './http-error.ts';
import { limitExceeded } from './limits.ts';

export { HttpError, redactUrl } from './http-error.ts';

export interface DownloadOptions extends ConnectionOptions {
  /** The body may not be longer; `LIMIT_EXCEEDED` otherwise. */
  readonly maxBytes: number;
  /** Of an earlier answer: the server may then say that nothing changed. */
  readonly etag?: string;
  readonly userAgent?: string;
  /** Plain http to other machines, when the user's own setting says so. Loopback is always allowed. */
  readonly allowHttp?: boolean;
  /** Waits before the second and third attempt; tests shorten them. */
  readonly backoffMs?: readonly number[];
}

export type Download =
  | { readonly kind: 'not-modified' }
  | {
      readonly kind: 'body';
      readonly etag: string | null;
      /** What the server promises; null when it does not. */
      readonly length: number | null;
      /** Read once, to its end; breaking off closes the connection. Throws HttpError and `LIMIT_EXCEEDED`. */
      readonly body: AsyncIterable<Uint8Array>;
    };

type DownloadExchange = DownloadOptions & Exchange;

const BACKOFF_MS: readonly number[] = [500, 2000];
const MAX_REDIRECTS = 5;
const MAX_ETAG = 256;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * One GET over https without credentials. Redirects are followed here, at most five and never from https to http;
 * connection errors and 5xx are tried twice more before a body has begun. The body comes as sent (identity encoding).
 */
export async function download(url: string, options: DownloadOptions): Promise<Download> {
  const exchange = startExchange(options);
  const waits = options.backoffMs ?? BACKOFF_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await follow(url, exchange);
    } catch (error) {
      options.signal.throwIfAborted();
      const wait = waits[attempt];
      if (wait === undefined || exchange.deadline.aborted || !isTemporary(error)) {
        throw error;
      }
      await sleep(wait, undefined, { signal: options.signal });
    }
  }
}

async function follow(url: string, options: DownloadExchange): Promise<Download> {
  let target = acceptUrl(url, options.allowHttp === true);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await send(target, { method: 'GET', headers: requestHeaders(options) }, options);
    const status = answer.statusCode ?? 0;
    if (!REDIRECTS.includes(status)) {
      return interpret(target, answer, options);
    }
    answer.destroy();
    target = redirected(target, answer.headers.location, options.allowHttp === true);
  }
  throw new HttpError('HTTP_REDIRECT_REFUSED', 'too many redirects', {
    object: redactUrl(url),
    expected: `at most ${MAX_REDIRECTS}`,
    found: 'more',
  });
}

function redirected(from: URL, location: string | undefined, allowHttp: boolean): URL {
  const to = location === undefined ? null : URL.parse(location, from);
  if (to === null || (from.protocol === 'https:' && to.protocol !== 'https:')) {
    throw new HttpError('HTTP_REDIRECT_REFUSED', 'redirect refused', {
      object: redactUrl(from.href),
      expected: from.protocol === 'https:' ? 'a location with https' : 'a location',
      found: to === null ? 'none' : redactUrl(to.href),
    });
  }
  return acceptUrl(to.href, allowHttp);
}

function requestHeaders(options: DownloadOptions): Record<string, string> {
  return {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': options.userAgent ?? 'plimsoll',
    ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
  };
}

function interpret(url: URL, answer: IncomingMessage, options: DownloadExchange): Download {
  const status = answer.statusCode ?? 0;
  const object = redactUrl(url.href);
  if (status === 304 && options.etag !== undefined) {
    answer.destroy();
    return { kind: 'not-modified' };
  }
  if (status !== 200) {
    answer.destroy();
    throw new HttpError('HTTP_STATUS', 'the server refused', { object, expected: '200', found: `${status}`, status });
  }
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.destroy();
    throw new HttpError('HTTP_ANSWER_INVALID', 'encoded answer', {
      object,
      expected: 'no content encoding',
      found: quote(encoding),
    });
  }
  const length = lengthOf(answer.headers);
  if (length !== null && length > options.maxBytes) {
    answer.destroy();
    throw limitExceeded(object, options.maxBytes, 'bytes', length);
  }
  return { kind: 'body', etag: etagOf(answer.headers), length, body: readBody(url, answer, options, options.maxBytes) };
}

function lengthOf(headers: IncomingHttpHeaders): number | null {
  const text = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function etagOf(headers: IncomingHttpHeaders): string | null {
  const etag = headers.etag ?? '';
  return etag !== '' && etag.length <= MAX_ETAG ? etag : null;
}

function isTemporary(error: unknown): boolean {
  if (!(error instanceof HttpError)) {
    return false;
  }
  return error.code === 'HTTP_UNREACHABLE' || (error.status !== null && error.status >= 500);
}
