import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pairToDer, waysToSign } from './ways.ts';

describe('a way to sign', () => {
  it('by ECDSA gives the DER that OpenSSL writes, whatever the numbers begin with', () => {
    for (const [namedCurve, bytes] of [
      ['P-256', 32],
      ['P-384', 48],
      ['P-521', 66],
    ] as const) {
      const key = generateKeyPairSync('ec', { namedCurve }).privateKey;
      for (let round = 0; round < 20; round += 1) {
        const der = sign('sha256', Buffer.from([round]), key);
        assert.deepEqual(pairToDer(rawOf(der, bytes)), der);
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 132, maxLength: 132 }), fc.nat(66), (raw, zeroes) => {
        raw.fill(0, 0, zeroes);
        assert.deepEqual(rawOf(pairToDer(raw), 66), Buffer.from(raw));
      }),
    );
  });

  it('by PSS has a salt as long as its hash', () => {
    for (const [modulusLength, parameter] of [
      [2048, [0x250, 2, 32]],
      [3072, [0x260, 3, 48]],
      [4096, [0x270, 4, 64]],
    ] as const) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
      assert.deepEqual(
        waysToSign(publicKey, 'rsa-pss', Buffer.of(1)).map((way) => way.parameter),
        [parameter, parameter],
      );
    }
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2560 });
    assert.equal(waysToSign(publicKey, 'rsa-pss', Buffer.of(1)).length, 0);
    assert.equal(waysToSign(publicKey, 'rsa-pkcs1-sha256', Buffer.of(1)).length, 2);
  });

  it('is there for keys of the scheme’s kind alone', () => {
    const keys = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey,
      generateKeyPairSync('ed25519').publicKey,
    ];
    const schemes = ['ecdsa', 'ecdsa-sha256', 'rsa-pkcs1-sha256', 'rsa-pss', 'ed25519'] as const;
    assert.deepEqual(
      keys.map((key) => schemes.filter((scheme) => waysToSign(key, scheme, Buffer.of(1)).length > 0)),
      [['ecdsa', 'ecdsa-sha256'], [], ['ed25519']],
    );
  });
});

/** Both numbers of an ECDSA signature in DER, each filled up to its length. */
function rawOf(der: Buffer, bytes: number): Buffer {
  const start = (der[1] ?? 0) < 0x80 ? 2 : 3;
  const firstLength = der[start + 1] ?? 0;
  const numbers = [der.subarray(start + 2, start + 2 + firstLength), der.subarray(start + 4 + firstLength)];
  return Buffer.concat(numbers.map((number) => Buffer.concat([Buffer.alloc(bytes), number]).subarray(-bytes)));
}
