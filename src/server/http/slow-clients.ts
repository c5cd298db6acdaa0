import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Every so often it is looked at what moved. */
const WINDOW_MS = 30_000;
/** In that time: less than a modem, more than whoever only wants to hold a connection. */
const MIN_BYTES = 32 * 1024;

interface Watched {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  bytesIn: number;
  bytesOut: number;
}

/**
 * Clients that send or take a body byte by byte hold a connection for as long as they like, and are no less alive than others. Who is that slow
 * in a whole window, while the server waits for nobody else, is cut off.
 */
export class SlowClients {
  readonly #watched = new Set<Watched>();
  readonly #timer: NodeJS.Timeout;
  readonly #minBytes: number;

  constructor(windowMs: number = WINDOW_MS, minBytes: number = MIN_BYTES) {
    this.#minBytes = minBytes;
    this.#timer = setInterval(() => this.#look(), windowMs);
    this.#timer.unref();
  }

  /** Until the answer is closed. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    // The first window is longer, by what of the present one is over.
    const watched: Watched = { request, response, bytesIn: Number.NaN, bytesOut: Number.NaN };
    this.#watched.add(watched);
    response.once('close', () => {
      this.#watched.delete(watched);
      // What of the body nobody read: a few bytes are on their way, or it is another gigabyte.
      if (!request.complete && !socket.destroyed) {
        setTimeout(() => endUnlessComplete(request, socket), 1000).unref();
      }
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const watched of this.#watched) {
      const { request, response } = watched;
      const { socket } = request;
      // A buffer that is full is ours to empty.
      const isSending = !request.complete && request.readableLength < request.readableHighWaterMark;
      const isTaking = socket.writableLength > 0;
      const slow =
        (isSending && socket.bytesRead - watched.bytesIn < this.#minBytes) ||
        (isTaking && socket.bytesWritten - watched.bytesOut < this.#minBytes);
      watched.bytesIn = socket.bytesRead;
      watched.bytesOut = socket.bytesWritten;
      if (slow) {
        response.destroy();
        socket.destroy();
      }
    }
  }
}

function endUnlessComplete(request: IncomingMessage, socket: Socket): void {
  if (!request.complete) {
    socket.destroy();
  }
}
