import assert from 'node:assert/strict';
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { evidence } from '#test/evidence.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { generateKeyFile, KEY_ALGORITHMS, type KeyAlgorithm } from './generate.ts';
import { openKeyFile } from './open.ts';

evidence(
  'trust/key-generation',
  'real tool',
  'keys of every algorithm, judged by OpenSSL; test/compat has cosign judge theirs',
);

const BYTES = Buffer.from('something to sign');
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING };

/** How OpenSSL verifies what a scheme signs with a key of an algorithm; every other scheme is refused. */
const SCHEMES: Readonly<
  Record<KeyAlgorithm, Partial<Record<SigningScheme, (key: KeyObject, signature: Uint8Array) => boolean>>>
> = {
  'ecdsa-p256': {
    ecdsa: (key, signature) => verify('sha256', BYTES, key, signature),
    'ecdsa-sha256': (key, signature) => verify('sha256', BYTES, key, signature),
  },
  'ecdsa-p384': {
    ecdsa: (key, signature) => verify('sha384', BYTES, key, signature),
    'ecdsa-sha256': (key, signature) => verify('sha256', BYTES, key, signature),
  },
  'rsa-3072': {
    'rsa-pkcs1-sha256': (key, signature) => verify('sha256', BYTES, key, signature),
    'rsa-pss': (key, signature) => verify('sha384', BYTES, { key, ...PSS, saltLength: 48 }, signature),
  },
  ed25519: { ed25519: (key, signature) => verify(null, BYTES, key, signature) },
};
const ALL: readonly SigningScheme[] = ['ecdsa', 'ecdsa-sha256', 'rsa-pkcs1-sha256', 'rsa-pss', 'ed25519'];

async function made(algorithm: KeyAlgorithm): Promise<{ readonly key: SigningKey; readonly publicPem: string }> {
  const { privatePem, publicPem } = await generateKeyFile({ algorithm, passphrase: Buffer.from('a passphrase') });
  assert.match(privatePem, /^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n/);
  const passphrase = async (): Promise<Uint8Array> => await Promise.resolve(Buffer.from('a passphrase'));
  const key = await openKeyFile(Buffer.from(privatePem), algorithm, keyAccessFor({ passphrase }));
  return { key, publicPem };
}

describe('a new key', () => {
  for (const algorithm of KEY_ALGORITHMS) {
    it(`${algorithm} opens again, signs by the schemes of its kind and by no other`, async () => {
      const { key, publicPem } = await made(algorithm);
      const publicKey = createPublicKey(publicPem);
      assert.deepEqual(Buffer.from(key.publicKey), publicKey.export({ format: 'der', type: 'spki' }));
      for (const scheme of ALL) {
        const check = SCHEMES[algorithm][scheme];
        if (check === undefined) {
          await assert.rejects(key.sign(BYTES, scheme), { code: 'KEY_SCHEME_MISMATCH' });
        } else {
          assert.ok(check(publicKey, await key.sign(BYTES, scheme)), scheme);
        }
      }
    });
  }

  it('is another one each time, salt and all', async () => {
    const make = async (): Promise<string> =>
      (await generateKeyFile({ algorithm: 'ed25519', passphrase: Buffer.from('x') })).privatePem;
    assert.notEqual(await make(), await make());
  });

  it('is not made with an empty passphrase', async () => {
    await assert.rejects(generateKeyFile({ algorithm: 'ed25519', passphrase: Buffer.alloc(0) }), {
      code: 'KEY_PASSPHRASE_MISSING',
    });
  });

  it('does not sign once it was closed, nor when told to stop', async () => {
    const { key } = await made('ed25519');
    await assert.rejects(key.sign(BYTES, 'ed25519', AbortSignal.abort()), { name: 'AbortError' });
    await key.close();
    await key.close();
    await assert.rejects(key.sign(BYTES, 'ed25519'), { code: 'KEY_CLOSED' });
  });
});
