import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '#base/log.ts';
import type { ListenerConfig } from '../config/index.ts';
import { door } from './door.ts';
import { drain } from './drain.ts';
import { type StreamedEvent, type StreamLimits, streamEvents } from './event-stream.ts';
import { listen } from './listen.ts';
import { SlowClients } from './slow-clients.ts';

const LOOPBACK: ListenerConfig = { host: '127.0.0.1', port: 0, serves: ['api'], tls: null };
const LONG: StreamLimits = { heartbeatMs: 60_000, patienceMs: 60_000 };

interface Opened {
  readonly url: string;
  readonly port: number;
  readonly draining: AbortController;
  /** Resolves when the handler of the next request is done. */
  readonly done: Promise<void>;
}

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends) {
    await end();
  }
});

/** A listener whose only answer are these events. */
async function open(
  events: (signal: AbortSignal) => AsyncIterable<StreamedEvent>,
  limits: StreamLimits = LONG,
): Promise<Opened> {
  const [stopping, draining] = [new AbortController(), new AbortController()];
  const slowClients = new SlowClients();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const options = {
    clock: { now: () => 1_767_225_600_000 },
    log: silentLog,
    clientAddress: () => '127.0.0.1',
    rateLimit: null,
    slowClients,
    stopping: stopping.signal,
    draining: draining.signal,
    routeOf: () => 'test',
    onRequest: () => undefined,
  };
  const listening = await listen(
    LOOPBACK,
    { connections: 100, log: silentLog },
    door(options, async (request) => {
      await streamEvents(request, events, limits).finally(resolve);
    }),
  );
  ends.push(async () => {
    slowClients.stop();
    await drain([listening], 0, stopping);
  });
  return { url: listening.url, port: listening.port, draining, done };
}

function event(id: number, data: object = { id }): StreamedEvent {
  return { id: String(id), name: 'progress', data };
}

describe('a stream of events', () => {
  it('has every event in its own lines, and ends after the last', async () => {
    const { url } = await open(async function* () {
      yield event(1, { text: 'two\nlines' });
      await sleep(1);
      yield event(2);
    });
    const answer = await fetch(url);
    assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(
      await answer.text(),
      'retry: 2000\n\nid: 1\nevent: progress\ndata: {"text":"two\\nlines"}\n\nid: 2\nevent: progress\ndata: {"id":2}\n\n',
    );
  });

  it('says now and then that it is alive', async () => {
    const { url, draining } = await open(
      async function* (signal) {
        await once(signal, 'abort');
        yield* [];
      },
      { ...LONG, heartbeatMs: 5 },
    );
    const reader = (await fetch(url)).body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(':\n\n:\n\n')) {
      text += (await reader?.read())?.value ?? '';
    }
    draining.abort();
    assert.ok(text.startsWith('retry: 2000\n\n:\n\n'));
  });

  it('ends when the server begins to stop, as a whole answer', async () => {
    const { url, draining, done } = await open(async function* (signal) {
      yield event(1);
      await sleep(600_000, undefined, { signal });
    });
    const answer = await fetch(url);
    draining.abort();
    assert.match(await answer.text(), /data: \{"id":1\}\n\n$/);
    await done;
  });

  it('is over when its client goes away', async () => {
    const { port, done } = await open(async function* (signal) {
      yield event(1);
      await sleep(600_000, undefined, { signal });
    });
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    await once(socket, 'data');
    socket.destroy();
    await done;
  });

  it('holds one event at most for a client that does not read, and cuts it off', async () => {
    let made = 0;
    const { port, done } = await open(
      async function* () {
        for (;;) {
          made += 1;
          yield event(made, { filler: 'x'.repeat(256 * 1024) });
          await sleep(0);
        }
      },
      { ...LONG, patienceMs: 100 },
    );
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    socket.on('error', () => undefined);
    socket.pause();
    await done;
    // What the kernel took for it, and no more: 256 MiB would be a buffer of ours.
    assert.ok(made < 1024, `${made} events`);
    socket.destroy();
  });
});
