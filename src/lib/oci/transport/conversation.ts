import type { Clock } from '#base/clock.ts';
import type { ExchangeRequest } from './exchange.ts';
import { connectionFailure, timedOut } from './failures.ts';

/** How slow an answer may be. Time that the reader takes for itself does not count, but for the total. */
export interface Slowness {
  /** From the request to the end of the headers. */
  readonly answerMs: number;
  /** Longest wait for the next bytes. */
  readonly idleMs: number;
  /** Over this much waiting, at least as many bytes per second have to come. */
  readonly windowMs: number;
  readonly leastBytesPerSecond: number;
  /** Request and body together, unless the request says less. */
  readonly totalMs: number;
}

/** One request on its way. */
export interface Conversation {
  readonly request: ExchangeRequest;
  readonly deadline: AbortSignal;
  readonly slowness: Slowness;
  readonly clock: Clock;
}

/** What ended a conversation: the caller, the deadline, or what happened on the wire. */
export function failure(conversation: Conversation, error: unknown): Error {
  const { request, deadline, slowness } = conversation;
  if (request.signal.aborted) {
    const reason: unknown = request.signal.reason;
    return reason instanceof Error ? reason : new DOMException(String(reason), 'AbortError');
  }
  if (deadline.aborted) {
    return timedOut(request, `all of it within ${request.totalMs ?? slowness.totalMs} ms`, 'less');
  }
  return connectionFailure(request, error);
}
