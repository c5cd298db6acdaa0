import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '#base/clock.ts';
import { type Log, silentLog } from '#base/log.ts';
import { parseRetryAfter } from '#base/retry-after.ts';
import { describeRequest, RegistryError } from './error.ts';
import type { Exchange, ExchangeAnswer, ExchangeRequest } from './exchange.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** 0 to 1; for jitter. */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Requests in all, the first included. */
  readonly attempts: number;
  /** Longest wait before the second attempt; it doubles with each, up to `capMs`. The wait is anything from 0 to it. */
  readonly baseMs: number;
  readonly capMs: number;
  /** A server that asks for a longer wait than this is not waited for at all. */
  readonly retryAfterCapMs: number;
  readonly log?: Log;
}

export type RetrySettings = Partial<RetryOptions> & Pick<RetryOptions, 'clock'>;

const DEFAULTS: Omit<RetryOptions, 'clock'> = {
  random: Math.random,
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal });
  },
  attempts: 5,
  baseMs: 500,
  capMs: 15_000,
  retryAfterCapMs: 60_000,
};
const TIMEOUT_ATTEMPTS = 2;
const TEMPORARY: readonly number[] = [429, 500, 502, 503, 504];
/** The server says that it has not looked at the request, so that even a POST may be sent again. */
const NOT_HANDLED: readonly number[] = [429, 503];

/**
 * The same exchange, with another try after connection errors, 429 and the statuses of servers in trouble: full jitter,
 * and at least as long as Retry-After says. The last answer or error is handed on as it is.
 */
export function withRetries(exchange: Exchange, settings: RetrySettings): Exchange {
  const options: RetryOptions = { ...DEFAULTS, ...settings };
  return {
    send: async (request) => {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await exchange.send(request).catch((error: unknown) => temporaryError(error, request));
        const waitMs = waitAfter(outcome, request, attempt, options);
        if (waitMs === null) {
          return settle(outcome);
        }
        const why = outcome instanceof RegistryError ? outcome.message : String(outcome.status);
        (options.log ?? silentLog).debug('request again', { request: describeRequest(request), attempt, waitMs, why });
        if (!(outcome instanceof RegistryError)) {
          outcome.discard();
        }
        await options.sleep(waitMs, request.signal);
      }
    },
  };
}

/** Throws what another try will not change. */
function temporaryError(error: unknown, request: ExchangeRequest): RegistryError {
  if (error instanceof RegistryError && error.temporary && request.method !== 'POST') {
    return error;
  }
  throw error;
}

/** Milliseconds until the next attempt; null when this outcome stands. */
function waitAfter(
  outcome: ExchangeAnswer | RegistryError,
  request: ExchangeRequest,
  attempt: number,
  options: RetryOptions,
): number | null {
  const { random, baseMs, capMs, retryAfterCapMs, clock } = options;
  if (attempt >= options.attempts) {
    return null;
  }
  const jitter = Math.round(random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
  if (outcome instanceof RegistryError) {
    // Each of these has cost the longest wait that there is for an answer.
    return outcome.code === 'REGISTRY_TIMEOUT' && attempt >= TIMEOUT_ATTEMPTS ? null : jitter;
  }
  const statuses = request.method === 'POST' ? NOT_HANDLED : TEMPORARY;
  if (!statuses.includes(outcome.status)) {
    return null;
  }
  const asked = parseRetryAfter(outcome.headers.get('retry-after') ?? '', clock.now());
  if (asked === null) {
    return jitter;
  }
  return asked > retryAfterCapMs ? null : Math.max(asked, jitter);
}

function settle(outcome: ExchangeAnswer | RegistryError): ExchangeAnswer {
  if (outcome instanceof RegistryError) {
    throw outcome;
  }
  return outcome;
}
