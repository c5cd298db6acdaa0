import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '#base/clock.ts';
import { readBounded } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { type Asked, startHostile } from '#test/fixtures/hostile-registry.ts';
import { RegistryError, statusError } from './error.ts';
import type { ExchangeAnswer, ExchangeRequest } from './exchange.ts';
import { createNodeExchange, type NodeExchange, type TransportOptions } from './node-exchange.ts';
import { sendFollowing } from './redirects.ts';
import { parseRetryAfter, type RetrySettings, withRetries } from './retries.ts';

evidence(
  'oci/registry',
  'self-made',
  'a server that hangs, trickles, lies, redirects and refuses, and counts what it is asked',
);

const QUICK = { answerMs: 300, idleMs: 300, windowMs: 200, leastBytesPerSecond: 1024, totalMs: 10_000 };
const SETTINGS = { tls: 'required', ca: null, clientCertificate: null } as const;

function exchangeFor(context: TestContext, host: string, options: Partial<TransportOptions> = {}): NodeExchange {
  const exchange = createNodeExchange({
    host,
    settings: SETTINGS,
    environment: {},
    clock: systemClock,
    slowness: QUICK,
    ...options,
  });
  context.after(() => exchange.close());
  return exchange;
}

function get(url: string | URL, more: Partial<ExchangeRequest> = {}): ExchangeRequest {
  return { method: 'GET', url: new URL(url), headers: {}, signal: new AbortController().signal, ...more };
}

async function textOf(answer: ExchangeAnswer): Promise<string> {
  return Buffer.from(await readBounded(answer.body, 1 << 20, 'answer')).toString();
}

async function refusal(promise: Promise<unknown>, code: string): Promise<RegistryError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof RegistryError, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  }
  return assert.fail(`expected ${code}`);
}

test('an answer of any status comes with its headers, challenges apart, and a connection is used again', async (context) => {
  const ports = new Set<number | undefined>();
  const server = await startHostile(context, (request, response) => {
    ports.add(request.socket.remotePort);
    const challenges = ['Bearer realm="a"', 'Basic realm="b"'];
    response.writeHead(401, { 'www-authenticate': challenges, ['__proto__']: 'x', 'x-a': ['1', '2'] }).end('no');
  });
  const exchange = exchangeFor(context, server.host);
  for (let round = 0; round < 3; round += 1) {
    const answer = await exchange.send(get(server.origin));
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.challenges, ['Bearer realm="a"', 'Basic realm="b"']);
    assert.equal(answer.headers.get('x-a'), '1, 2');
    assert.equal(await textOf(answer), 'no');
  }
  assert.equal(ports.size, 1);
  assert.equal(server.asked[0]?.headers['accept-encoding'], 'identity');
});

test('a server that hangs before its headers is given up', async (context) => {
  const server = await startHostile(context, () => undefined);
  const error = await refusal(
    exchangeFor(context, server.host).send(get(`${server.origin}/v2/?secret=1`)),
    'REGISTRY_TIMEOUT',
  );
  assert.equal(error.message, `GET ${server.origin}/v2/: too slow: expected an answer within 300 ms, found none`);
});

test('a body that stops is given up', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.writeHead(200).write('a'));
  const answer = await exchangeFor(context, server.host).send(get(server.origin));
  const error = await refusal(textOf(answer), 'REGISTRY_TIMEOUT');
  assert.equal(error.expected, 'more bytes within 300 ms');
});

test('a body that trickles is given up although it never stops', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    const drip = setInterval(() => response.write('a'), 20);
    response.on('close', () => clearInterval(drip));
  });
  const answer = await exchangeFor(context, server.host).send(get(server.origin));
  const error = await refusal(textOf(answer), 'REGISTRY_TIMEOUT');
  assert.equal(error.expected, 'at least 1024 bytes per second');
});

test('headers that trickle are given up', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    const drip = setInterval(() => response.socket?.write('x'), 20);
    response.socket?.on('close', () => clearInterval(drip));
    response.socket?.write('HTTP/1.1 200 OK\r\nx-a: ');
  });
  await refusal(exchangeFor(context, server.host).send(get(server.origin)), 'REGISTRY_TIMEOUT');
});

test('the time that the reader takes for itself does not count', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.end(Buffer.alloc(4 << 20)));
  const answer = await exchangeFor(context, server.host, { slowness: { ...QUICK, idleMs: 50 } }).send(
    get(server.origin),
  );
  let length = 0;
  for await (const chunk of answer.body) {
    if (length === 0) {
      await new Promise((resolve) => {
        setTimeout(resolve, 120);
      });
    }
    length += chunk.length;
  }
  assert.equal(length, 4 << 20);
});

test('all of an answer has to come within its deadline', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    const flow = setInterval(() => response.write(Buffer.alloc(4096)), 10);
    response.on('close', () => clearInterval(flow));
  });
  const answer = await exchangeFor(context, server.host).send(get(server.origin, { totalMs: 200 }));
  const error = await refusal(textOf(answer), 'REGISTRY_TIMEOUT');
  assert.equal(error.expected, 'all of it within 200 ms');
});

test('the caller can break off, and hears its own reason', async (context) => {
  const controller = new AbortController();
  const server = await startHostile(context, () => controller.abort(new Error('enough')));
  await assert.rejects(
    exchangeFor(context, server.host).send(get(server.origin, { signal: controller.signal })),
    /^Error: enough$/,
  );
});

test('an encoded answer is refused, so that no bomb is ever unpacked', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1 << 20)));
  });
  const error = await refusal(exchangeFor(context, server.host).send(get(server.origin)), 'REGISTRY_ANSWER_INVALID');
  assert.equal(error.message, `GET ${server.origin}/: encoded answer: expected no content encoding, found "gzip"`);
});

test('oversized headers are refused', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { 'x-large': 'a'.repeat(64 * 1024) }).end();
  });
  const error = await refusal(exchangeFor(context, server.host).send(get(server.origin)), 'REGISTRY_ANSWER_INVALID');
  assert.equal(error.expected, 'at most 32768 bytes');
});

test('what is not HTTP, or no TLS, or nothing at all is told apart', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.socket?.end('hello\r\n\r\n'));
  const exchange = exchangeFor(context, server.host);
  await refusal(exchange.send(get(server.origin)), 'REGISTRY_ANSWER_INVALID');
  await refusal(exchange.send(get(`https://${server.host}/`)), 'REGISTRY_TLS');
  const gone = await refusal(exchange.send(get('http://127.0.0.1:1/')), 'REGISTRY_UNREACHABLE');
  assert.ok(gone.temporary);
});

test('plain http to another machine, and user names in a URL, are refused before anything is sent', async (context) => {
  const exchange = exchangeFor(context, 'registry.test', { resolve: () => assert.fail('resolved') });
  const plain = await refusal(exchange.send(get('http://registry.test/v2/')), 'REGISTRY_URL_REFUSED');
  assert.equal(plain.found, 'http to another machine');
  const named = await refusal(exchange.send(get('https://user:secret@registry.test/')), 'REGISTRY_URL_REFUSED');
  assert.ok(!named.message.includes('secret'));
});

test('addresses are refused before they are connected to', async (context) => {
  const names = new Map([
    ['metadata.test', '169.254.169.254'],
    ['inside.test', '10.0.0.1'],
    ['mapped.test', '::ffff:192.168.0.1'],
    ['here.test', '127.0.0.1'],
  ]);
  const resolve: TransportOptions['resolve'] = (name) =>
    Promise.resolve([{ address: names.get(name) ?? '', family: name === 'mapped.test' ? 6 : 4 }]);
  const server = await startHostile(context, (_request, response) => void response.end());
  const local = exchangeFor(context, server.host, { resolve, settings: { ...SETTINGS, tls: 'none' } });
  assert.equal((await local.send(get(`http://here.test:${server.port}/`))).status, 200);
  for (const host of [
    '169.254.169.254',
    '10.0.0.1',
    '[fe80::1]',
    '[::ffff:10.0.0.1]',
    '0.0.0.0',
    'inside.test',
    'mapped.test',
    'metadata.test',
  ]) {
    const error = await refusal(local.send(get(`http://${host}/latest/meta-data`)), 'REGISTRY_ADDRESS_REFUSED');
    assert.equal(error.expected, 'a public address, or loopback as the registry', host);
  }
  const elsewhere = exchangeFor(context, 'registry.test', { resolve, settings: { ...SETTINGS, tls: 'none' } });
  const error = await refusal(elsewhere.send(get(server.origin)), 'REGISTRY_ADDRESS_REFUSED');
  assert.match(error.found ?? '', /^127\.0\.0\.1 \(loopback\)$/);
  const metadata = exchangeFor(context, 'metadata.test', { resolve, settings: { ...SETTINGS, tls: 'none' } });
  const own = await refusal(metadata.send(get('http://metadata.test/')), 'REGISTRY_ADDRESS_REFUSED');
  assert.equal(own.found, '169.254.169.254 (link-local)');
});

test('a name that resolves to another network the second time is not followed there', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { connection: 'close' }).end();
  });
  const addresses = ['127.0.0.1', '10.0.0.1'];
  const exchange = exchangeFor(context, `rebound.test:${server.port}`, {
    settings: { ...SETTINGS, tls: 'none' },
    resolve: () => Promise.resolve([{ address: addresses.shift() ?? '', family: 4 }]),
  });
  const url = `http://rebound.test:${server.port}/`;
  await textOf(await exchange.send(get(url)));
  const error = await refusal(exchange.send(get(url)), 'REGISTRY_ADDRESS_REFUSED');
  assert.equal(error.found, '10.0.0.1 (private)');
});

test('proxies of the environment are used, in upper and lower case, but not for loopback nor where NO_PROXY says so', async (context) => {
  const proxy = await startHostile(context, (_request, response) => void response.end('proxy'));
  const server = await startHostile(context, (_request, response) => void response.end('server'));
  const resolve: TransportOptions['resolve'] = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  const settings = { ...SETTINGS, tls: 'none' } as const;
  const asks = async (environment: Record<string, string>, url: string): Promise<string> =>
    await textOf(await exchangeFor(context, new URL(url).host, { resolve, settings, environment }).send(get(url)));
  const named = `http://registry.test:${server.port}/v2/`;
  assert.equal(await asks({ HTTP_PROXY: proxy.origin }, named), 'proxy');
  assert.equal(await asks({ http_proxy: proxy.origin }, named), 'proxy');
  assert.equal(await asks({ http_proxy: proxy.origin, no_proxy: 'registry.test' }, named), 'server');
  assert.equal(await asks({ HTTP_PROXY: proxy.origin }, `${server.origin}/v2/`), 'server');
  assert.equal(proxy.asked[0]?.line, `GET ${named}`);
  await refusal(asks({ HTTP_PROXY: 'http://user:secret@:x' }, named), 'REGISTRY_PROXY_INVALID');
  const tunnel = exchangeFor(context, 'registry.test', {
    environment: { https_proxy: proxy.origin.replace('//', '//user:secret@') },
  });
  const error = await refusal(tunnel.send(get('https://registry.test/v2/')), 'REGISTRY_UNREACHABLE');
  assert.ok(!error.message.includes('secret'));
  const inside = exchangeFor(context, 'registry.test', { settings, environment: { http_proxy: proxy.origin } });
  await refusal(inside.send(get('http://10.0.0.1/')), 'REGISTRY_ADDRESS_REFUSED');
});

function credentialsOf(asked: readonly Asked[]): readonly (string | undefined)[] {
  return asked.map(({ headers }) => headers.authorization);
}

test('a redirect to another host is followed without credentials, and they are not put back on the way home', async (context) => {
  const other = await startHostile(context, (_request, response) => {
    response.writeHead(307, { location: `${home.origin}/end` }).end();
  });
  const home = await startHostile(context, (request, response) => {
    if (request.url === '/end') {
      response.end('done');
    } else {
      response.writeHead(302, { location: request.url === '/a' ? '/b' : `${other.origin}/c` }).end();
    }
  });
  const headers = { authorization: 'Bearer secret', cookie: 'a=b', accept: 'text/plain', range: 'bytes=1-' };
  const { url, answer } = await sendFollowing(exchangeFor(context, home.host), get(`${home.origin}/a`, { headers }));
  assert.equal(url.href, `${home.origin}/end`);
  assert.equal(await textOf(answer), 'done');
  assert.deepEqual(credentialsOf(home.asked), ['Bearer secret', 'Bearer secret', undefined]);
  assert.deepEqual(credentialsOf(other.asked), [undefined]);
  assert.equal(other.asked[0]?.headers.cookie, undefined);
  assert.equal(other.asked[0]?.headers.range, 'bytes=1-');
});

const REDIRECTS: readonly (readonly [what: string, location: string | undefined, code: string, found: RegExp])[] = [
  ['a loop', '/', 'REGISTRY_REDIRECT_REFUSED', /a loop/],
  ['no location', undefined, 'REGISTRY_REDIRECT_REFUSED', /none/],
  ['no URL', 'http://[', 'REGISTRY_REDIRECT_REFUSED', /no URL/],
  [
    'a metadata service',
    'http://169.254.169.254/latest',
    'REGISTRY_ADDRESS_REFUSED',
    /169\.254\.169\.254 \(link-local\)/,
  ],
  ['a private address', 'http://10.0.0.1/', 'REGISTRY_URL_REFUSED', /http to another machine/],
  ['a private address over https', 'https://10.0.0.1/', 'REGISTRY_ADDRESS_REFUSED', /10\.0\.0\.1 \(private\)/],
  ['a mapped private address', 'https://[::ffff:192.168.0.1]/', 'REGISTRY_ADDRESS_REFUSED', /\(private\)/],
  ['a file', 'file:///etc/passwd', 'REGISTRY_URL_REFUSED', /file:/],
  ['a user name', 'http://user:secret@127.0.0.1/', 'REGISTRY_URL_REFUSED', /user name/],
];

for (const [what, location, code, found] of REDIRECTS) {
  test(`a redirect to ${what} is refused`, async (context) => {
    const server = await startHostile(context, (_request, response) => {
      response.writeHead(302, location === undefined ? {} : { location }).end();
    });
    const tls = what === 'a metadata service' ? 'none' : 'required';
    const exchange = exchangeFor(context, server.host, { settings: { ...SETTINGS, tls } });
    const error = await refusal(sendFollowing(exchange, get(server.origin)), code);
    assert.match(error.found ?? '', found);
    assert.equal(server.asked.length, 1);
  });
}

test('more than five redirects are refused', async (context) => {
  const server = await startHostile(context, (request, response) => {
    response.writeHead(302, { location: `${request.url ?? ''}a` }).end();
  });
  const error = await refusal(
    sendFollowing(exchangeFor(context, server.host), get(server.origin)),
    'REGISTRY_REDIRECT_REFUSED',
  );
  assert.equal(error.expected, 'at most 5 redirects');
  assert.equal(server.asked.length, 6);
});

interface Waits extends RetrySettings {
  readonly waits: number[];
}

function retries(more: Partial<RetrySettings> = {}): Waits {
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { clock: { now: () => 0 }, random: () => 1, sleep, attempts: 4, baseMs: 100, capMs: 250, waits, ...more };
}

function inTurn(
  ...answers: readonly ((response: ServerResponse) => void)[]
): (request: unknown, response: ServerResponse) => void {
  let turn = 0;
  return (_request, response) => {
    answers[Math.min(turn, answers.length - 1)]?.(response);
    turn += 1;
  };
}

test('500 once, 429 for a while and a dropped connection are outlived, with jitter and as Retry-After says', async (context) => {
  const settings = retries();
  const server = await startHostile(
    context,
    inTurn(
      (response) => response.writeHead(500).end(),
      (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
      (response) => response.socket?.destroy(),
      (response) => response.end('done'),
    ),
  );
  const answer = await withRetries(exchangeFor(context, server.host), settings).send(get(server.origin));
  assert.equal(await textOf(answer), 'done');
  assert.deepEqual(settings.waits, [100, 7000, 250]);
});

test('the last answer is handed on, and a wait that is too long is not waited for', async (context) => {
  const server = await startHostile(context, (request, response) => {
    response
      .writeHead(request.url === '/long' ? 429 : 503, { 'retry-after': request.url === '/long' ? '3600' : '0' })
      .end();
  });
  const exchange = withRetries(exchangeFor(context, server.host), retries());
  assert.equal((await exchange.send(get(server.origin))).status, 503);
  assert.equal(server.asked.length, 4);
  const request = get(`${server.origin}/long`);
  const error = await statusError(request, await exchange.send(request));
  assert.equal(server.asked.length, 5);
  assert.equal(error.code, 'REGISTRY_RATE_LIMITED');
  assert.equal(error.found, '429 (Retry-After "3600")');
});

test('what another try will not change is not tried again, nor a POST that may have been handled', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.writeHead(500).end());
  const settings = retries();
  const exchange = withRetries(exchangeFor(context, server.host), settings);
  assert.equal((await exchange.send(get(server.origin, { method: 'POST', body: 'a=b' }))).status, 500);
  await refusal(exchange.send(get('https://10.0.0.1/')), 'REGISTRY_ADDRESS_REFUSED');
  assert.deepEqual(settings.waits, []);
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
  const cases: readonly (readonly [string, number | null])[] = [
    ['0', 0],
    ['120', 120_000],
    ['Wed, 21 Oct 2015 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2015 07:27:30 GMT', 0],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    ['9999999999', null],
    [`${' '.repeat(100)} GMT`, null],
  ];
  for (const [text, expected] of cases) {
    assert.equal(parseRetryAfter(text, now), expected, text);
  }
});

test('an error body is read for its codes, shortened and quoted, and never in full', async (context) => {
  const bodies: readonly (readonly [string, string])[] = [
    ['{"errors":[{"code":"DENIED","message":"no\\u001b[31m"}]}', '403 ("DENIED" "no\\u001b[31m")'],
    [
      `{"errors":[{"code":"${'A'.repeat(1000)}","message":"${'b'.repeat(1000)}"}]}`,
      `403 ("${'A'.repeat(64)}" "${'b'.repeat(200)}")`,
    ],
    [`{"errors":[{"code":"X"}],"more":"${'a'.repeat(100_000)}"}`, '403'],
    ['<html>', '403'],
    ['{"errors":{"__proto__":1}}', '403'],
    ['{"errors":[null,1,{"code":7}]}', '403'],
  ];
  for (const [body, found] of bodies) {
    const server = await startHostile(context, (_request, response) => void response.writeHead(403).end(body));
    const request = get(`${server.origin}/v2/?token=secret`);
    const error = await statusError(request, await exchangeFor(context, server.host).send(request));
    assert.equal(error.found, found);
    assert.equal(error.object, `GET ${server.origin}/v2/`);
    assert.equal(error.status, 403);
  }
});
