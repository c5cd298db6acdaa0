import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { certify, signJws } from '#test/fixtures/notary-signer.ts';
import type { NotarySignature } from '../../signed.ts';
import type { NotaryEnvelope } from './envelope.ts';
import { readJws } from './jws.ts';

evidence('trust/formats-notation', 'self-made', 'JWS envelopes that break one rule each');

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
const PLUGIN = `${PREFIX}verificationPlugin`;

describe('JWS envelopes', () => {
  const good = { signer: SIGNER, payload: PAYLOAD };

  test('one that follows the specification is read', () => {
    assert.deepEqual(attributesOf(jws(signJws(good)).signature), {
      algorithm: 'ES256',
      signingScheme: 'notary.x509',
      signingTime: Date.parse('2024-05-06T07:08:09Z'),
      expiry: null,
      verificationPlugin: null,
      unknownCritical: [],
      signingAgent: null,
    });
  });

  const signed = (protectedHeader: object, header: object = {}) =>
    signJws({ ...good, protectedHeader: { ...protectedHeader }, header: { ...header } });
  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['the general serialization', { payload: '', signatures: [] }, /"signatures"/],
    ['a further member', { ...signed({}), extra: 1 }, /"extra"/],
    ['the compact serialization', 'a.b.c', /an object/],
    ['no payload', { ...signed({}), payload: undefined }, /"payload"/],
    ['a member in another case', { ...signed({}), payload: undefined, Payload: 'e30' }, /"Payload"/],
    ['no signature', { ...signed({}), signature: undefined }, /"signature"/],
    ['an empty signature', { ...signed({}), signature: '' }, /"signature"/],
    ['a signature with padding', { ...signed({}), signature: 'YQ==' }, /base64url/],
    ['a payload with bits left over', { ...signed({}), payload: 'YR' }, /base64url/],
    ['a payload in the other alphabet', { ...signed({}), payload: '+/+/' }, /base64url/],
    ['no header', { ...signed({}), header: undefined }, /"header"/],
    ['the algorithm none', signed({ alg: 'none' }), /"alg"/],
    ['PKCS #1 version 1.5', signed({ alg: 'RS256' }), /"alg"/],
    ['an HMAC', signed({ alg: 'HS256' }), /"alg"/],
    ['no algorithm', signed({ alg: undefined }), /"alg"/],
    ['the algorithm in the unprotected header', signed({ alg: undefined }, { alg: 'ES256' }), /"alg"/],
    ['the algorithm in both headers', signed({}, { alg: 'ES256' }), /"alg" in both/],
    ['another content type', signed({ cty: 'application/json' }), /"cty"/],
    ['no content type', signed({ cty: undefined }), /"cty"/],
    ['no critical headers', signed({ crit: undefined }), /critical headers/],
    ['an empty list of critical headers', signed({ crit: [] }), /critical headers/],
    ['a critical header twice', signed({ crit: [SCHEME, SCHEME] }), /critical headers/],
    ['a critical header that is not there', signed({ crit: [SCHEME, 'x'] }), /no "x"/],
    ['a critical header that is no text', signed({ crit: [SCHEME, 1] }), /crit\[1\]/],
    ['a scheme that is not critical', signed({ crit: [TIME] }), /signingScheme among the critical/],
    ['an expiry that is not critical', signed({ [EXPIRY]: '2099-01-01T00:00:00Z' }), /expiry among the critical/],
    [
      'an expiry before the signing time',
      signed({ [EXPIRY]: '2020-01-01T00:00:00Z', crit: [SCHEME, EXPIRY] }),
      /after the signing time/,
    ],
    [
      'an expiry at the signing time',
      signed({ [EXPIRY]: '2024-05-06T07:08:09Z', crit: [SCHEME, EXPIRY] }),
      /after the signing time/,
    ],
    ['an expiry of null', signed({ [EXPIRY]: null, crit: [SCHEME, EXPIRY] }), /a text/],
    ['another scheme', signed({ [SCHEME]: 'notary.x509.other' }), /signingScheme to be/],
    ['no scheme', signed({ [SCHEME]: undefined, crit: [TIME] }), /signingScheme/],
    ['no signing time', signed({ [TIME]: undefined }), /signingTime/],
    ['a signing time that the calendar lacks', signed({ [TIME]: '2024-02-30T00:00:00Z' }), /RFC 3339/],
    ['a signing time without a zone', signed({ [TIME]: '2024-02-20T00:00:00' }), /RFC 3339/],
    ['a signing time in seconds', signed({ [TIME]: 1714979289 }), /a text/],
    [
      'the time of the other scheme',
      signed({ [AUTHENTIC_TIME]: '2024-05-06T07:08:09Z' }),
      /no io.cncf.notary.authenticSigningTime/,
    ],
    [
      'a signing authority without its time',
      signed({ [SCHEME]: 'notary.x509.signingAuthority' }),
      /no io.cncf.notary.signingTime/,
    ],
    [
      'a time of a signing authority that is not critical',
      signed({ [SCHEME]: 'notary.x509.signingAuthority', [TIME]: undefined, [AUTHENTIC_TIME]: '2024-05-06T07:08:09Z' }),
      /authenticSigningTime among the critical/,
    ],
    ['a plugin that is no text', signed({ [PLUGIN]: ['x'] }), /verificationPlugin/],
    ['no certificates', signed({}, { x5c: undefined }), /found none/],
    ['an empty list of certificates', signed({}, { x5c: [] }), /found none/],
    ['certificates in base64url', signed({}, { x5c: ['_-_-'] }), /base64/],
    ['certificates with line breaks', signed({}, { x5c: ['YWJj\nYWJj'] }), /base64/],
    [
      'certificates in the protected header alone',
      signed({ x5c: [SIGNER.certificate.toString('base64')] }, { x5c: undefined }),
      /found none/,
    ],
    ['17 certificates', signed({}, { x5c: Array.from({ length: 17 }, () => 'YQ==') }), /at most 16 certificates/],
    ['a timestamp that is no base64', signed({}, { [`${PREFIX}timestampSignature`]: '*' }), /base64/],
    ['an empty timestamp', signed({}, { [`${PREFIX}timestampSignature`]: '' }), /timestampSignature/],
  ];
  for (const [what, envelope, reason] of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => jws(envelope),
        (error) => isAppError(error) && reason.test(error.message),
      );
    });
  }

  test('refuses a protected header that names a member twice', () => {
    const twice = Buffer.from('{"alg":"ES256","alg":"ES384"}').toString('base64url');
    assert.throws(() => jws({ ...signed({}), protected: twice }), { code: 'JSON_DUPLICATE_KEY' });
  });

  test('refuses an envelope that names a member twice', () => {
    const text = JSON.stringify(signed({})).replace('{', '{"payload":"e30",');
    assert.throws(() => readJws(Buffer.from(text), 'envelope'), { code: 'JSON_DUPLICATE_KEY' });
  });

  test('refuses an envelope past the limit unread', () => {
    assert.throws(() => readJws(Buffer.alloc(2 ** 20 + 1, 0x20), 'envelope'), { code: 'LIMIT_EXCEEDED' });
  });

  test('names the critical headers that it does not know, a version of no plugin among them', () => {
    const version = `${PREFIX}verificationPluginMinVersion`;
    const { signature } = jws(signed({ __proto__x: 1, [version]: '1.0.0', crit: [SCHEME, '__proto__x', version] }));
    assert.deepEqual(signature.unknownCritical, ['__proto__x', version]);
  });

  test('octets changed or cut off: read or refused, never anything else', () => {
    const envelope = Buffer.from(JSON.stringify(signJws(good)));
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
            readJws(changed, 'envelope');
          } catch (error) {
            assert.ok(isAppError(error), String(error));
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

function jws(envelope: unknown): NotaryEnvelope {
  return readJws(Buffer.from(JSON.stringify(envelope)), 'envelope');
}

function attributesOf(signature: NotarySignature): Partial<NotarySignature> {
  const { algorithm, signingScheme, signingTime, expiry, verificationPlugin, unknownCritical, signingAgent } =
    signature;
  return { algorithm, signingScheme, signingTime, expiry, verificationPlugin, unknownCritical, signingAgent };
}
