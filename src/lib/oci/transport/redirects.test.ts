import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeFor, get, refusal, SETTINGS, textOf } from '#test/fixtures/exchange.ts';
import { type Asked, startHostile } from '#test/fixtures/hostile-registry.ts';
import { sendFollowing } from './redirects.ts';

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
