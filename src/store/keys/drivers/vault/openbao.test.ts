import assert from 'node:assert/strict';
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { evidence } from '#test/evidence.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { type OpenBao, startOpenBao } from '#test/fixtures/openbao.ts';
import { missing } from '#test/prerequisites.ts';
import { openKey } from '../../open.ts';

evidence(
  'trust/keys-in-vault',
  'real tool',
  'keys of every type in the transit engine of OpenBao 2.7.2, over TLS; OpenSSL judges what it signs',
);

const BYTES = Buffer.from('something to sign');
const PSS = constants.RSA_PKCS1_PSS_PADDING;

type Check = (key: KeyObject, signature: Uint8Array) => boolean;
const ecdsa = (hash: string): Partial<Record<SigningScheme, Check>> => ({
  ecdsa: (key, signature) => verify(hash, BYTES, key, signature),
  'ecdsa-sha256': (key, signature) => verify('sha256', BYTES, key, signature),
});
const rsa = (hash: string, saltLength: number): Partial<Record<SigningScheme, Check>> => ({
  'rsa-pkcs1-sha256': (key, signature) => verify('sha256', BYTES, key, signature),
  'rsa-pss': (key, signature) => verify(hash, BYTES, { key, padding: PSS, saltLength }, signature),
});
const TYPES: Readonly<Record<string, Partial<Record<SigningScheme, Check>>>> = {
  'ecdsa-p256': ecdsa('sha256'),
  'ecdsa-p384': ecdsa('sha384'),
  'ecdsa-p521': ecdsa('sha512'),
  'rsa-2048': rsa('sha256', 32),
  'rsa-3072': rsa('sha384', 48),
  'rsa-4096': rsa('sha512', 64),
  ed25519: { ed25519: (key, signature) => verify(null, BYTES, key, signature) },
};
const SCHEMES: readonly SigningScheme[] = ['ecdsa', 'ecdsa-sha256', 'rsa-pkcs1-sha256', 'rsa-pss', 'ed25519'];

describe('keys in OpenBao', { skip: missing('python', 'linux-x64') }, () => {
  let bao: OpenBao;
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-vault-home-'));
  before(async () => {
    bao = await startOpenBao();
  });
  after(async () => {
    await bao.stop();
    rmSync(home, { recursive: true });
  });

  async function open(reference: string, more: Record<string, string> = {}): Promise<SigningKey> {
    return await openKey(reference, keyAccessFor({ environment: { ...bao.environment, ...more } }));
  }

  async function refusal(promise: Promise<unknown>, code: string): Promise<string> {
    const error = await promise.then(
      () => assert.fail(`expected ${code}`),
      (thrown: unknown) => thrown,
    );
    assert.ok(isAppError(error), String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(!`${error.stack ?? ''}${error.hint ?? ''}`.includes(bao.environment['VAULT_TOKEN'] ?? ''));
    return error.message;
  }

  for (const [type, checks] of Object.entries(TYPES)) {
    it(`${type} signs by the schemes of its kind and by no other`, async () => {
      await bao.ask('POST', `transit/keys/every.${type}`, { type });
      const key = await open(`hashivault://every.${type}`);
      assert.equal(key.name, `hashivault://every.${type}/versions/1`);
      const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
      for (const scheme of SCHEMES) {
        const check = checks[scheme];
        if (check === undefined) {
          await assert.rejects(key.sign(BYTES, scheme), { code: 'KEY_SCHEME_MISMATCH' });
        } else {
          assert.ok(check(publicKey, await key.sign(BYTES, scheme)), scheme);
        }
      }
      await key.close();
      await assert.rejects(key.sign(BYTES, 'ecdsa'), { code: 'KEY_CLOSED' });
    });
  }

  it('a key that is rotated between opening and signing signs as it was opened; older versions open by number', async () => {
    await bao.ask('POST', 'transit/keys/rotated', { type: 'ecdsa-p256' });
    const first = await open('hashivault://rotated');
    await bao.ask('POST', 'transit/keys/rotated/rotate', {});
    const second = await open('hashivault://rotated');
    const again = await open('hashivault://rotated/versions/1');
    assert.deepEqual(
      [first.name, second.name, again.name],
      ['hashivault://rotated/versions/1', 'hashivault://rotated/versions/2', 'hashivault://rotated/versions/1'],
    );
    assert.equal(again.fingerprint, first.fingerprint);
    assert.notEqual(second.fingerprint, first.fingerprint);
    for (const key of [first, second, again]) {
      const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
      assert.ok(verify('sha256', BYTES, publicKey, await key.sign(BYTES, 'ecdsa')), key.name);
    }
    assert.match(
      await refusal(open('hashivault://rotated/versions/3'), 'KEY_NOT_FOUND'),
      /the newest being 2, found 3/,
    );
  });

  it('a version that signs no more is refused, by the service too, in its words', async () => {
    await bao.ask('POST', 'transit/keys/retired', { type: 'ecdsa-p256' });
    const first = await open('hashivault://retired');
    await bao.ask('POST', 'transit/keys/retired/rotate', {});
    await bao.ask('POST', 'transit/keys/retired/config', { min_encryption_version: 2 });
    await refusal(open('hashivault://retired/versions/1'), 'KEY_NOT_PERMITTED');
    assert.match(await refusal(first.sign(BYTES, 'ecdsa'), 'KEY_SERVICE_UNREACHABLE'), /500 \(.*minimum/);
  });

  it('keys that do not sign, or are derived, are named as what they are', async () => {
    await bao.ask('POST', 'transit/keys/box', { type: 'aes256-gcm96' });
    assert.match(await refusal(open('hashivault://box'), 'KEY_UNSUPPORTED'), /found "aes256-gcm96"/);
    await bao.ask('POST', 'transit/keys/derived', { type: 'ed25519', derived: true });
    assert.match(await refusal(open('hashivault://derived'), 'KEY_UNSUPPORTED'), /derived anew/);
  });

  it('no such key, engine or namespace', async () => {
    await refusal(open('hashivault://nowhere'), 'KEY_NOT_FOUND');
    await refusal(open('hashivault://nowhere', { TRANSIT_SECRET_ENGINE_PATH: 'elsewhere' }), 'KEY_NOT_FOUND');
    assert.match(
      await refusal(open('hashivault://nowhere', { VAULT_NAMESPACE: 'none/such' }), 'KEY_NOT_FOUND'),
      /namespace not found/,
    );
  });

  it('another engine, in another namespace', async () => {
    await bao.ask('POST', 'sys/namespaces/team', {});
    await bao.ask('POST', 'sys/mounts/signing/release', { type: 'transit' }, 'team');
    await bao.ask('POST', 'signing/release/keys/there', { type: 'ecdsa-p256' }, 'team');
    const there = { VAULT_NAMESPACE: 'team', TRANSIT_SECRET_ENGINE_PATH: 'signing/release/' };
    const key = await open('hashivault://there', there);
    assert.ok((await key.sign(BYTES, 'ecdsa')).length > 0);
    await refusal(open('hashivault://there'), 'KEY_NOT_FOUND');
  });

  it('a token that is wrong, revoked, or may not sign', async () => {
    await bao.ask('POST', 'transit/keys/guarded', { type: 'ecdsa-p256' });
    assert.match(
      await refusal(open('hashivault://guarded', { VAULT_TOKEN: 's.wrong' }), 'KEY_SERVICE_REFUSED'),
      /403 \("permission denied"\)/,
    );
    const policy = 'path "transit/keys/guarded" { capabilities = ["read"] }';
    await bao.ask('PUT', 'sys/policies/acl/reader', { policy });
    const auth = await bao.tokenFor('reader');
    const reader = await open('hashivault://guarded', { VAULT_TOKEN: auth });
    await refusal(reader.sign(BYTES, 'ecdsa'), 'KEY_SERVICE_REFUSED');
    await bao.ask('POST', 'auth/token/revoke', { token: auth });
    await refusal(open('hashivault://guarded', { VAULT_TOKEN: auth }), 'KEY_SERVICE_REFUSED');
  });

  it('the token of vault login, and none', async () => {
    await bao.ask('POST', 'transit/keys/login', { type: 'ecdsa-p256' });
    const without = { VAULT_TOKEN: '', HOME: home };
    assert.match(await refusal(open('hashivault://login', without), 'KEY_CREDENTIALS_MISSING'), /~\/\.vault-token/);
    writeFileSync(join(home, '.vault-token'), `${bao.environment['VAULT_TOKEN'] ?? ''}\n`);
    assert.ok((await open('hashivault://login', without)).publicKey.length > 0);
  });

  it('a server of an authority that is not known', async () => {
    assert.match(
      await refusal(open('hashivault://login', { VAULT_CACERT: '' }), 'KEY_SERVICE_UNREACHABLE'),
      /certificate/,
    );
    await assert.rejects(open('hashivault://login', { VAULT_CACERT: join(home, 'none.pem') }), { code: 'ENOENT' });
  });

  it('a sealed Vault', async () => {
    await bao.ask('POST', 'transit/keys/sealed', { type: 'ecdsa-p256' });
    const key = await open('hashivault://sealed');
    await bao.ask('PUT', 'sys/seal');
    assert.match(await refusal(key.sign(BYTES, 'ecdsa'), 'KEY_SERVICE_UNREACHABLE'), /503 \("Vault is sealed"\)/);
  });
});
