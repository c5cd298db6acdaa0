import type { IncomingMessage } from 'node:http';
import { type Conversation, failure } from './conversation.ts';
import { timedOut } from './failures.ts';

/** The body as it comes, for as long as it comes fast enough. Breaking off ends the connection. */
export async function* readBody(conversation: Conversation, answer: IncomingMessage): AsyncGenerator<Uint8Array> {
  const { request, slowness, clock } = conversation;
  const { idleMs, windowMs, leastBytesPerSecond } = slowness;
  const window = { waitedMs: 0, bytes: 0 };
  let waiting = false;
  const patience = setTimeout(() => {
    if (waiting) {
      answer.destroy(timedOut(request, `more bytes within ${idleMs} ms`, 'none'));
    }
  }, idleMs);
  try {
    const chunks = answer[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
    for (;;) {
      const since = clock.now();
      waiting = true;
      patience.refresh();
      const next = await chunks.next();
      waiting = false;
      if (next.done === true) {
        return;
      }
      window.waitedMs += Math.max(0, clock.now() - since);
      window.bytes += next.value.length;
      if (window.waitedMs >= windowMs) {
        if (window.bytes < (leastBytesPerSecond * window.waitedMs) / 1000) {
          throw timedOut(
            request,
            `at least ${leastBytesPerSecond} bytes per second`,
            `${window.bytes} bytes in ${window.waitedMs} ms`,
          );
        }
        window.waitedMs = 0;
        window.bytes = 0;
      }
      yield next.value;
    }
  } catch (error) {
    throw failure(conversation, error);
  } finally {
    clearTimeout(patience);
    if (!answer.complete || !answer.readableEnded) {
      answer.destroy();
    }
  }
}
