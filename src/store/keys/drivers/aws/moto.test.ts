import assert from 'node:assert/strict';
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { evidence } from '#test/evidence.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { type Moto, startMoto } from '#test/fixtures/moto.ts';
import { missing } from '#test/prerequisites.ts';
import { openAwsKey } from './open.ts';

evidence('trust/key-aws-kms', 'real tool', 'keys of every kind in moto, their signatures judged by OpenSSL');

const BYTES = Buffer.from('something to sign');
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING };
const ALL: readonly SigningScheme[] = ['ecdsa', 'ecdsa-sha256', 'rsa-pkcs1-sha256', 'rsa-pss', 'ed25519'];
type Judge = (key: KeyObject, signature: Uint8Array) => boolean;

const byHash =
  (hash: string): Judge =>
  (key, signature) =>
    verify(hash, BYTES, key, signature);
const pss =
  (hash: string, saltLength: number): Judge =>
  (key, signature) =>
    verify(hash, BYTES, { key, ...PSS, saltLength }, signature);

/** How OpenSSL verifies what a scheme signs with a key; every other scheme is refused. */
const KEYS: Readonly<Record<string, Partial<Record<SigningScheme, Judge>>>> = {
  ECC_NIST_P256: { ecdsa: byHash('sha256'), 'ecdsa-sha256': byHash('sha256') },
  ECC_NIST_P384: { ecdsa: byHash('sha384'), 'ecdsa-sha256': byHash('sha256') },
  ECC_NIST_P521: { ecdsa: byHash('sha512'), 'ecdsa-sha256': byHash('sha256') },
  RSA_2048: { 'rsa-pkcs1-sha256': byHash('sha256'), 'rsa-pss': pss('sha256', 32) },
  RSA_3072: { 'rsa-pkcs1-sha256': byHash('sha256'), 'rsa-pss': pss('sha384', 48) },
  RSA_4096: { 'rsa-pkcs1-sha256': byHash('sha256'), 'rsa-pss': pss('sha512', 64) },
};

describe('a key of AWS KMS', { skip: missing('python') }, () => {
  let moto: Moto;
  before(async () => {
    moto = await startMoto();
  });
  after(async () => await moto.stop());

  async function open(key: string, more: Readonly<Record<string, string>> = {}): Promise<SigningKey> {
    const access = keyAccessFor({ environment: { ...moto.environment, ...more } });
    return await openAwsKey(`awskms://${moto.host}/${key}`, access, { backoffMs: [] });
  }

  for (const [spec, judges] of Object.entries(KEYS)) {
    it(`${spec} signs by the schemes of its kind and by no other`, async () => {
      const key = await open(await moto.createKey(spec));
      const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
      for (const scheme of ALL) {
        const judge = judges[scheme];
        if (judge === undefined) {
          await assert.rejects(key.sign(BYTES, scheme), { code: 'KEY_SCHEME_MISMATCH' });
        } else {
          assert.ok(judge(publicKey, await key.sign(BYTES, scheme)), scheme);
        }
      }
    });
  }

  it('is named by its id, its ARN, an alias or the ARN of one, the endpoint in the environment too', async () => {
    const arn = await moto.createKey('ECC_NIST_P256');
    const alias = 'alias/team/release_1';
    await moto.kms('CreateAlias', { AliasName: alias, TargetKeyId: arn });
    const aliasArn = `${arn.slice(0, arn.lastIndexOf(':') + 1)}${alias}`;
    const { fingerprint } = await open(arn);
    for (const key of [arn.slice(arn.indexOf('/') + 1), alias, aliasArn]) {
      assert.equal((await open(key)).fingerprint, fingerprint, key);
    }
    const environment = { ...moto.environment, AWS_ENDPOINT_URL_KMS: `http://${moto.host}` };
    assert.equal((await openAwsKey(`awskms:///${alias}`, keyAccessFor({ environment }))).fingerprint, fingerprint);
    const elsewhere = { AWS_REGION: 'us-east-1' };
    assert.equal((await open(arn, elsewhere)).fingerprint, fingerprint, 'the region of the ARN counts');
    await assert.rejects(open(alias, elsewhere), { code: 'KEY_NOT_FOUND' });
  });

  it('signs with the key that its alias meant when it was opened', async () => {
    const [first, second] = [await moto.createKey('ECC_NIST_P256'), await moto.createKey('ECC_NIST_P256')];
    await moto.kms('CreateAlias', { AliasName: 'alias/moving', TargetKeyId: first });
    const key = await open('alias/moving');
    await moto.kms('UpdateAlias', { AliasName: 'alias/moving', TargetKeyId: second });
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
    assert.ok(verify('sha256', BYTES, publicKey, await key.sign(BYTES, 'ecdsa')));
    assert.notEqual((await open('alias/moving')).fingerprint, key.fingerprint);
  });

  for (const [spec, usage, found] of [
    ['RSA_2048', 'ENCRYPT_DECRYPT', /RSA_2048.*ENCRYPT_DECRYPT/],
    ['ECC_SECG_P256K1', 'SIGN_VERIFY', /secp256k1/],
  ] as const) {
    it(`${spec} for ${usage} is refused`, async () => {
      const arn = await moto.createKey(spec, usage);
      await assert.rejects(open(arn), { code: 'KEY_UNSUPPORTED', message: found });
    });
  }

  it('that is not there is not found', async () => {
    for (const key of ['alias/nowhere', '1234abcd-12ab-34cd-56ef-1234567890ab']) {
      await assert.rejects(open(key), { code: 'KEY_NOT_FOUND' }, key);
    }
  });

  it('signs for those alone who have the rights, and whose requests are signed by their keys', async () => {
    const arn = await moto.createKey('ECC_NIST_P256');
    const user = await moto.onlyUser(['kms:GetPublicKey']);
    const key = await open(arn, user);
    // moto says why in XML, which AWS KMS does not.
    const refused = { code: 'KEY_SERVICE_REFUSED', message: /found 403/ };
    await assert.rejects(key.sign(BYTES, 'ecdsa'), refused);
    await assert.rejects(open(arn, { ...user, AWS_SECRET_ACCESS_KEY: 'another' }), refused);
    await assert.rejects(open(arn), refused);
  });
});
