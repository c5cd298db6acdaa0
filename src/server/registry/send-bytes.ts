import type { ServerResponse } from 'node:http';

/**
 * Sends what is read as fast as the client takes it, one chunk after the other: a chunk is on its way to the network before the next is asked for.
 * Ends early when the client is gone.
 */
export async function sendBytes(response: ServerResponse, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) {
    if (response.destroyed) {
      return;
    }
    if (!response.write(chunk)) {
      await drained(response);
    }
  }
  response.end();
}

/** Until there is room again, or nobody who would make it. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) {
    return;
  }
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
