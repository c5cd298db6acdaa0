import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from './clock.ts';
import type { ConnectionOptions, Exchange } from './http-connection.ts';
import { acceptUrl, assertIdentity, readBody, send, startExchange } from './http-connection.ts';
import { HttpError, redactUrl } from './http-error.ts';
import { readBounded } from './limits.ts';
import { parseRetryAfter } from './retry-after.ts';

/** One request to a service that signs, keeps keys or stamps times. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** What the service answered, whatever its status: errors of services are in their bodies. */
export interface HttpCallAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpCallOptions extends Omit<ConnectionOptions, 'idleTimeoutMs'> {
  /** Longest wait for the next bytes; as long as for the whole when it is left out. */
  readonly idleTimeoutMs?: number;
  /** Of the answer's body, whatever its status; `LIMIT_EXCEEDED` past it. */
  readonly maxBytes: number;
  /** Plain http to other machines, when the user's own setting says so. Loopback is always allowed. */
  readonly allowHttp?: boolean;
  /**
   * Longest wait before the second and the third attempt: half a second and two when it is left out. Without any,
   * nothing is sent twice.
   */
  readonly retries?: { readonly backoffMs: readonly number[] };
  readonly userAgent?: string;
  /** Judges the dates of Retry-After. */
  readonly clock?: Clock;
}

type CallExchange = HttpCallOptions & Exchange;

const BACKOFF_MS: readonly number[] = [500, 2000];
const MAX_RETRIES = 2;
const MAX_RETRY_AFTER_MS = 10_000;
const TEMPORARY: readonly number[] = [429, 502, 503, 504];
/** What another attempt may change, as against certificates that are refused and names that nobody has. */
const CONNECTION_FAILURES: readonly string[] = [
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
];

/**
 * One request over https (to loopback also http), and its whole answer, whatever the status; redirects are refused.
 * Sent again, at most twice and never past the deadline, when the connection fails before there is an answer, and for
 * 429, 502, 503 and 504: as Retry-After says, up to ten seconds. The last such answer is returned as any other. Signing
 * may be sent again, for a second signature of the same bytes says nothing new; a request that leaves something behind
 * each time is for the caller to send with no `retries`. No error holds the query, a header or a body. Throws HttpError,
 * `LIMIT_EXCEEDED` and the reason of `signal`.
 */
export async function httpCall(call: HttpCall, options: HttpCallOptions): Promise<HttpCallAnswer> {
  options.signal.throwIfAborted();
  const url = acceptUrl(call.url, options.allowHttp === true);
  const exchange = startExchange({ ...options, idleTimeoutMs: options.idleTimeoutMs ?? options.totalTimeoutMs });
  const until = performance.now() + options.totalTimeoutMs;
  const waits = (options.retries?.backoffMs ?? BACKOFF_MS).slice(0, MAX_RETRIES);
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptCall(url, call, exchange);
    const wait = waitAfter(outcome, waits[attempt], options.clock ?? systemClock);
    if (wait === null || performance.now() + wait >= until) {
      if (outcome instanceof HttpError) {
        throw outcome;
      }
      return outcome;
    }
    await sleep(wait, undefined, { signal: options.signal }).catch(() => undefined);
    options.signal.throwIfAborted();
  }
}

/** The answer, or why there is none when another attempt may have one. */
async function attemptCall(url: URL, call: HttpCall, options: CallExchange): Promise<HttpCallAnswer | HttpError> {
  const headers = {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': options.userAgent ?? 'plimsoll',
    ...lowerCase(call.headers ?? {}),
  };
  let answer: IncomingMessage;
  try {
    answer = await send(url, { ...call, headers }, options);
  } catch (error) {
    if (error instanceof HttpError && isConnectionFailure(error)) {
      return error;
    }
    throw error;
  }
  return await readAnswer(url, answer, options);
}

function isConnectionFailure({ code, cause }: HttpError): boolean {
  const reason = cause instanceof Error && 'code' in cause ? cause.code : null;
  return code === 'HTTP_UNREACHABLE' && typeof reason === 'string' && CONNECTION_FAILURES.includes(reason);
}

async function readAnswer(url: URL, answer: IncomingMessage, options: CallExchange): Promise<HttpCallAnswer> {
  const status = answer.statusCode ?? 0;
  const object = redactUrl(url.href);
  if (status >= 300 && status < 400) {
    answer.destroy();
    throw new HttpError('HTTP_REDIRECT_REFUSED', 'redirect refused', {
      object,
      expected: 'an answer of this server',
      found: `${status}`,
      status,
    });
  }
  assertIdentity(answer, object);
  const body = await readBounded(readBody(url, answer, options, options.maxBytes), options.maxBytes, object);
  return { status, headers: flatten(answer.headers), body };
}

/** Milliseconds until the next attempt; null when this outcome stands. */
function waitAfter(outcome: HttpCallAnswer | HttpError, longest: number | undefined, clock: Clock): number | null {
  if (longest === undefined) {
    return null;
  }
  const jitter = Math.round((longest / 2) * (1 + Math.random()));
  if (outcome instanceof HttpError) {
    return jitter;
  }
  if (!TEMPORARY.includes(outcome.status)) {
    return null;
  }
  const asked = parseRetryAfter(outcome.headers['retry-after'] ?? '', clock.now()) ?? 0;
  return asked > MAX_RETRY_AFTER_MS ? null : Math.max(asked, jitter);
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')] as const);
  return Object.fromEntries(entries);
}
