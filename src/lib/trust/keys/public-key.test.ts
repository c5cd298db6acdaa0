import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { rootFile, signerFile } from '#test/fixtures/signed/index.ts';
import { parsePublicKey } from './public-key.ts';

evidence('trust/public keys', 'real tool', 'keys that openssl made for cosign to sign with');

const PEM = readFileSync(signerFile('p256'), 'utf8');

function pem(key: KeyObject, type: 'spki' | 'pkcs1' = 'spki'): string {
  return key.export({ format: 'pem', type }).toString();
}

function rsa(modulusLength: number, publicExponent = 65_537): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey;
}

describe('parsePublicKey', () => {
  for (const name of ['p256', 'p256-second', 'p384', 'rsa2048', 'ed25519'] as const) {
    test(`reads ${name}, in PEM and DER alike`, () => {
      const text = readFileSync(signerFile(name), 'utf8');
      const { key, fingerprint } = parsePublicKey(text, name);
      const der = key.export({ format: 'der', type: 'spki' });
      assert.equal(fingerprint, digestOf(der));
      assert.equal(parsePublicKey(der, name).fingerprint, fingerprint);
      assert.equal(parsePublicKey(Buffer.from(text), name).fingerprint, fingerprint);
    });
  }

  test('reads P-521, and RSA in the form of PKCS #1', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    assert.equal(parsePublicKey(pem(publicKey), 'key').key.asymmetricKeyDetails?.namedCurve, 'secp521r1');
    const key = rsa(2048);
    assert.equal(parsePublicKey(pem(key, 'pkcs1'), 'key').fingerprint, parsePublicKey(pem(key), 'key').fingerprint);
  });

  const refused: readonly (readonly [name: string, input: () => Uint8Array | string, code: string, text: RegExp])[] = [
    ['RSA of 1024 bits', () => pem(rsa(1024)), 'KEY_INVALID', /RSA of 1024 bits/],
    ['an RSA exponent of 1', () => exponentOne(), 'KEY_INVALID', /exponent|RSA/],
    ['secp256k1', () => pem(ec('secp256k1')), 'KEY_INVALID', /curve 1\.3\.132\.0\.10/],
    ['P-224', () => pem(ec('secp224r1')), 'KEY_INVALID', /curve 1\.3\.132\.0\.33/],
    ['X25519', () => pem(generateKeyPairSync('x25519').publicKey), 'KEY_INVALID', /algorithm 1\.3\.101\.110/],
    ['Ed448', () => pem(generateKeyPairSync('ed448').publicKey), 'KEY_INVALID', /algorithm 1\.3\.101\.113/],
    ['RSA for PSS alone', () => pem(pss()), 'KEY_INVALID', /algorithm 1\.2\.840\.113549\.1\.1\.10/],
    ['two keys', () => PEM + PEM, 'KEY_INVALID', /2 PEM blocks/],
    ['a certificate', () => readFileSync(rootFile('code-signing')), 'KEY_INVALID', /certificate/],
    ['a private key', () => privateKey(), 'KEY_INVALID', /PRIVATE KEY/],
    ['something behind the DER', () => Buffer.concat([der(), Buffer.from([5, 0])]), 'DER_INVALID', /one DER value/],
    ['a point that is not on the curve', () => offCurve(), 'KEY_INVALID', /P-256/],
    ['an empty file', () => '', 'PEM_INVALID', /BEGIN/],
    ['text', () => 'ssh-ed25519 AAAA', 'PEM_INVALID', /BEGIN/],
  ];
  for (const [name, input, code, text] of refused) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => parsePublicKey(input(), 'cosign.pub'),
        (error) =>
          isAppError(error) && error.code === code && text.test(error.message) && /cosign\.pub/.test(error.message),
      );
    });
  }

  test('says what to do with a certificate and with the secret half', () => {
    for (const [input, hint] of [
      [readFileSync(rootFile('code-signing'), 'utf8'), /openssl x509/],
      [privateKey(), /openssl pkey/],
    ] as const) {
      assert.throws(
        () => parsePublicKey(input, 'key'),
        (error) => isAppError(error) && hint.test(error.hint ?? ''),
      );
    }
  });

  test('damaged keys are errors of ours, or another key', () => {
    const bytes = der();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        try {
          assert.notEqual(parsePublicKey(damaged, 'key').fingerprint, digestOf(bytes));
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
    );
  });
});

function der(): Buffer {
  return parsePublicKey(PEM, 'key').key.export({ format: 'der', type: 'spki' });
}

function offCurve(): Buffer {
  const bytes = der();
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}

function ec(namedCurve: string): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).publicKey;
}

function pss(): KeyObject {
  return generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey;
}

function privateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** The exponent 65537 at the end of the DER made 1, in its shortest form and with the lengths put right. */
function exponentOne(): Buffer {
  const bytes = rsa(2048).export({ format: 'der', type: 'pkcs1' });
  const short = Buffer.concat([bytes.subarray(0, bytes.length - 5), Buffer.from([2, 1, 1])]);
  short.writeUInt16BE(bytes.readUInt16BE(2) - 2, 2);
  const inner = Buffer.concat([Buffer.from([0]), short]);
  const algorithm = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  const bits = Buffer.concat([Buffer.from([3, 0x82, inner.length >> 8, inner.length & 255]), inner]);
  const body = Buffer.concat([algorithm, bits]);
  return Buffer.concat([Buffer.from([0x30, 0x82, body.length >> 8, body.length & 255]), body]);
}
