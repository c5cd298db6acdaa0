import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { attachedSignatures } from '#test/fixtures/notary-attachments.ts';
import { type Cbor, cbor, certify, signCose, signJws } from '#test/fixtures/notary-signer.ts';
import { signedLayout } from '#test/fixtures/signed/index.ts';
import { data, missing } from '#test/prerequisites.ts';
import { bindSubject } from '../../attestations/subject.ts';
import { notaryPayload } from '../../notary/payload.ts';
import type { NotarySignature } from '../../signed.ts';
import { readCose } from './cose.ts';
import type { NotaryEnvelope } from './envelope.ts';
import { notation } from './index.ts';
import { readJws } from './jws.ts';

evidence(
  'trust/formats/notation',
  'published',
  "notation's OCI layouts and the conformance vectors of notation-core-go",
);
evidence('trust/formats/notation', 'real tool', 'layouts signed by notation-go');

const skip = missing('shared-data');
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

describe('the notation format', () => {
  const published: readonly (readonly [string, number])[] = [
    ['e2e', 0],
    ['e2e-valid-signature', 1],
    ['e2e-expired-signature', 1],
    ['e2e-with-timestamped-signature', 1],
  ];
  for (const [layout, count] of published) {
    test(`reads the published layout ${layout}`, { skip }, () => {
      readsAll(data(`spec/notation/oci-layouts/${layout}`), count);
    });
  }

  const made: readonly (readonly [string, number])[] = [
    ...['p256', 'p384', 'p521', 'rsa2048', 'rsa3072', 'expiry', 'authority', 'timestamp'].flatMap((what) =>
      ['jws', 'cose'].map((envelope) => [`notation-${envelope}-${what}`, 1] as const),
    ),
    ['notation-index', 1],
    ['notation-fallback', 2],
  ];
  for (const [layout, count] of made) {
    test(`reads what notation-go signed: ${layout}`, () => {
      readsAll(signedLayout(layout), count);
    });
  }

  const broken: readonly (readonly [string, (good: Attachment) => Partial<Attachment>, RegExp])[] = [
    ['no layer', () => ({ blobs: [] }), /one layer/],
    ['two layers', ({ blobs }) => ({ blobs: [...blobs, ...blobs] }), /one layer/],
    [
      'a layer of another type',
      ({ blobs }) => ({ blobs: blobs.map((blob) => ({ ...blob, mediaType: 'application/json' })) }),
      /a layer of/,
    ],
    [
      'a COSE layer with JWS in it',
      ({ blobs }) => ({ blobs: blobs.map((blob) => ({ ...blob, mediaType: 'application/cose' })) }),
      /not valid CBOR/,
    ],
    [
      'a layer that was not read',
      ({ blobs }) => ({ blobs: blobs.map((blob) => ({ ...blob, content: null, reason: 'gone' })) }),
      /gone/,
    ],
    ['no thumbprints', () => ({ annotations: new Map() }), /no such annotation/],
    ['thumbprints of another chain', () => thumbprints(JSON.stringify(['0'.repeat(64)])), /"\[\\"0000/],
    ['thumbprints of no certificate', () => thumbprints('[]'), /found "\[\]"/],
    [
      'thumbprints in another order',
      ({ annotations }) =>
        thumbprints(
          JSON.stringify(JSON.parse([...annotations.values()].find((text) => text.startsWith('[')) ?? '').reverse()),
        ),
      /thumbprint/,
    ],
    ['thumbprints that are not JSON', () => thumbprints('abc'), /not valid JSON/],
  ];
  for (const [what, change, reason] of broken) {
    test(`refuses a manifest with ${what}`, () => {
      const [good] = attachedSignatures(signedLayout('notation-jws-p256'));
      assert.ok(good !== undefined);
      const { contents, failures } = notation.read({ ...good.attachment, ...change(good.attachment) });
      assert.deepEqual(contents, []);
      assert.equal(failures.length, 1);
      assert.match(failures[0]?.reason ?? '', reason);
    });
  }

  test('knows its manifests by their type alone', () => {
    const [good] = attachedSignatures(signedLayout('notation-jws-p256'));
    assert.ok(good !== undefined);
    assert.ok(notation.recognises(good.attachment));
    assert.ok(!notation.recognises({ ...good.attachment, artifactType: 'application/vnd.cncf.notary.signature.v2' }));
    assert.ok(!notation.recognises({ ...good.attachment, artifactType: null }));
  });
});

describe('the conformance vectors of notation-core-go', { skip }, () => {
  test('JWS: its attributes are read, once it has a chain', () => {
    const envelope = JSON.parse(readFileSync(data('spec/notation/jws-conformance.json'), 'utf8')) as { header: object };
    assert.throws(() => jws(envelope), { code: 'ENVELOPE_INVALID', message: /found none/ });
    const { signature, payload } = jws({
      ...envelope,
      header: { ...envelope.header, x5c: [SIGNER.certificate.toString('base64')] },
    });
    assert.equal(Buffer.from(payload).toString(), '{"key":"hello JWS"}');
    assert.deepEqual(attributesOf(signature), {
      algorithm: 'ES256',
      signingScheme: 'notary.x509',
      signingTime: Date.parse('2022-08-29T13:50:00Z'),
      expiry: Date.parse('2099-08-30T13:50:00Z'),
      verificationPlugin: null,
      unknownCritical: ['signedCritKey1'],
      signingAgent: 'NotationConformanceTest/1.0.0',
    });
  });

  test('COSE: the expected output is read, and its Sig_structure is what was signed', () => {
    const vector = JSON.parse(readFileSync(data('spec/notation/cose-conformance.json'), 'utf8')) as {
      readonly payload: string;
      readonly protectedHeaders: { readonly cborHex: string };
      readonly expectedOutput: { readonly cborHex: string };
    };
    const output = Buffer.from(vector.expectedOutput.cborHex, 'hex');
    assert.throws(() => readCose(output, 'vector'), { code: 'ENVELOPE_INVALID', message: /found none/ });
    const { signature, payload } = readCose(withChain(output), 'vector');
    assert.equal(Buffer.from(payload).toString('hex').toUpperCase(), vector.payload);
    assert.deepEqual(attributesOf(signature), {
      algorithm: 'PS384',
      signingScheme: 'notary.x509',
      signingTime: 1661321924_000,
      expiry: 1661408324_000,
      verificationPlugin: null,
      unknownCritical: ['signedCritKey1'],
      signingAgent: 'NotationConformanceTest/1.0.0',
    });
    const protectedBytes = Buffer.from(vector.protectedHeaders.cborHex, 'hex');
    const signed = cbor(['Signature1', protectedBytes, Buffer.alloc(0), Buffer.from(payload)]);
    assert.deepEqual(Buffer.from(signature.signedBytes), signed);
  });
});

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
});

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
});

describe('changed envelopes', () => {
  const envelopes: readonly (readonly [string, Uint8Array, (bytes: Uint8Array, object: string) => NotaryEnvelope])[] = [
    ['JWS', Buffer.from(JSON.stringify(signJws({ signer: SIGNER, payload: PAYLOAD }))), readJws],
    ['COSE', signCose({ signer: SIGNER, payload: PAYLOAD }), readCose],
  ];
  for (const [kind, envelope, read] of envelopes) {
    test(`${kind} with octets changed or cut off is read or refused, never anything else`, () => {
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
              read(changed, 'envelope');
            } catch (error) {
              assert.ok(isAppError(error), String(error));
            }
          },
        ),
        { numRuns: 400 },
      );
    });
  }
});

function readsAll(layout: string, count: number): void {
  const attached = attachedSignatures(layout);
  assert.equal(attached.length, count);
  for (const { attachment, subject } of attached) {
    assert.ok(notation.recognises(attachment));
    const { contents, failures } = notation.read(attachment);
    assert.deepEqual(failures, []);
    const [content] = contents;
    assert.ok(content !== undefined && contents.length === 1);
    assert.equal(content.content.kind, 'notary-payload');
    assert.equal(content.attachment, attachment.digest);
    assert.equal(content.signatures.length, 1);
    const target = notaryPayload(content.content.bytes, content.object);
    assert.equal(bindSubject({ kind: 'notary-payload', target }, subject, content.object).digest, subject.digest);
    const changes = [{ size: subject.size + 1 }, { mediaType: 'application/json' }, { digest: digestOf('another') }];
    for (const change of changes) {
      const other = { ...subject, ...change };
      assert.throws(() => bindSubject({ kind: 'notary-payload', target }, other, content.object), {
        code: 'SUBJECT_MISMATCH',
      });
    }
  }
}

function thumbprints(text: string): Partial<Attachment> {
  return { annotations: new Map([['io.cncf.notary.x509chain.thumbprint#S256', text]]) };
}

function jws(envelope: unknown): NotaryEnvelope {
  return readJws(Buffer.from(JSON.stringify(envelope)), 'envelope');
}

function attributesOf(signature: NotarySignature): Partial<NotarySignature> {
  const { algorithm, signingScheme, signingTime, expiry, verificationPlugin, unknownCritical, signingAgent } =
    signature;
  return { algorithm, signingScheme, signingTime, expiry, verificationPlugin, unknownCritical, signingAgent };
}

/** The vector's unprotected header has one member; this gives it a second, the chain. */
function withChain(output: Buffer): Buffer {
  const agent = cbor(`${PREFIX}signingAgent`);
  const at = output.indexOf(agent) - 1;
  assert.equal(output[at], 0xa1);
  const chain = Buffer.concat([cbor(33), cbor([SIGNER.certificate])]);
  return Buffer.concat([output.subarray(0, at), Buffer.from([0xa2]), chain, output.subarray(at + 1)]);
}
