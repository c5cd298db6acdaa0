import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerRequest } from '../context.ts';

/** One of a stream of server-sent events (HTML, section 9.2). */
export interface StreamedEvent {
  /** What a client sends as `Last-Event-ID` when it comes again: letters and digits. */
  readonly id: string;
  /** Letters. */
  readonly name: string;
  readonly data: object;
}

export interface StreamLimits {
  /** A line without meaning is sent so often, so that nobody in between takes the connection for dead. */
  readonly heartbeatMs: number;
  /** A client that takes nothing for so long is cut off. */
  readonly patienceMs: number;
}

const DEFAULTS: StreamLimits = { heartbeatMs: 15_000, patienceMs: 30_000 };
/** Milliseconds after which a client comes again by itself. */
const RETRY_MS = 2000;

/**
 * Answers with events until there are no more, the client goes away, or the server begins to stop. Of what a client does not take at most one event
 * and a buffer of the socket are held: the next one is asked for when these are gone.
 */
export async function streamEvents(
  { response, signal, draining }: Pick<ServerRequest, 'response' | 'signal' | 'draining'>,
  events: (signal: AbortSignal) => AsyncIterable<StreamedEvent>,
  { heartbeatMs, patienceMs }: StreamLimits = DEFAULTS,
): Promise<void> {
  const over = AbortSignal.any([signal, draining]);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // nginx would hold events back.
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${RETRY_MS}\n\n`);
  const heartbeat = setInterval(() => {
    // What is not taken yet says enough, and must not grow.
    if (response.writableLength === 0) {
      response.write(':\n\n');
    }
  }, heartbeatMs);
  try {
    for await (const event of events(over)) {
      if (!response.write(textOf(event)) && !(await isTaken(response, patienceMs, over))) {
        response.destroy();
        return;
      }
    }
  } catch (error) {
    if (!over.aborted) {
      throw error;
    }
  } finally {
    clearInterval(heartbeat);
  }
  response.end();
}

/** JSON has no line breaks, which would end an event. */
function textOf({ id, name, data }: StreamedEvent): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Whether the client took what it was sent within that time. */
async function isTaken(response: ServerResponse, patienceMs: number, over: AbortSignal): Promise<boolean> {
  const enough = new AbortController();
  const drained = new Promise<boolean>((resolve) => response.once('drain', () => resolve(true)));
  const late = sleep(patienceMs, false, { signal: AbortSignal.any([over, enough.signal]) }).catch(() => false);
  try {
    return await Promise.race([drained, late]);
  } finally {
    enough.abort();
  }
}
