import { setTimeout as sleep } from 'node:timers/promises';
import type { Listening } from './listen.ts';

/** Stops taking connections, waits for the requests at hand at most so long, and cuts off the rest. */
export async function drain(listening: readonly Listening[], graceMs: number, cutOff: AbortController): Promise<void> {
  const closed = Promise.all(
    listening.map(
      async ({ server }) =>
        await new Promise<void>((resolve) => {
          server.close(() => resolve());
        }),
    ),
  );
  // A connection that becomes idle after `close` would live until its client lets go of it.
  const sweep = setInterval(() => {
    for (const { server } of listening) {
      server.closeIdleConnections();
    }
  }, 50);
  const enough = new AbortController();
  const grace = sleep(graceMs, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([closed, grace]);
  enough.abort();
  clearInterval(sweep);
  cutOff.abort();
  for (const { server } of listening) {
    server.closeAllConnections();
  }
  await closed;
}
