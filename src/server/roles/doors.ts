import type { Clock } from '#base/clock.ts';
import type { FlushableLog } from '#base/log.ts';
import type { ListenerConfig, ServerConfig, Service } from '../config/index.ts';
import type { RequestHandler } from '../context.ts';
import { clientAddresses, door, drain, type Listening, listen, rateLimit, SlowClients } from '../http/index.ts';
import { countRequest, type Meter, routeOf } from '../metrics/index.ts';

/** The listeners of one process. Connections are taken from the start; requests wait until there is a handler for them. */
export interface Doors {
  readonly listening: readonly Listening[];
  /** Answers what waits, and what comes. */
  open(handlerFor: (services: readonly Service[]) => RequestHandler): void;
  /** Whether they are being closed. */
  readonly isClosing: boolean;
  /** Resolves when no request is at hand. */
  close(graceMs: number): Promise<void>;
}

export interface DoorsContext {
  readonly config: ServerConfig;
  readonly clock: Clock;
  readonly log: FlushableLog;
  readonly meter: Meter;
}

/** Throws `ListenError`; then none of them is open. */
export async function openDoors(listeners: readonly ListenerConfig[], context: DoorsContext): Promise<Doors> {
  const { config, clock, log, meter } = context;
  const { promise: handlerFor, resolve } = Promise.withResolvers<(services: readonly Service[]) => RequestHandler>();
  const slowClients = new SlowClients();
  const cutOff = new AbortController();
  const draining = new AbortController();
  let atHand = 0;
  let isClosing = false;
  const options = {
    clock,
    log,
    slowClients,
    routeOf,
    clientAddress: clientAddresses(config.trustedProxies),
    rateLimit: config.limits.requestsPerSecond === null ? null : rateLimit(config.limits.requestsPerSecond),
    stopping: cutOff.signal,
    draining: draining.signal,
    onRequest: (record: Parameters<typeof countRequest>[1]) => {
      atHand -= 1;
      countRequest(meter, record);
    },
  };
  const listening: Listening[] = [];
  try {
    for (const listener of listeners) {
      const handler = handlerFor.then((make) => make(listener.serves));
      const answer: RequestHandler = async (request) => {
        atHand += 1;
        if (isClosing) {
          request.response.setHeader('connection', 'close');
        }
        await (await handler)(request);
      };
      listening.push(await listen(listener, { connections: config.limits.connections, log }, door(options, answer)));
    }
  } catch (error) {
    await drain(listening, 0, cutOff);
    throw error;
  }
  meter.onCollect(async () => {
    meter.set('plimsoll_http_requests_at_hand', {}, atHand);
    await Promise.resolve();
  });
  return {
    listening,
    open: resolve,
    get isClosing() {
      return isClosing;
    },
    close: async (graceMs) => {
      isClosing = true;
      draining.abort();
      await drain(listening, graceMs, cutOff);
      slowClients.stop();
    },
  };
}
