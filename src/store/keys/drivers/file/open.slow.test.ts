import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import type { KeyAccess } from '#store/keys/driver.ts';
import { evidence } from '#test/evidence.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { missing } from '#test/prerequisites.ts';
import { openKeyFile } from './open.ts';
import { writePem } from './pem.ts';

evidence(
  'trust/key-files',
  'published',
  "keys of cosign's own tests, and one that cosign 3.1.3 made; PKCS #8 by openssl",
);

const PASSPHRASE = 'planted-passphrase';
const fixtures = join(import.meta.dirname, 'fixtures');
const fixture = (name: string): Buffer => readFileSync(join(fixtures, name));

interface Access extends KeyAccess {
  readonly warnings: string[];
  readonly handed: Uint8Array[];
}

function access(passphrase: string): Access {
  const warnings: string[] = [];
  const handed: Uint8Array[] = [];
  const given = keyAccessFor({
    passphrase: async () => {
      const bytes = Buffer.from(passphrase);
      handed.push(bytes);
      return await Promise.resolve(bytes);
    },
    warn: (text) => void warnings.push(text),
  });
  return { ...given, warnings, handed };
}

function spkiOf(pem: Buffer): Buffer {
  return createPublicKey(pem).export({ format: 'der', type: 'spki' });
}

describe('keys of cosign', () => {
  for (const [name, passphrase] of [
    ['cosign-3.1.3', 'secret'],
    ['cosign-label', 'hello'],
    ['sigstore-label', 'hello'],
  ] as const) {
    it(`${name} opens, and is the key that cosign says it is`, async () => {
      const given = access(passphrase);
      const key = await openKeyFile(fixture(`${name}.key`), name, given);
      assert.deepEqual(Buffer.from(key.publicKey), spkiOf(fixture(`${name}.pub`)));
      assert.deepEqual(given.warnings, []);
      assert.ok(
        given.handed.every((bytes) => bytes.every((octet) => octet === 0)),
        'overwritten',
      );
    });
    it(`${name} does not open with another passphrase`, async () => {
      for (const wrong of ['', `${passphrase} `, passphrase.toUpperCase()]) {
        await assert.rejects(openKeyFile(fixture(`${name}.key`), name, access(wrong)), {
          code: 'KEY_PASSPHRASE_WRONG',
        });
      }
    });
  }
});

describe('keys of openssl', { skip: missing('openssl') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-keys-'));
  after(() => rmSync(folder, { recursive: true }));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const plain = join(folder, 'plain.pem');
  writeFileSync(plain, privateKey.export({ format: 'pem', type: 'pkcs8' }));

  function encrypted(...options: readonly string[]): Buffer {
    const told = ['pkcs8', '-topk8', '-in', plain, '-passout', `pass:${PASSPHRASE}`, ...options];
    return execFileSync('openssl', told, { stdio: ['ignore', 'pipe', 'ignore'] });
  }

  for (const [name, options] of [
    ['PBKDF2', ['-v2', 'aes-256-cbc']],
    ['PBKDF2, many iterations', ['-v2', 'aes-128-cbc', '-iter', '100000']],
    ['scrypt', ['-scrypt']],
  ] as const) {
    it(`encrypted by ${name}`, async () => {
      const given = access(PASSPHRASE);
      const pem = encrypted(...options);
      assert.deepEqual(Buffer.from((await openKeyFile(pem, name, given)).publicKey), spki);
      assert.ok(
        given.handed.every((bytes) => bytes.every((octet) => octet === 0)),
        'overwritten',
      );
      await assert.rejects(openKeyFile(pem, name, access('another')), { code: 'KEY_PASSPHRASE_WRONG' });
    });
  }

  it('of an older kind of encryption are refused with the way out', async () => {
    const pem = encrypted('-v1', 'PBE-SHA1-3DES', '-provider', 'legacy', '-provider', 'default');
    await assert.rejects(openKeyFile(pem, 'key', access(PASSPHRASE)), {
      code: 'KEY_FILE_INVALID',
      hint: /openssl pkcs8/,
    });
  });

  it('without a passphrase open with a warning, and none is asked for', async () => {
    const given = access(PASSPHRASE);
    assert.deepEqual(Buffer.from((await openKeyFile(readFileSync(plain), 'plain.pem', given)).publicKey), spki);
    assert.deepEqual(given.warnings, ['plain.pem is not encrypted: whoever can read the file can sign.']);
    assert.deepEqual(given.handed, []);
  });
});

/** An EncryptedPrivateKeyInfo under PBES2, of 64 octets that are nothing. */
function pbes2(derivation: string, ...parameters: readonly string[]): string {
  const oid = (hex: string): string => tlv('06', hex);
  const kdf = tlv('30', oid(derivation) + tlv('30', tlv('04', '00'.repeat(8)) + parameters.join('')));
  const cipher = tlv('30', oid('60864801650304012a') + tlv('04', '00'.repeat(16)));
  const algorithm = tlv('30', oid('2a864886f70d01050d') + tlv('30', kdf + cipher));
  return writePem('ENCRYPTED PRIVATE KEY', Buffer.from(tlv('30', algorithm + tlv('04', '00'.repeat(64))), 'hex'));
}

function integer(value: number): string {
  const hex = value.toString(16);
  return tlv(
    '02',
    hex.padStart(hex.length + (hex.length % 2) + (/^[89a-f]/.test(hex) && hex.length % 2 === 0 ? 2 : 0), '0'),
  );
}

function tlv(tag: string, content: string): string {
  const length = content.length / 2;
  return `${tag}${length < 128 ? '' : '81'}${length.toString(16).padStart(2, '0')}${content}`;
}

const PBKDF2 = '2a864886f70d01050c';
const SCRYPT = '2b06010401da47040b';

describe('what is no key', () => {
  const box = (change: object): string =>
    writePem('ENCRYPTED SIGSTORE PRIVATE KEY', Buffer.from(JSON.stringify({ ...cheap(), ...change })));
  const kdf = (params: object): object => ({ kdf: { name: 'scrypt', params, salt: 'AAAA' } });
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cases: readonly (readonly [name: string, text: string, code: string])[] = [
    ['nothing', '', 'KEY_FILE_INVALID'],
    ['text', 'a key', 'KEY_FILE_INVALID'],
    ['a public key', fixture('cosign-3.1.3.pub').toString(), 'KEY_FILE_INVALID'],
    ['the form of SEC 1', pair.privateKey.export({ format: 'pem', type: 'sec1' }).toString(), 'KEY_FILE_INVALID'],
    ['a block without an end', fixture('cosign-3.1.3.key').toString().slice(0, -20), 'KEY_FILE_INVALID'],
    ['two blocks', fixture('cosign-3.1.3.key').toString().repeat(2), 'KEY_FILE_INVALID'],
    ['no base64', '-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----', 'KEY_FILE_INVALID'],
    ['other DER', writePem('PRIVATE KEY', Buffer.from('3000', 'hex')), 'KEY_FILE_INVALID'],
    ['other DER, encrypted', writePem('ENCRYPTED PRIVATE KEY', Buffer.from('3000', 'hex')), 'KEY_FILE_INVALID'],
    ['PBKDF2 of few iterations', pbes2(PBKDF2, integer(2048)), 'KEY_PASSPHRASE_WRONG'],
    ['PBKDF2 that takes minutes', pbes2(PBKDF2, integer(500_000_000)), 'LIMIT_EXCEEDED'],
    ['PBKDF2 that takes for ever', pbes2(PBKDF2, integer(2 ** 46)), 'LIMIT_EXCEEDED'],
    ['scrypt that takes 2 GiB', pbes2(SCRYPT, integer(2 ** 21), integer(8), integer(1)), 'LIMIT_EXCEEDED'],
    ['another derivation', pbes2('2a864886f70d01050e', integer(1)), 'KEY_FILE_INVALID'],
    ['no JSON in the box', writePem('ENCRYPTED SIGSTORE PRIVATE KEY', Buffer.from('{')), 'JSON_INVALID'],
    ['a box of another cipher', box({ cipher: { name: 'aes', nonce: 'AAAA' } }), 'KEY_FILE_INVALID'],
    ['a box with a short nonce', box({ cipher: { name: 'nacl/secretbox', nonce: 'AAAA' } }), 'KEY_FILE_INVALID'],
    ['a box with N that is no power of two', box(kdf({ N: 65537, r: 8, p: 1 })), 'KEY_FILE_INVALID'],
    ['a box that takes 2 GiB', box(kdf({ N: 2 ** 21, r: 8, p: 1 })), 'LIMIT_EXCEEDED'],
    ['a box that takes 128 TiB', box(kdf({ N: 2 ** 40, r: 1, p: 1 })), 'LIMIT_EXCEEDED'],
    ['a box that takes hours', box(kdf({ N: 2 ** 16, r: 8, p: 2 ** 16 })), 'LIMIT_EXCEEDED'],
    ['a box of nothing', box({ ciphertext: '' }), 'KEY_PASSPHRASE_WRONG'],
  ];
  for (const [name, text, code] of cases) {
    it(`${name}: ${code}`, async () => {
      await assert.rejects(openKeyFile(Buffer.from(text), 'the key', access(PASSPHRASE)), { code });
    });
  }

  for (const [name, kind] of [
    ['a curve that nobody verifies', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['RSA of 1024 bits', generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['a key for agreement', generateKeyPairSync('x25519')],
  ] as const) {
    it(`${name}: KEY_UNSUPPORTED`, async () => {
      const pem = Buffer.from(kind.privateKey.export({ format: 'pem', type: 'pkcs8' }));
      await assert.rejects(openKeyFile(pem, 'the key', access(PASSPHRASE)), { code: 'KEY_UNSUPPORTED' });
    });
  }

  it('a box that holds SEC 1 is refused, as cosign does', async () => {
    await assert.rejects(openKeyFile(fixture('cosign-label-sec1.key'), 'the key', access('hello')), {
      code: 'KEY_FILE_INVALID',
    });
  });

  it('damaged files open as what they were, or not, and no error says a secret', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const secret = pkcs8.split('\n')[1] ?? '';
    const samples = [pkcs8, box({})];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), fc.nat(400), fc.nat(255), async (text, at, octet) => {
        const bytes = Buffer.from(text);
        bytes[at % bytes.length] = octet;
        try {
          await openKeyFile(bytes, 'the key', access(PASSPHRASE));
        } catch (error) {
          assert.ok(isAppError(error), String(error));
          const said = `${error.stack ?? ''}${error.hint ?? ''}`;
          assert.ok(!said.includes(PASSPHRASE) && !said.includes(secret.slice(24)), said);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** A box whose scrypt costs nothing; its ciphertext is not one. */
function cheap(): object {
  return {
    kdf: { name: 'scrypt', params: { N: 2, r: 1, p: 1 }, salt: 'AAAA' },
    cipher: { name: 'nacl/secretbox', nonce: Buffer.alloc(24).toString('base64') },
    ciphertext: Buffer.alloc(64).toString('base64'),
  };
}
