import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import type { KeyAttributes } from './native/protocol.ts';
import { publicKeyOf, usableKey } from './public-key.ts';

const NOTHING: KeyAttributes = {
  keyType: 3,
  maySign: true,
  modulus: null,
  publicExponent: null,
  ecParams: null,
  ecPoint: null,
  certificate: null,
};
const P256 = '06082a8648ce3d030107';
const ed25519 = generateKeyPairSync('ed25519').publicKey;
const edPoint = Buffer.from(String(ed25519.export({ format: 'jwk' }).x), 'base64url').toString('hex');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const { x, y } = p256.export({ format: 'jwk' });
const point = `04${Buffer.concat([Buffer.from(String(x), 'base64url'), Buffer.from(String(y), 'base64url')]).toString('hex')}`;

describe('the public half of a key on a token', () => {
  for (const [what, attributes, expected] of [
    ['a point in an octet string', { ...NOTHING, ecParams: P256, ecPoint: `0441${point}` }, p256],
    ['a point without one', { ...NOTHING, ecParams: P256, ecPoint: point }, p256],
    [
      'Ed25519 by name',
      { ...NOTHING, keyType: 0x40, ecParams: '130c656477617264733235353139', ecPoint: `0420${edPoint}` },
      ed25519,
    ],
    ['Ed25519 by identifier', { ...NOTHING, keyType: 0x40, ecParams: '06032b6570', ecPoint: edPoint }, ed25519],
  ] as const) {
    it(`is read from ${what}`, () => {
      assert.ok(publicKeyOf(attributes, 'key').equals(expected));
    });
  }

  for (const [what, attributes] of [
    ['nothing at all', NOTHING],
    ['another curve', { ...NOTHING, ecParams: '06052b8104000a', ecPoint: `0441${point}` }],
    ['a curve by its parameters', { ...NOTHING, ecParams: '3000', ecPoint: `0441${point}` }],
    ['a point that is not on the curve', { ...NOTHING, ecParams: P256, ecPoint: `04${'11'.repeat(64)}` }],
    ['a compressed point', { ...NOTHING, ecParams: P256, ecPoint: `02${point.slice(2)}` }],
    ['a point that is cut off', { ...NOTHING, ecParams: P256, ecPoint: `0441${point.slice(0, -2)}` }],
    ['X25519', { ...NOTHING, keyType: 0x40, ecParams: '06032b656e', ecPoint: edPoint }],
    ['a modulus without an exponent', { ...NOTHING, keyType: 0, modulus: 'ff'.repeat(256) }],
    ['an endless modulus', { ...NOTHING, keyType: 0, modulus: 'ff'.repeat(60_000), publicExponent: '010001' }],
    ['a certificate that is none', { ...NOTHING, certificate: '3000' }],
    ['a key of another kind', { ...NOTHING, keyType: 0x1f }],
  ] as const) {
    it(`is refused from ${what}`, () => {
      assert.throws(() => publicKeyOf(attributes, 'key'), { code: 'KEY_UNSUPPORTED', object: 'key' });
    });
  }

  it('belongs to a key that may sign, and is large enough', () => {
    const ecdsa = { ...NOTHING, ecParams: P256, ecPoint: point };
    assert.ok(usableKey(ecdsa, 'key').equals(p256));
    assert.throws(() => usableKey({ ...ecdsa, maySign: false }, 'key'), { code: 'KEY_NOT_PERMITTED' });
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const hex = (text: unknown): string => Buffer.from(String(text), 'base64url').toString('hex');
    assert.throws(
      () => usableKey({ ...NOTHING, keyType: 0, modulus: `00${hex(small.n)}`, publicExponent: hex(small.e) }, 'key'),
      { code: 'KEY_UNSUPPORTED', found: 'rsa of 1024 bits' },
    );
  });

  it('is a key or a refusal, whatever the token says', () => {
    const hex = fc.option(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('hex')),
        fc.constantFrom(P256, '06032b6570', point, `0441${point}`, edPoint),
      ),
    );
    const attributes = fc.record({
      keyType: fc.constantFrom(0, 3, 0x40, 9),
      maySign: fc.boolean(),
      modulus: hex,
      publicExponent: hex,
      ecParams: hex,
      ecPoint: hex,
      certificate: hex,
    });
    fc.assert(
      fc.property(attributes, (told) => {
        try {
          usableKey(told, 'key');
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
    );
  });
});
