import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { parseSimpleSigning } from './simple-signing.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const TYPE = 'cosign container image signature';

interface PayloadJson {
  readonly identity?: unknown;
  readonly image?: unknown;
  readonly type?: unknown;
}

function payload(critical: PayloadJson, more: object = {}): Uint8Array {
  const whole = {
    identity: { 'docker-reference': 'registry.example/app' },
    image: { 'docker-manifest-digest': DIGEST },
    type: TYPE,
  };
  return Buffer.from(JSON.stringify({ critical: { ...whole, ...critical }, optional: null, ...more }));
}

test('the payload of cosign is read', () => {
  assert.deepEqual(parseSimpleSigning(payload({}), 'x'), {
    digest: DIGEST,
    reference: 'registry.example/app',
    optional: new Map(),
  });
  const annotated = parseSimpleSigning(payload({}, { optional: { creator: 'Bob', timestamp: 5 }, other: 1 }), 'x');
  assert.deepEqual(
    [...annotated.optional],
    [
      ['creator', 'Bob'],
      ['timestamp', 5],
    ],
  );
  assert.equal(parseSimpleSigning(payload({ identity: { 'docker-reference': '' } }), 'x').reference, null);
});

test('what another reader might take for something else is refused', () => {
  const other = `sha256:${'cd'.repeat(32)}`;
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [Buffer.from('{}'), /"critical" to be an object, found nothing/],
    [Buffer.from('[]'), /expected an object/],
    [payload({ image: { 'Docker-manifest-digest': DIGEST } }), /"critical.image.Docker-manifest-digest" to be absent/],
    [payload({ image: { 'docker-manifest-digest': DIGEST, 'Docker-Manifest-Digest': other } }), /to be absent/],
    [payload({ image: { 'docker-manifest-digest': DIGEST.toUpperCase() } }), /sha256:<64 hex digits>/],
    [payload({ image: { 'docker-manifest-digest': 'ab'.repeat(32) } }), /sha256:<64 hex digits>/],
    [payload({ image: { 'docker-manifest-digest': `${DIGEST} ` } }), /sha256:<64 hex digits>/],
    [payload({ image: { 'docker-manifest-digest': [DIGEST] } }), /a text, found a list/],
    [payload({ image: {} }), /"critical.image.docker-manifest-digest" to be a text, found nothing/],
    [payload({ image: DIGEST }), /"critical.image" to be an object/],
    [payload({ type: undefined }), /"critical.type"/],
    [payload({ type: 'Cosign Container Image Signature' }), /found "Cosign Container Image Signature"/],
    // Signed with OpenPGP alone, by containers/image.
    [payload({ type: 'atomic container signature' }), /found "atomic container signature"/],
    [payload({ identity: undefined }), /"critical.identity"/],
    [payload({ expires: 5 } as PayloadJson), /"critical.expires" to be absent/],
    [payload({}, { optional: [] }), /"optional" to be an object, found a list/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => parseSimpleSigning(bytes, 'payload'), { code: 'ENVELOPE_INVALID', message });
  }
  const twice = Buffer.from(payload({})).toString().replace('"type"', '"image": {}, "type"');
  assert.throws(() => parseSimpleSigning(Buffer.from(twice), 'payload'), { code: 'JSON_DUPLICATE_KEY' });
  const prototype = '{"__proto__": {"critical": {}}}';
  assert.throws(() => parseSimpleSigning(Buffer.from(prototype), 'payload'), { code: 'ENVELOPE_INVALID' });
});

test('any change is refused, or the digest is still whole', () => {
  const example = payload({});
  const at = fc.nat({ max: example.length - 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(at, fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }), (changes) => {
      const bytes = Uint8Array.from(example);
      for (const [index, value] of changes) {
        bytes[index] = value;
      }
      try {
        assert.match(parseSimpleSigning(bytes, 'x').digest, /^sha256:[0-9a-f]{64}$/);
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
  );
});
