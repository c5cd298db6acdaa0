import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '#base/clock.ts';
import { type Authority, makeAuthority } from '#test/fixtures/certificates.ts';
import { startHostile } from '#test/fixtures/hostile-registry.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { missing } from '#test/prerequisites.ts';
import { RegistryError } from './error.ts';
import type { ExchangeRequest } from './exchange.ts';
import { createNodeExchange, type NodeExchange } from './node-exchange.ts';
import { sendFollowing } from './redirects.ts';
import type { TlsSettings } from './tls-contexts.ts';

const skip = missing('openssl');

function authorityFor(context: TestContext): Authority {
  return makeAuthority(temporaryFolder(context));
}

function exchangeFor(context: TestContext, host: string, settings: Partial<TlsSettings>): NodeExchange {
  const exchange = createNodeExchange({
    host,
    settings: { tls: 'required', ca: null, clientCertificate: null, ...settings },
    environment: {},
    clock: systemClock,
    resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  });
  context.after(() => exchange.close());
  return exchange;
}

function get(url: string): ExchangeRequest {
  return {
    method: 'GET',
    url: new URL(url),
    headers: { authorization: 'Bearer secret' },
    signal: new AbortController().signal,
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof RegistryError ? error.code : String(error);
  }
  return 'none';
}

test('a certificate counts when its authority is named, for the host that it is for', { skip }, async (context) => {
  const authority = authorityFor(context);
  const server = await startHostile(
    context,
    (_request, response) => void response.end(),
    authority.issue('a', '127.0.0.1'),
  );
  const ask = (settings: Partial<TlsSettings>, host = server.host): Promise<string> =>
    codeOf(exchangeFor(context, host, settings).send(get(`https://${host}/`)));
  assert.equal(await ask({}), 'REGISTRY_CERTIFICATE');
  assert.equal(await ask({ ca: authority.certificate }), 'none');
  assert.equal(await ask({ ca: authority.certificate }, `other.test:${server.port}`), 'REGISTRY_CERTIFICATE');
  assert.equal(await ask({ tls: 'unverified' }), 'none');
  assert.equal(await ask({ ca: 'no certificate', clientCertificate: { certificate: 'x', key: 'y' } }), 'REGISTRY_TLS');
});

test('an authority of one registry counts where its redirects lead; doing without verification does not', {
  skip,
}, async (context) => {
  const authority = authorityFor(context);
  const storage = await startHostile(
    context,
    (_request, response) => void response.end(),
    authority.issue('storage', '127.0.0.1'),
  );
  const server = await startHostile(
    context,
    (_request, response) => void response.writeHead(307, { location: storage.origin }).end(),
    authority.issue('registry', '127.0.0.1'),
  );
  const ask = (settings: Partial<TlsSettings>): Promise<string> =>
    codeOf(sendFollowing(exchangeFor(context, server.host, settings), get(server.origin)));
  assert.equal(await ask({ ca: authority.certificate }), 'none');
  assert.equal(storage.asked[0]?.headers.authorization, undefined);
  assert.equal(await ask({ tls: 'unverified' }), 'REGISTRY_CERTIFICATE');
});

test('a redirect from https to http is refused', { skip }, async (context) => {
  const authority = authorityFor(context);
  const plain = await startHostile(context, (_request, response) => void response.end());
  const server = await startHostile(
    context,
    (_request, response) => void response.writeHead(307, { location: plain.origin }).end(),
    authority.issue('registry', '127.0.0.1'),
  );
  const exchange = exchangeFor(context, server.host, { ca: authority.certificate });
  await assert.rejects(sendFollowing(exchange, get(server.origin)), {
    code: 'REGISTRY_REDIRECT_REFUSED',
    message: `GET ${server.origin}/: redirect refused: expected a location with https, found ${plain.origin}/`,
  });
  assert.equal(plain.asked.length, 0);
});

test('a client certificate is shown to its registry and to nobody else', { skip }, async (context) => {
  const authority = authorityFor(context);
  const [certificate, client] = [authority.issue('registry', '127.0.0.1'), authority.issue('somebody')];
  const shown: (string | undefined)[] = [];
  const server = createServer(
    {
      cert: certificate.certificate,
      key: certificate.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const subject = (request.socket as TLSSocket).getPeerCertificate().subject as { CN?: string } | undefined;
      shown.push(subject?.CN);
      response.end();
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(() => server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const settings = { ca: authority.certificate, clientCertificate: client };
  assert.equal(await codeOf(exchangeFor(context, new URL(url).host, settings).send(get(url))), 'none');
  assert.equal(await codeOf(exchangeFor(context, '127.0.0.1:1', settings).send(get(url))), 'none');
  assert.deepEqual(shown, ['somebody', undefined]);
});
