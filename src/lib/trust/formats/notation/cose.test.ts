import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { type Cbor, cbor, certify, signCose } from '#test/fixtures/notary-signer.ts';
import type { NotarySignature } from '../../signed.ts';
import { readCose } from './cose.ts';

evidence('trust/formats-notation', 'self-made', 'COSE envelopes that break one rule each');

const PAYLOAD = JSON.stringify({
  targetArtifact: {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${'0'.repeat(64)}`,
    size: 12,
  },
});
const ROOT = certify({ name: 'root', kind: 'root', issuer: null });
const SIGNER = certify({ name: 'leaf', kind: 'leaf', issuer: ROOT });
const PREFIX = 'io.cncf.notary.';
const TIME = `${PREFIX}signingTime`;
const AUTHENTIC_TIME = `${PREFIX}authenticSigningTime`;
const SCHEME = `${PREFIX}signingScheme`;
const EXPIRY = `${PREFIX}expiry`;

describe('COSE envelopes', () => {
  const good = { signer: SIGNER, payload: PAYLOAD };
  const signed = (
    protectedHeader: readonly (readonly [number | string, Cbor])[],
    header: readonly (readonly [number | string, Cbor])[] = [],
  ) => signCose({ ...good, protectedHeader: new Map(protectedHeader), header: new Map(header) });
  const at = (seconds: number): Cbor => ({ tag: 1, value: seconds });

  test('one that follows the specification is read', () => {
    assert.deepEqual(attributesOf(readCose(signed([]), 'envelope').signature), {
      algorithm: 'ES256',
      signingScheme: 'notary.x509',
      signingTime: Date.parse('2024-05-06T07:08:09Z'),
      expiry: null,
      verificationPlugin: null,
      unknownCritical: [],
      signingAgent: null,
    });
  });

  test('one certificate may stand alone', () => {
    const { signature } = readCose(signed([], [[33, SIGNER.certificate]]), 'envelope');
    assert.equal(signature.certificates.length, 1);
  });

  const parts = (protectedBytes: Cbor, header: Cbor, payload: Cbor, signature: Cbor): Buffer =>
    cbor({ tag: 18, value: [protectedBytes, header, payload, signature] });
  const bytes = Buffer.from('x');
  const refused: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['another tag', signCose({ ...good, tag: 98 }), /tag 18/],
    ['a tag of encryption', signCose({ ...good, tag: 16 }), /tag 18/],
    ['no tag', signed([]).subarray(1), /tag 18/],
    ['a tag around the tag', cbor({ tag: 18, value: { tag: 18, value: [] } }), /an array of/],
    ['three parts', cbor({ tag: 18, value: [bytes, new Map(), bytes] }), /an array of/],
    ['five parts', cbor({ tag: 18, value: [bytes, new Map(), bytes, bytes, bytes] }), /an array of/],
    [
      'a protected header that is a map itself',
      parts(new Map(), new Map(), bytes, bytes),
      /a protected header in a byte string/,
    ],
    [
      'an empty protected header',
      parts(Buffer.alloc(0), new Map(), bytes, bytes),
      /a protected header in a byte string/,
    ],
    ['an unprotected header in bytes', parts(cbor(new Map()), bytes, bytes, bytes), /a map of headers/],
    ['a payload that lies elsewhere', Buffer.concat([signed([]).subarray(0, 2), bytes]), /CBOR/],
    ['an empty signature', parts(cbor(new Map()), new Map(), bytes, Buffer.alloc(0)), /a signature in a byte string/],
    ['something behind the envelope', Buffer.concat([signed([]), bytes]), /1 more octets/],
    [
      'no algorithm',
      parts(cbor(new Map([[3, 'application/vnd.cncf.notary.payload.v1+json']])), new Map(), bytes, bytes),
      /an algorithm of/,
    ],
    ['EdDSA', signed([[1, -8]]), /an algorithm of/],
    ['PKCS #1 version 1.5', signed([[1, -257]]), /an algorithm of/],
    ['an algorithm by name', signed([[1, 'ES256']]), /an algorithm of/],
    ['another content type', signed([[3, 'application/json']]), /content type/],
    ['a content type by number', signed([[3, 50]]), /content type/],
    ['critical headers that are no list', signed([[2, SCHEME]]), /a list of critical headers/],
    ['no critical headers', signed([[2, []]]), /a list of critical headers/],
    ['a critical header twice', signed([[2, [SCHEME, SCHEME]]]), /each once/],
    ['a critical header that is not there', signed([[2, [SCHEME, 'x']]]), /no "x"/],
    ['a critical label that is not there', signed([[2, [SCHEME, 44]]]), /no "44"/],
    ['a critical header of bytes', signed([[2, [bytes]]]), /integers and texts/],
    ['a scheme that is not critical', signed([[2, [TIME]]]), /signingScheme among the critical/],
    ['an expiry that is not critical', signed([[EXPIRY, at(2e9)]]), /expiry among the critical/],
    ['a signing time without a tag', signed([[TIME, 1_714_979_289]]), /a time with tag 1/],
    ['a signing time as a text', signed([[TIME, { tag: 0, value: '2024-05-06T07:08:09Z' }]]), /a time with tag 1/],
    [
      'a signing time after the expiry',
      signed([
        [TIME, at(0xffffffff)],
        [EXPIRY, at(2e9)],
        [2, [SCHEME, EXPIRY]],
      ]),
      /after the signing time/,
    ],
    ['the time of the other scheme', signed([[AUTHENTIC_TIME, at(1)]]), /no io.cncf.notary.authenticSigningTime/],
    ['no certificates', signed([], [[33, []]]), /found none/],
    ['a certificate as a text', signed([], [[33, ['x']]]), /a certificate in a byte string/],
    ['a header both protected and not', signed([['a', 1]], [['a', 1]]), /"a" in both/],
    ['an algorithm both protected and not', signed([], [[1, -7]]), /1 in both/],
    ['a timestamp as a text', signed([], [[`${PREFIX}timestampSignature`, 'x']]), /a timestamp in a byte string/],
    ['17 certificates', signed([], [[33, Array.from({ length: 17 }, () => bytes)]]), /at most 16 certificates/],
  ];
  for (const [what, envelope, reason] of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => readCose(envelope, 'envelope'),
        (error) => isAppError(error) && reason.test(error.message),
      );
    });
  }

  test('names the critical headers that it does not know, and passes over those that every reader knows', () => {
    const { signature } = readCose(
      signed([
        [44, 1],
        ['x', 1],
        [2, [1, 3, SCHEME, 44, 'x']],
      ]),
      'envelope',
    );
    assert.deepEqual(signature.unknownCritical, ['label 44', 'x']);
  });

  test('octets changed or cut off: read or refused, never anything else', () => {
    const envelope = signCose(good);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(envelope.length - 1), fc.nat(255)), { maxLength: 3 }),
        fc.nat(envelope.length),
        fc.boolean(),
        (changes, length, whole) => {
          const changed = Buffer.from(whole ? envelope : envelope.subarray(0, length));
          for (const [at, octet] of changes) {
            changed[at] = octet;
          }
          try {
            readCose(changed, 'envelope');
          } catch (error) {
            assert.ok(isAppError(error), String(error));
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

function attributesOf(signature: NotarySignature): Partial<NotarySignature> {
  const { algorithm, signingScheme, signingTime, expiry, verificationPlugin, unknownCritical, signingAgent } =
    signature;
  return { algorithm, signingScheme, signingTime, expiry, verificationPlugin, unknownCritical, signingAgent };
}
