import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LogFields, silentLog } from '#base/log.ts';
import type { ListenerConfig } from '../config/index.ts';
import type { RequestHandler } from '../context.ts';
import type { RequestRecord } from './access-log.ts';
import { clientAddresses } from './client-address.ts';
import { door } from './door.ts';
import { drain } from './drain.ts';
import { type Listening, listen, MAX_HEADERS } from './listen.ts';
import { type RateLimit, rateLimit } from './rate-limit.ts';
import { SlowClients } from './slow-clients.ts';

const LOOPBACK: ListenerConfig = { host: '127.0.0.1', port: 0, serves: ['registry'], tls: null };

interface Line extends LogFields {
  readonly msg: string;
}

interface Opened {
  readonly url: string;
  readonly port: number;
  readonly listening: Listening;
  readonly lines: readonly Line[];
  readonly records: readonly RequestRecord[];
  readonly cutOff: AbortController;
  readonly draining: AbortController;
}

interface Choices {
  readonly trustedProxies?: readonly string[];
  readonly rateLimit?: RateLimit;
  readonly slowClients?: SlowClients;
}

async function open(context: TestContext, handler: RequestHandler, choices: Choices = {}): Promise<Opened> {
  const lines: Line[] = [];
  const records: RequestRecord[] = [];
  const write = (msg: string, fields?: LogFields): void => {
    lines.push({ ...fields, msg });
  };
  const cutOff = new AbortController();
  const draining = new AbortController();
  const slowClients = choices.slowClients ?? new SlowClients();
  const options = {
    clock: { now: () => 1_767_225_600_000 },
    log: { debug: write, info: write, warn: write, error: write },
    clientAddress: clientAddresses(choices.trustedProxies ?? []),
    rateLimit: choices.rateLimit ?? null,
    slowClients,
    stopping: cutOff.signal,
    draining: draining.signal,
    routeOf: (path: string) => path.slice(0, 5),
    onRequest: (record: RequestRecord) => {
      records.push(record);
    },
  };
  const listening = await listen(LOOPBACK, { connections: 100, log: silentLog }, door(options, handler));
  context.after(async () => {
    slowClients.stop();
    await drain([listening], 0, cutOff);
  });
  return { url: listening.url, port: listening.port, listening, lines, records, cutOff, draining };
}

const answerOk: RequestHandler = async ({ response }) => {
  response.end('ok');
  await Promise.resolve();
};

/** Sends bytes as they are; what came back until the server ended the connection. */
async function send(port: number, text: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
  });
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 60_000; !holds(); await sleep(10)) {
    assert.ok(performance.now() < deadline);
  }
}

describe('every request', () => {
  it('has an id of ours, in the answer and in its line, whatever the client calls it', async (context) => {
    const { url, lines } = await open(context, async ({ response, id, log }) => {
      log.info('inside');
      response.end(id);
      await Promise.resolve();
    });
    const answer = await fetch(`${url}/v2/`, { headers: { 'x-request-id': 'forged' } });
    const id = await answer.text();
    assert.match(id, /^01[0-9a-f]{6}-[0-9a-f]{4}-7/);
    assert.equal(answer.headers.get('x-request-id'), id);
    await until(() => lines.length === 2);
    assert.deepEqual(
      lines.map(({ msg, request }) => [msg, request]),
      [
        ['inside', id],
        ['request', id],
      ],
    );
  });

  it('leaves no secret in its line', async (context) => {
    const { url, lines } = await open(context, answerOk);
    const secret = 'hunter2';
    const path = `/v2/?n=5&token=${secret}&_state=${secret}&access_token=${secret}&scope=repository:a:pull`;
    const headers = { authorization: `Bearer ${secret}`, cookie: `session=${secret}`, 'x-registry-auth': secret };
    await (await fetch(url + path, { headers })).text();
    await until(() => lines.length === 1);
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
    assert.equal(lines[0]?.['path'], '/v2/?n=5&token=…&_state=…&access_token=…&scope=repository:a:pull');
  });

  it('is answered when its handler breaks down, with no more than where to look', async (context) => {
    const { url, lines } = await open(context, async () => {
      await Promise.reject(new Error('the password is hunter2'));
    });
    const registry = await fetch(`${url}/v2/a/manifests/b`);
    assert.equal(registry.status, 500);
    const id = registry.headers.get('x-request-id');
    assert.deepEqual(await registry.json(), {
      errors: [{ code: 'UNKNOWN', message: `an error of the server; its log has more at request ${id}` }],
    });
    const other = await fetch(`${url}/api/v1/`);
    assert.equal(other.headers.get('content-type'), 'application/problem+json');
    assert.doesNotMatch(await other.text(), /hunter2/);
    assert.match(JSON.stringify(lines), /a request broke down/);
  });

  it('half an answer is cut off, so that it does not pass for a whole one', async (context) => {
    const { port } = await open(context, async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('half');
      await sleep(50);
      throw new Error('no more');
    });
    const answer = await send(port, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    assert.match(answer, /half/);
    assert.doesNotMatch(answer, /\r\n0\r\n/);
  });

  it('ends its work when the client goes away', async (context) => {
    const aborted = Promise.withResolvers<void>();
    const { port, records } = await open(context, async ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      await aborted.promise;
    });
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'));
    await sleep(50);
    socket.destroy();
    await aborted.promise;
    await until(() => records.length === 1);
    assert.deepEqual(
      records.map(({ status, isComplete }) => [status, isComplete]),
      [[499, false]],
    );
  });

  it('counts its own bytes, on a connection that others used before', async (context) => {
    const { url, records } = await open(context, async ({ request, response }) => {
      for await (const _ of request) {
        // Read to the end.
      }
      response.end('ok');
    });
    for (const size of [0, 100_000, 0]) {
      await (await fetch(url, { method: 'PUT', body: Buffer.alloc(size) })).text();
    }
    await until(() => records.length === 3);
    assert.deepEqual(
      records.map(({ bytesIn }) => Math.floor(bytesIn / 100_000)),
      [0, 1, 0],
    );
  });
});

describe('what is refused before a handler sees it', () => {
  const seen: string[] = [];
  const note: RequestHandler = async ({ request, response }) => {
    seen.push(request.url ?? '');
    response.end();
    await Promise.resolve();
  };
  const header = (count: number): string => Array.from({ length: count }, (_, index) => `x-${index}: 1\r\n`).join('');
  const CASES: readonly (readonly [name: string, bytes: string, status: RegExp])[] = [
    ['a header that is too large', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
    ['too many headers', `GET / HTTP/1.1\r\nhost: a\r\n${header(MAX_HEADERS)}\r\n`, /^HTTP\/1.1 431 /],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400 /],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      /^HTTP\/1.1 400 /,
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
    ['a line break in a header', 'GET / HTTP/1.1\r\nhost: a\r\nx: a\n b\r\n\r\n', /^HTTP\/1.1 400 /],
  ];
  for (const [name, bytes, status] of CASES) {
    it(name, async (context) => {
      const { port } = await open(context, note);
      assert.match(await send(port, bytes), status);
      assert.deepEqual(seen, []);
    });
  }
});

describe('the address of a client', () => {
  const CASES: readonly (readonly [name: string, proxies: readonly string[], header: string, address: string])[] = [
    ['is that of the connection', [], '', '127.0.0.1'],
    ['nobody is believed who is not trusted', [], '198.51.100.7', '127.0.0.1'],
    ['nor one that trusts itself', ['10.0.0.0/8'], '198.51.100.7', '127.0.0.1'],
    ['behind a proxy it is what the proxy says', ['127.0.0.0/8'], '198.51.100.7', '198.51.100.7'],
    ['and not what the client told the proxy', ['127.0.0.0/8'], '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['through two proxies', ['127.0.0.0/8', '10.1.1.1'], '198.51.100.7, 10.1.1.1', '198.51.100.7'],
    ['no address is no address', ['127.0.0.0/8'], 'unknown', '127.0.0.1'],
    ['of IPv6', ['127.0.0.0/8'], '2001:db8::1', '2001:db8::1'],
  ];
  for (const [name, trustedProxies, forwarded, expected] of CASES) {
    it(name, async (context) => {
      const echo: RequestHandler = async ({ response, clientAddress }) => {
        response.end(clientAddress);
        await Promise.resolve();
      };
      const { url } = await open(context, echo, { trustedProxies });
      const headers = forwarded === '' ? {} : { 'x-forwarded-for': forwarded };
      assert.equal(await (await fetch(url, { headers })).text(), expected);
    });
  }
});

describe('a limit of requests', () => {
  it('lets a burst through, then so many per second, each client by itself', () => {
    const limit = rateLimit(2);
    const burst = Array.from({ length: 20 }, () => limit('a', 0));
    assert.deepEqual(new Set(burst), new Set([0]));
    assert.equal(limit('a', 0), 1);
    assert.equal(limit('b', 0), 0);
    assert.deepEqual([limit('a', 500), limit('a', 500), limit('a', 1000)], [0, 1, 0]);
  });

  it('does not take a clock that is set back for time that passed', () => {
    const limit = rateLimit(1);
    Array.from({ length: 10 }, () => limit('a', 10_000));
    assert.equal(limit('a', 0), 1);
  });

  it('counts a network of IPv6 as one client', () => {
    const limit = rateLimit(1);
    Array.from({ length: 10 }, (_, index) => limit(`2001:db8::${index}`, 0));
    assert.equal(limit('2001:db8:0:0:ffff::1', 0), 1);
    assert.equal(limit('2001:db8:0:1::1', 0), 0);
  });

  it('is told in the words of who asks', async (context) => {
    const { url } = await open(context, answerOk, { rateLimit: () => 7 });
    const registry = await fetch(`${url}/v2/`);
    assert.deepEqual([registry.status, registry.headers.get('retry-after')], [429, '7']);
    assert.match(await registry.text(), /"TOOMANYREQUESTS"/);
    const other = await fetch(`${url}/api/v1/me`);
    assert.equal(other.headers.get('content-type'), 'application/problem+json');
    await other.text();
  });
});

describe('a client that is slow on purpose', () => {
  it('loses its connection, whether it sends or takes byte by byte', async (context) => {
    const read: RequestHandler = async ({ request, response, signal }) => {
      if (request.method === 'PUT') {
        for await (const _ of request) {
          signal.throwIfAborted();
        }
      }
      response.end(Buffer.alloc(64 * 1024 * 1024));
    };
    const { port, records } = await open(context, read, { slowClients: new SlowClients(200, 10_000) });
    const sender = connect(port, '127.0.0.1');
    sender.write('PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n');
    sender.on('error', () => undefined);
    const drip = setInterval(() => sender.write('a'), 20);
    const taker = connect(port, '127.0.0.1', () => taker.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'));
    taker.on('error', () => undefined);
    taker.pause();
    context.after(() => {
      clearInterval(drip);
      sender.destroy();
      taker.destroy();
    });
    await until(() => records.length === 2);
    assert.ok(records.every(({ isComplete }) => !isComplete));
  });

  it('is not who waits for the server', async (context) => {
    const slow: RequestHandler = async ({ request, response }) => {
      // The body is there and not read.
      await sleep(1000);
      for await (const _ of request) {
        await sleep(1);
      }
      response.end('ok');
    };
    const { url } = await open(context, slow, { slowClients: new SlowClients(200, 10_000) });
    const answer = await fetch(url, { method: 'PUT', body: Buffer.alloc(5_000_000) });
    assert.equal(await answer.text(), 'ok');
  });
});

describe('when it stops', () => {
  it('requests at hand are finished, and no more are taken', async (context) => {
    const release = Promise.withResolvers<void>();
    const { url, port, listening, cutOff } = await open(context, async ({ response }) => {
      await release.promise;
      response.end('finished');
    });
    const answer = fetch(url);
    await sleep(100);
    const drained = drain([listening], 60_000, cutOff);
    await until(() => !listening.server.listening);
    await assert.rejects(send(port, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'), { code: 'ECONNREFUSED' });
    release.resolve();
    assert.equal(await (await answer).text(), 'finished');
    await drained;
  });

  it('what takes too long is cut off, and knows it', async (context) => {
    const aborted = Promise.withResolvers<void>();
    const { url, listening, cutOff } = await open(context, async ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      await aborted.promise;
    });
    const answer = fetch(url);
    answer.catch(() => undefined);
    await sleep(100);
    await drain([listening], 10, cutOff);
    await aborted.promise;
    await assert.rejects(answer);
  });
});
