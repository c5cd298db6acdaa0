import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { type SignatureAlgorithm, verifyBytes } from './verify-bytes.ts';

const BYTES = Buffer.from('what is signed');
const EC = new Map(
  ['P-256', 'P-384', 'P-521'].map((namedCurve) => [namedCurve, generateKeyPairSync('ec', { namedCurve })]),
);
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ED25519 = generateKeyPairSync('ed25519');
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function check(key: KeyObject, signature: Uint8Array, algorithm?: SignatureAlgorithm, bytes: Uint8Array = BYTES): void {
  verifyBytes({ key, bytes, signature, object: 'sample', ...(algorithm === undefined ? {} : { algorithm }) });
}

function refuses(code: string, text: RegExp, run: () => void): void {
  assert.throws(run, (error) => isAppError(error) && error.code === code && text.test(error.message));
}

function pair(curve: string): { publicKey: KeyObject; privateKey: KeyObject } {
  const found = EC.get(curve);
  assert.ok(found !== undefined);
  return found;
}

describe('verifyBytes', () => {
  const accepted: readonly (readonly [curve: string, hash: string, algorithm?: SignatureAlgorithm])[] = [
    ['P-256', 'sha256'],
    ['P-256', 'sha256', 'ecdsa-sha256'],
    ['P-384', 'sha384'],
    ['P-384', 'sha256'],
    ['P-384', 'sha384', 'ecdsa-sha384'],
    ['P-521', 'sha512'],
    ['P-521', 'sha256'],
    ['P-521', 'sha512', 'ecdsa-sha512'],
  ];
  for (const [curve, hash, algorithm] of accepted) {
    test(`accepts ${curve} with ${hash}, ${algorithm === undefined ? 'nothing stated' : 'stated'}`, () => {
      const { publicKey, privateKey } = pair(curve);
      check(publicKey, sign(hash, BYTES, privateKey), algorithm);
      refuses('SIGNATURE_INVALID', /wrong signature/, () =>
        check(publicKey, sign(hash, BYTES, privateKey), algorithm, Buffer.from('something else')),
      );
    });
  }

  test('a stated hash is the only one', () => {
    const { publicKey, privateKey } = pair('P-384');
    refuses('SIGNATURE_INVALID', /ECDSA with sha384/, () =>
      check(publicKey, sign('sha256', BYTES, privateKey), 'ecdsa-sha384'),
    );
    refuses('SIGNATURE_INVALID', /wrong/, () =>
      check(pair('P-256').publicKey, sign('sha512', BYTES, pair('P-256').privateKey)),
    );
    refuses('SIGNATURE_INVALID', /wrong/, () => check(publicKey, sign('sha1', BYTES, privateKey)));
  });

  test('RSA is PKCS #1 v1.5 with SHA-256, or PSS where it is stated, with a salt as long as the hash', () => {
    check(RSA.publicKey, sign('sha256', BYTES, RSA.privateKey));
    refuses('SIGNATURE_INVALID', /wrong/, () => check(RSA.publicKey, sign('sha512', BYTES, RSA.privateKey)));
    const pss = (saltLength: number): Buffer =>
      sign('sha384', BYTES, { key: RSA.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
    check(RSA.publicKey, pss(48), 'rsa-pss-sha384');
    refuses('SIGNATURE_INVALID', /wrong/, () => check(RSA.publicKey, pss(48)));
    refuses('SIGNATURE_INVALID', /wrong/, () => check(RSA.publicKey, pss(20), 'rsa-pss-sha384'));
    refuses('SIGNATURE_INVALID', /wrong/, () => check(RSA.publicKey, pss(0), 'rsa-pss-sha384'));
    refuses('SIGNATURE_INVALID', /wrong/, () =>
      check(RSA.publicKey, sign('sha256', BYTES, RSA.privateKey), 'rsa-pss-sha256'),
    );
  });

  test('Ed25519', () => {
    check(ED25519.publicKey, sign(null, BYTES, ED25519.privateKey));
    refuses('SIGNATURE_INVALID', /pure Ed25519/, () => check(ED25519.publicKey, Buffer.alloc(64)));
  });

  test('an algorithm of another kind of key is a mismatch', () => {
    const { publicKey } = pair('P-256');
    refuses('ALGORITHM_MISMATCH', /ec keys/, () => check(publicKey, Buffer.alloc(64), 'ed25519'));
    refuses('ALGORITHM_MISMATCH', /ec keys/, () =>
      check(publicKey, sign('sha256', BYTES, pair('P-256').privateKey), 'rsa-pkcs1-sha256'),
    );
    refuses('ALGORITHM_MISMATCH', /rsa keys/, () => check(RSA.publicKey, Buffer.alloc(256), 'ecdsa-sha256'));
    refuses('ALGORITHM_MISMATCH', /ed25519 keys/, () => check(ED25519.publicKey, Buffer.alloc(64), 'ecdsa-sha256'));
  });

  test('keys that sign nothing are refused', () => {
    refuses('KEY_INVALID', /ed448/, () => check(generateKeyPairSync('ed448').publicKey, Buffer.alloc(114)));
    refuses('KEY_INVALID', /secp256k1/, () =>
      check(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, Buffer.alloc(70)),
    );
  });

  describe('non-canonical ECDSA', () => {
    const { publicKey, privateKey } = pair('P-256');
    const [r, s] = numbersOf(sign('sha256', BYTES, { key: privateKey, dsaEncoding: 'ieee-p1363' }));

    test('a high s is legal', () => {
      check(publicKey, encode(r, s));
      check(publicKey, encode(r, P256_ORDER - s));
    });

    const variants: readonly (readonly [string, Buffer])[] = [
      ['nothing', Buffer.alloc(0)],
      ['r and s side by side (IEEE P1363)', sign('sha256', BYTES, { key: privateKey, dsaEncoding: 'ieee-p1363' })],
      ['something behind', Buffer.concat([encode(r, s), Buffer.from([0])])],
      ['a third number', sequence(integer(r), integer(s), integer(1n))],
      ['a number only', sequence(integer(r))],
      ['a leading zero', sequence(padded(r), integer(s))],
      ['a long form of the length', longForm(encode(r, s))],
      ['an indefinite length', Buffer.concat([Buffer.from([0x30, 0x80]), encode(r, s).subarray(2), Buffer.alloc(2)])],
      ['r + n', encode(r + P256_ORDER, s)],
      ['s + n', encode(r, s + P256_ORDER)],
      ['a negative s', encode(r, s - P256_ORDER)],
      ['zeros', encode(0n, 0n)],
      ['r of zero', encode(0n, s)],
      ['s of n', encode(r, P256_ORDER)],
    ];
    for (const [name, signature] of variants) {
      test(`refuses ${name}`, () => {
        refuses('SIGNATURE_INVALID', /sample/, () => check(publicKey, signature));
      });
    }
  });

  test('no bytes but a signature verify, whatever they are', () => {
    const { publicKey } = pair('P-256');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), (signature) => {
        refuses('SIGNATURE_INVALID', /sample/, () => check(publicKey, signature));
        refuses('SIGNATURE_INVALID', /sample/, () => check(RSA.publicKey, signature));
        refuses('SIGNATURE_INVALID', /sample/, () => check(ED25519.publicKey, signature));
      }),
      { numRuns: 50 },
    );
  });
});

function numbersOf(signature: Buffer): readonly [bigint, bigint] {
  const hex = signature.toString('hex');
  return [BigInt(`0x${hex.slice(0, 64)}`), BigInt(`0x${hex.slice(64)}`)];
}

function integer(value: bigint): Buffer {
  const octets = Math.max(1, Math.ceil((value.toString(2).replace('-', '').length + 1) / 8));
  const unsigned = value < 0n ? value + (1n << BigInt(octets * 8)) : value;
  const hex = unsigned.toString(16).padStart(octets * 2, '0');
  return Buffer.concat([Buffer.from([2, octets]), Buffer.from(hex, 'hex')]);
}

function padded(value: bigint): Buffer {
  const short = integer(value).subarray(2);
  return Buffer.concat([Buffer.from([2, short.length + 1, 0]), short[0] === 0 ? short : Buffer.from(short)]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function encode(r: bigint, s: bigint): Buffer {
  return sequence(integer(r), integer(s));
}

function longForm(der: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x30, 0x81, der.length - 2]), der.subarray(2)]);
}
