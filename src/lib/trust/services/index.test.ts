import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { SUBJECT } from '#test/fixtures/signing-key.ts';
import { identityToken, type SigningServers, startSigningServers } from '#test/fixtures/signing-servers.ts';
import { attestBundle, signBundle } from '../sign/bundle.ts';
import { signLegacy } from '../sign/legacy.ts';
import { findIdentityToken, openSigningServices } from './index.ts';

evidence('trust/sign-keyless', 'real tool', 'Fulcio and Rekor of @sigstore/mock, asked over HTTP');

const ISSUER = 'https://token.ci.example';

describe('signing services', () => {
  let servers: SigningServers;
  before(async () => {
    servers = await startSigningServers();
  });
  after(async () => {
    await servers.close();
  });

  async function token(claims: Readonly<Record<string, unknown>>) {
    const exp = servers.services.now / 1000 + 600;
    const SIGSTORE_ID_TOKEN = identityToken({ iss: ISSUER, aud: 'sigstore', exp, ...claims });
    return await findIdentityToken({ environment: { SIGSTORE_ID_TOKEN } }, servers.access);
  }

  it('give a key with a certificate and entries, under which every form of signature verifies', async () => {
    const { services, access, url } = servers;
    const addresses = { fulcio: `${url}/`, logs: [{ url, version: 1 }], timestampAuthorities: [] } as const;
    const opened = await openSigningServices({
      addresses,
      token: await token({ sub: 'https://ci.example/voyage/app/release' }),
      access,
    });
    assert.ok(opened.identity !== null);
    const { key, chain } = opened.identity;
    assert.equal(key.name, `"https://ci.example/voyage/app/release" at ${url}/`);
    const options = { now: services.now, chain, witnesses: opened.witnesses, root: services.root };
    const predicate = { type: 'https://example.org/test/v1', json: '{}' };
    for (const artifact of [
      await signBundle(SUBJECT, key, options),
      await attestBundle(SUBJECT, predicate, key, { ...options, name: null }),
      await signLegacy(SUBJECT, key, { ...options, repository: 'registry.example/app' }),
    ]) {
      assert.equal(artifact.layers.length, 1);
    }
    const kinds = servers.asked
      .filter(({ path }) => path === '/api/v1/log/entries')
      .map(({ body }) => (JSON.parse(body.toString()) as { readonly kind: string }).kind);
    assert.deepEqual(kinds, ['dsse', 'dsse', 'hashedrekord']);
    await key.close();
    await assert.rejects(key.sign(Buffer.from('a'), 'ecdsa'), { code: 'KEY_INVALID' });
    await key.close();
  });

  it('do not ask Fulcio without a token, and say that a token has nobody to be shown to', async () => {
    const { access, url } = servers;
    const before = servers.asked.length;
    const none = { fulcio: url, logs: [], timestampAuthorities: [url] };
    const opened = await openSigningServices({ addresses: none, token: null, access });
    assert.equal(opened.identity, null);
    assert.deepEqual(
      opened.witnesses.timestamps.map(({ name }) => name),
      [`${url}/`],
    );
    await assert.rejects(
      openSigningServices({ addresses: { ...none, fulcio: null }, token: await token({ sub: 'a' }), access }),
      { code: 'CERTIFICATE_NOT_ISSUED' },
    );
    assert.equal(servers.asked.length, before);
  });
});
