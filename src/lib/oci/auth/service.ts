import { type AskTokenService, FORM_HEADERS } from '#base/cloud/token.ts';
import { redactUrl } from '#base/http.ts';
import { type Members, parseSecretObject } from '#base/json/members.ts';
import { LIMITS, readBounded } from '#base/limits.ts';
import { statusError } from '../transport/error.ts';
import type { Exchange, ExchangeAnswer, ExchangeRequest } from '../transport/exchange.ts';
import { AuthError } from './error.ts';

const TOTAL_MS = 60_000;

/**
 * Asks a service that hands out credentials and reads its JSON object. Redirects are not followed: they would take the
 * credentials along. Of an error's body only codes are shown, and none that is among `secrets`; `hint` goes with a refusal.
 */
export async function askService(
  exchange: Exchange,
  request: ExchangeRequest,
  secrets: readonly string[],
  hint?: string,
): Promise<Members> {
  const answer = await exchange.send({ totalMs: TOTAL_MS, ...request });
  const object = `${request.method} ${redactUrl(request.url.href)}`;
  if (answer.status !== 200) {
    throw await refusal(request, answer, object, secrets, hint);
  }
  const bytes = await readBounded(answer.body, LIMITS.tokenBytes, `answer of ${object}`);
  return parseSecretObject(bytes, object, (found) => answerInvalid(object, 'a JSON object', found));
}

/** How a cloud's token service is asked over this transport. */
export function askTokenService(exchange: Exchange, signal: AbortSignal): AskTokenService {
  return async ({ url, body, secrets }) =>
    await askService(exchange, { method: 'POST', url, headers: FORM_HEADERS, body, signal }, secrets);
}

export function answerInvalid(object: string, expected: string, found: string): AuthError {
  return new AuthError('TOKEN_ANSWER_INVALID', 'no token in the answer', { object, expected, found });
}

async function refusal(
  request: ExchangeRequest,
  answer: ExchangeAnswer,
  object: string,
  secrets: readonly string[],
  hint = 'Check the credentials, and that they are for this registry.',
): Promise<AuthError> {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    answer.discard();
    const to = URL.parse(answer.headers.get('location') ?? '', request.url);
    const found = `${status}${to === null ? '' : ` to ${redactUrl(to.href)}`}`;
    return new AuthError('TOKEN_REFUSED', 'redirects of a token service are not followed', { object, found, status });
  }
  const { problems } = await statusError(request, answer);
  const codes = problems.flatMap(({ code }) => (/^[A-Za-z0-9_]+$/.test(code) && !secrets.includes(code) ? [code] : []));
  const found = codes.length === 0 ? `${status}` : `${status} (${codes.join(', ')})`;
  return status === 429 || status >= 500
    ? new AuthError('TOKEN_SERVICE_UNAVAILABLE', 'the token service cannot answer', { object, found, status })
    : new AuthError('TOKEN_REFUSED', 'no token', { object, expected: '200', found, status, hint });
}
