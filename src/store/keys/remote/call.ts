import { type HttpCall, type HttpCallAnswer, httpCall } from '#base/http-call.ts';
import { type HttpCode, HttpError } from '#base/http-error.ts';
import { JsonError, parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import { type KeyCode, KeyError } from '../error.ts';
import { answerInvalid } from './error.ts';

/** How the service of one key is asked. */
export interface ServiceConnection {
  /** The key's reference without secrets. */
  readonly name: string;
  /** Names the proxies, if any. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** PEM: authorities of the service's certificate besides those of the system. */
  readonly ca?: string;
  /** Longest waits before the second and third attempt; tests shorten them. */
  readonly backoffMs?: readonly number[];
}

const TOTAL_TIMEOUT_MS = 30_000;
const PROXIES: readonly string[] = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

const CODES: Readonly<Record<HttpCode, KeyCode>> = {
  HTTP_URL_REFUSED: 'KEY_REFERENCE_INVALID',
  HTTP_STATUS: 'KEY_SERVICE_REFUSED',
  HTTP_UNREACHABLE: 'KEY_SERVICE_UNREACHABLE',
  HTTP_TIMEOUT: 'KEY_SERVICE_UNREACHABLE',
  HTTP_REDIRECT_REFUSED: 'KEY_SERVICE_UNREACHABLE',
  HTTP_ANSWER_INVALID: 'KEY_SERVICE_ANSWER_INVALID',
};

/** The answer of the service, whatever its status. Throws `KeyError` in place of `HttpError`, and `LIMIT_EXCEEDED`. */
export async function callService(
  call: HttpCall,
  connection: ServiceConnection,
  signal: AbortSignal,
): Promise<HttpCallAnswer> {
  const { name, environment, ca, backoffMs } = connection;
  try {
    return await httpCall(call, {
      signal,
      totalTimeoutMs: TOTAL_TIMEOUT_MS,
      maxBytes: LIMITS.keyServiceBytes,
      proxies: proxiesOf(environment),
      ...(ca === undefined ? {} : { ca }),
      ...(backoffMs === undefined ? {} : { retries: { backoffMs } }),
    });
  } catch (error) {
    if (!(error instanceof HttpError)) {
      throw error;
    }
    throw keyErrorOf(name, error);
  }
}

/** Strict JSON: two readers of it read the same. Throws `KEY_SERVICE_ANSWER_INVALID` without a word of what it holds. */
export function readAnswerJson(body: Uint8Array, name: string): unknown {
  try {
    return parseStrictJson(body, name);
  } catch (error) {
    if (!(error instanceof JsonError)) {
      throw error;
    }
    throw answerInvalid(name, 'JSON', error.code === 'JSON_DUPLICATE_KEY' ? 'a member twice' : 'something else');
  }
}

function keyErrorOf(name: string, error: HttpError): KeyError {
  const server = error.object === undefined ? '' : ` at ${error.object}`;
  return new KeyError(CODES[error.code], `${error.problem}${server}`, {
    object: name,
    ...(error.expected === undefined ? {} : { expected: error.expected }),
    ...(error.found === undefined ? {} : { found: error.found }),
    cause: error,
  });
}

function proxiesOf(environment: ServiceConnection['environment']): Record<string, string | undefined> {
  const names = [...PROXIES, ...PROXIES.map((name) => name.toLowerCase())];
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}
