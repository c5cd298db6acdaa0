import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeFor, get, refusal, SETTINGS } from '#test/fixtures/exchange.ts';
import { startHostile } from '#test/fixtures/hostile-registry.ts';
import { Destinations, type PermittedClass } from './destinations.ts';
import { sendFollowing } from './redirects.ts';

const CLASSES: readonly PermittedClass[] = ['public', 'private', 'loopback'];

/** How an address can be written in a URL, and the only classes of sources for which it may be asked. */
const WRITTEN: readonly (readonly [host: string, classes: readonly PermittedClass[]])[] = [
  ['93.184.215.14', CLASSES],
  ['1572395790', CLASSES],
  ['[2606:2800:21f:cb07:6820:80da:af6b:8b2c]', CLASSES],
  ['127.0.0.1', ['loopback']],
  ['127.1', ['loopback']],
  ['2130706433', ['loopback']],
  ['0x7f000001', ['loopback']],
  ['0x7f.1', ['loopback']],
  ['0177.0.0.1', ['loopback']],
  ['017700000001', ['loopback']],
  ['127.0.0.1.', ['loopback']],
  ['%31%32%37.0.0.1', ['loopback']],
  ['１２７.0.0.1', ['loopback']],
  ['127。0。0。1', ['loopback']],
  ['[::1]', ['loopback']],
  ['[0:0:0:0:0:0:0:1]', ['loopback']],
  ['[::ffff:127.0.0.1]', ['loopback']],
  ['[::ffff:7f00:1]', ['loopback']],
  ['[64:ff9b::7f00:1]', ['loopback']],
  ['[2002:7f00:1::]', ['loopback']],
  ['10.0.0.1', ['private']],
  ['167772161', ['private']],
  ['0xa.1', ['private']],
  ['172.16.0.1', ['private']],
  ['192.168.0.1', ['private']],
  ['100.64.0.1', ['private']],
  ['[::ffff:10.0.0.1]', ['private']],
  ['[fd00::1]', ['private']],
  ['169.254.169.254', []],
  ['2852039166', []],
  ['0xa9fea9fe', []],
  ['0251.0376.0251.0376', []],
  ['[::ffff:169.254.169.254]', []],
  ['[::ffff:a9fe:a9fe]', []],
  ['[64:ff9b::a9fe:a9fe]', []],
  ['[2002:a9fe:a9fe::]', []],
  ['[fd00:ec2::254]', []],
  ['[fe80::1]', []],
  ['100.100.100.200', []],
  ['168.63.129.16', []],
  ['0.0.0.0', []],
  ['0', []],
  ['[::]', []],
  ['255.255.255.255', []],
  ['224.0.0.1', []],
];

/** Whether a host may be asked on behalf of `own`, as far as can be seen of its URL. */
function isRefused(own: string, host: string, permitted: PermittedClass): boolean {
  const destinations = new Destinations(own, true, () => assert.fail('resolved'), permitted);
  const url = new URL(`http://${host}:5000/v2/`);
  try {
    destinations.assertUrl({ method: 'GET', url });
    return false;
  } catch (error) {
    assert.equal((error as { readonly code?: unknown }).code, 'REGISTRY_ADDRESS_REFUSED', String(error));
    return true;
  }
}

test('an address is of its class however it is written, the own one of the registry as well', () => {
  for (const [host, classes] of WRITTEN) {
    const { host: own } = new URL(`http://${host}:5000/`);
    for (const permitted of CLASSES) {
      const expected = !classes.includes(permitted);
      assert.equal(isRefused('registry.test:5000', host, permitted), expected, `${host} for ${permitted}`);
      assert.equal(isRefused(own, host, permitted), expected, `${host} as the registry of a ${permitted} source`);
    }
  }
});

/** The addresses that a name with these would be connected by; none where it is refused. */
async function connectedTo(name: string, addresses: readonly string[], permitted: PermittedClass): Promise<unknown> {
  const url = new URL(`http://${name}/`);
  const resolve = () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  const destinations = new Destinations('registry.test', true, resolve, permitted);
  destinations.assertUrl({ method: 'GET', url });
  return await new Promise((settle) => {
    destinations.lookup({ method: 'GET', url }, () => undefined)(name, { all: true }, (error, found) =>
      settle(error === null ? found : []),
    );
  });
}

test('a name is asked by those of its addresses that are permitted, whether it is the registry or named by it', async () => {
  const addresses = [
    '10.0.0.1',
    '127.0.0.1',
    '::1',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '0.0.0.0',
    'fe80::1%eth0',
  ];
  for (const name of ['registry.test', 'elsewhere.test']) {
    assert.deepEqual(await connectedTo(name, addresses, 'public'), []);
    assert.deepEqual(await connectedTo(name, addresses, 'private'), [{ address: '10.0.0.1', family: 4 }]);
    assert.deepEqual(await connectedTo(name, addresses, 'loopback'), [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
    assert.deepEqual(await connectedTo(name, [...addresses, '93.184.215.14'], 'public'), [
      { address: '93.184.215.14', family: 4 },
    ]);
  }
  assert.deepEqual(await connectedTo('registry.localhost', ['127.0.0.1'], 'public'), []);
});

test('what the registry was reached by widens nothing', () => {
  const url = new URL('http://registry.test/');
  const resolve = () => Promise.resolve([{ address: '10.0.0.1', family: 4 }]);
  const destinations = new Destinations(url.host, true, resolve, 'public');
  destinations.connected(url, '10.0.0.1');
  assert.throws(() => destinations.assertUrl({ method: 'GET', url: new URL('http://10.0.0.2/') }), {
    code: 'REGISTRY_ADDRESS_REFUSED',
    expected: 'a public address',
  });
});

test('nothing is sent to a registry whose name leads to where its source may not go', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.end());
  const names = ['registry.test', 'localhost', '127.0.0.1', '2130706433', '[::ffff:127.0.0.1]'];
  for (const name of names) {
    const { host } = new URL(`http://${name}:${server.port}/`);
    for (const permitted of ['public', 'private'] as const) {
      const exchange = exchangeFor(context, host, {
        settings: { ...SETTINGS, tls: 'none' },
        resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
        permitted,
      });
      const error = await refusal(exchange.send(get(`http://${name}:${server.port}/v2/`)), 'REGISTRY_ADDRESS_REFUSED');
      assert.equal(error.expected, permitted === 'public' ? 'a public address' : 'a public or private address');
    }
  }
  assert.deepEqual(server.asked, []);
});

test('a redirect leads nowhere else than a source may go, by address, by name, to another port', async (context) => {
  const inside = await startHostile(context, (_request, response) => void response.end('inside'));
  const resolve = (name: string) =>
    Promise.resolve([{ address: name === 'metadata.test' ? '169.254.169.254' : '127.0.0.1', family: 4 }]);
  /** A registry that is reached through a proxy on this machine, so that its addresses are not looked at: it counts as public. */
  const outside = await startHostile(context, (_request, response) => void response.end());
  const follow = async (permitted: PermittedClass, location: string): Promise<string> => {
    outside.answer = (_request, response) => void response.writeHead(307, { location }).end();
    const exchange = exchangeFor(context, 'registry.test', {
      settings: { ...SETTINGS, tls: 'none' },
      environment: { http_proxy: outside.origin, no_proxy: 'inside.test,metadata.test' },
      resolve,
      permitted,
    });
    const { answer } = await sendFollowing(exchange, get('http://registry.test/v2/team/app/blobs/x'));
    answer.discard();
    return String(answer.status);
  };
  const here = [inside.origin, `http://inside.test:${inside.port}`, `http://localhost:${inside.port}`];
  const metadata = ['http://169.254.169.254', 'http://metadata.test', 'http://2852039166', 'http://[::ffff:a9fe:a9fe]'];
  for (const permitted of ['public', 'private'] as const) {
    for (const origin of [...here, ...metadata]) {
      await refusal(follow(permitted, `${origin}/latest/meta-data`), 'REGISTRY_ADDRESS_REFUSED');
    }
  }
  assert.deepEqual(inside.asked, []);
  for (const origin of metadata) {
    await refusal(follow('loopback', `${origin}/latest/meta-data`), 'REGISTRY_ADDRESS_REFUSED');
  }
  for (const origin of here) {
    assert.equal(await follow('loopback', `${origin}/layer`), '200');
  }
});
