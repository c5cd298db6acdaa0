import type { FastifyReply } from 'fastify';
import type { ServerRequest } from '../context.ts';
import { streamEvents } from '../http/index.ts';
import type { Meter } from '../metrics/index.ts';
import { BusyError } from './error.ts';
import type { EventSource } from './route.ts';

/** Each takes a connection and looks at records again and again. */
const MAX_STREAMS = 256;
const RETRY_SECONDS = 10;

/** The streams of events that are open in this process. */
export class Streams {
  #open = 0;

  constructor(meter: Pick<Meter, 'onCollect' | 'set'> | null) {
    meter?.onCollect(async () => {
      meter.set('plimsoll_event_streams', {}, this.#open);
      await Promise.resolve();
    });
  }

  /** Resolves when the stream is over. Throws `API_TOO_MANY_STREAMS`. */
  async answer(request: ServerRequest, reply: FastifyReply, source: EventSource): Promise<FastifyReply> {
    if (source.isOver) {
      // A browser comes again after anything else (HTML, section 9.2.3).
      return await reply.code(204).header('cache-control', 'no-store').send();
    }
    if (this.#open >= MAX_STREAMS) {
      throw new BusyError('API_TOO_MANY_STREAMS', 'too many streams of events are open', RETRY_SECONDS);
    }
    this.#open += 1;
    try {
      reply.hijack();
      await streamEvents(request, source.events);
    } finally {
      this.#open -= 1;
    }
    return reply;
  }
}
