import type { FastifyReply } from 'fastify';
import type { ServerRequest } from '../context.ts';
import { streamEvents } from '../http/index.ts';
import type { Meter } from '../metrics/index.ts';
import { BusyError } from './error.ts';
import type { EventSource } from './route.ts';

/** Each takes a connection and looks at records again and again. */
const MAX_STREAMS = 256;
/** Of one account, so that nobody else is kept out. */
const MAX_OF_ONE = 32;
const RETRY_SECONDS = 10;

/** A stream that somebody asked for, by account. */
export interface OpenedStream {
  readonly source: EventSource;
  readonly owner: string;
}

/** The streams of events that are open in this process. */
export class Streams {
  #open = 0;
  readonly #byOwner = new Map<string, number>();

  constructor(meter: Pick<Meter, 'onCollect' | 'set'> | null) {
    meter?.onCollect(async () => {
      meter.set('plimsoll_event_streams', {}, this.#open);
      await Promise.resolve();
    });
  }

  /** Resolves when the stream is over. Throws `API_TOO_MANY_STREAMS`. */
  async answer(request: ServerRequest, reply: FastifyReply, { source, owner }: OpenedStream): Promise<FastifyReply> {
    if (source.isOver) {
      // A browser comes again after anything else (HTML, section 9.2.3).
      return await reply.code(204).header('cache-control', 'no-store').send();
    }
    const own = this.#byOwner.get(owner) ?? 0;
    if (this.#open >= MAX_STREAMS || own >= MAX_OF_ONE) {
      throw new BusyError('API_TOO_MANY_STREAMS', 'too many streams of events are open', RETRY_SECONDS);
    }
    this.#open += 1;
    this.#byOwner.set(owner, own + 1);
    try {
      reply.hijack();
      await streamEvents(request, source.events);
    } finally {
      this.#open -= 1;
      this.#close(owner);
    }
    return reply;
  }

  #close(owner: string): void {
    const left = (this.#byOwner.get(owner) ?? 1) - 1;
    if (left === 0) {
      this.#byOwner.delete(owner);
    } else {
      this.#byOwner.set(owner, left);
    }
  }
}
