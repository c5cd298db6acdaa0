import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { exchangeFor, get, refusal, SETTINGS, textOf } from '#test/fixtures/exchange.ts';
import { startHostile } from '#test/fixtures/hostile-registry.ts';
import { Destinations } from './destinations.ts';
import type { TransportOptions } from './node-exchange.ts';

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

/** What a socket would be given to connect to, without one that does. */
async function addressesOf(own: string, url: string, addresses: readonly string[]): Promise<unknown> {
  const resolve: TransportOptions['resolve'] = () =>
    Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
  return await lookedUp(new Destinations(own, false, resolve), new URL(url));
}

/** No packet leaves, whatever protection a planted fault takes away. */
async function lookedUp(destinations: Destinations, url: URL): Promise<unknown> {
  const lookup = destinations.lookup({ method: 'GET', url }, () => undefined);
  return await new Promise((settle, reject) => {
    lookup('name', { all: true }, (error, found) => (error === null ? settle(found) : reject(error)));
  });
}

test('a name below localhost is this machine, whatever a name server says', async () => {
  const url = 'http://registry.localhost:5000/v2/';
  const lied = addressesOf('registry.localhost:5000', url, ['93.184.215.14', '10.0.0.1']);
  const error = await refusal(lied, 'REGISTRY_ADDRESS_REFUSED');
  assert.equal(error.found, '93.184.215.14 (public), 10.0.0.1 (private)');
  const here = await addressesOf('registry.localhost:5000', url, ['127.0.0.1', '10.0.0.1']);
  assert.deepEqual(here, [{ address: '127.0.0.1', family: 4 }]);
});

test('of several addresses of a name only those that may be asked are', async () => {
  const addresses = ['10.0.0.1', '93.184.215.14', '169.254.169.254', '127.0.0.1'];
  const elsewhere = await addressesOf('registry.test', 'https://storage.test/layer', addresses);
  assert.deepEqual(elsewhere, [{ address: '93.184.215.14', family: 4 }]);
  const inside = await addressesOf('10.0.0.2', 'https://storage.test/layer', addresses);
  assert.deepEqual(inside, [
    { address: '10.0.0.1', family: 4 },
    { address: '93.184.215.14', family: 4 },
  ]);
});

test('a name that resolves to another network the second time is not followed there', async () => {
  const url = new URL('http://rebound.test:5000/');
  const addresses = ['127.0.0.1', '10.0.0.1'];
  const destinations = new Destinations(url.host, true, () =>
    Promise.resolve([{ address: addresses.shift() ?? '', family: 4 }]),
  );
  const lookUp = async (): Promise<unknown> => await lookedUp(destinations, url);
  assert.deepEqual(await lookUp(), [{ address: '127.0.0.1', family: 4 }]);
  destinations.connected(url, '127.0.0.1');
  const error = await refusal(lookUp(), 'REGISTRY_ADDRESS_REFUSED');
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

test('a proxy that hangs or refuses and stays is given up, and its connections are ended', async (context) => {
  const open = new Set<Socket>();
  let answer = '';
  const proxy = createServer((socket) => {
    open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)));
    socket.once('data', () => socket.write(answer)).resume();
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  context.after(() => {
    open.forEach((socket) => socket.destroy());
    proxy.close();
  });
  const https_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const hasty = { answerMs: 300 };
  for (const [said, code, slowness] of [
    ['', 'REGISTRY_TIMEOUT', hasty],
    ['HTTP/1.1 200 OK\r\n\r\n', 'REGISTRY_TIMEOUT', hasty],
    ['HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n', 'REGISTRY_UNREACHABLE', {}],
  ] as const) {
    answer = said;
    const exchange = exchangeFor(context, 'registry.test', { environment: { https_proxy }, slowness });
    await refusal(soon(exchange.send(get('https://registry.test/v2/'))), code);
    exchange.close();
    for (const socket of open) {
      await soon(once(socket, 'close'));
    }
  }
  answer = '';
  const reason = new Error('enough');
  const exchange = exchangeFor(context, 'registry.test', { environment: { https_proxy } });
  const stopped = exchange.send(get('https://registry.test/v2/', { signal: abortedSoon(reason) }));
  await assert.rejects(soon(stopped), reason);
});

/** The same, or an error where it would be waited for in vain. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const patience = setTimeout(() => late.reject(new Error('nothing happens')), 25_000);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(patience);
  }
}

function abortedSoon(reason: Error): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 50);
  return stop.signal;
}
