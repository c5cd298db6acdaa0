import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { attachedSignatures } from '#test/fixtures/notary-attachments.ts';
import { cbor, certify } from '#test/fixtures/notary-signer.ts';
import { signedLayout } from '#test/fixtures/signed/index.ts';
import { data, missing } from '#test/prerequisites.ts';
import { bindSubject } from '../../attestations/subject.ts';
import { notaryPayload } from '../../notary/payload.ts';
import type { NotarySignature } from '../../signed.ts';
import { evidenceFormatContract } from '../contract.ts';
import { readCose } from './cose.ts';
import type { NotaryEnvelope } from './envelope.ts';
import { notation } from './index.ts';
import { readJws } from './jws.ts';

evidence(
  'trust/formats-notation',
  'published',
  "notation's OCI layouts and the conformance vectors of notation-core-go",
);
evidence('trust/formats-notation', 'real tool', 'layouts signed by notation-go');

const skip = missing('shared-data');
const ROOT = certify({ name: 'root', kind: 'root', issuer: null });
const SIGNER = certify({ name: 'leaf', kind: 'leaf', issuer: ROOT });
const THUMBPRINTS = 'io.cncf.notary.x509chain.thumbprint#S256';
const PREFIX = 'io.cncf.notary.';

for (const layout of ['notation-jws-p256', 'notation-cose-p256']) {
  evidenceFormatContract(notation, { example: only(layout) });
}

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
    ['thumbprints in another order', ({ annotations }) => thumbprints(reversed(annotations)), /thumbprint/],
    ['thumbprints that are not JSON', () => thumbprints('abc'), /not valid JSON/],
  ];
  for (const [what, change, reason] of broken) {
    test(`refuses a manifest with ${what}`, () => {
      const good = only('notation-jws-p256');
      const { contents, failures } = notation.read({ ...good, ...change(good) });
      assert.deepEqual(contents, []);
      assert.equal(failures.length, 1);
      assert.match(failures[0]?.reason ?? '', reason);
    });
  }

  test('knows its manifests by their type alone', () => {
    const good = only('notation-jws-p256');
    assert.ok(notation.recognises(good));
    assert.ok(!notation.recognises({ ...good, artifactType: 'application/vnd.cncf.notary.signature.v2' }));
    assert.ok(!notation.recognises({ ...good, artifactType: null }));
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

function only(layout: string): Attachment {
  const [attached] = attachedSignatures(signedLayout(layout));
  assert.ok(attached !== undefined);
  return attached.attachment;
}

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
  return { annotations: new Map([[THUMBPRINTS, text]]) };
}

/** The annotation with its thumbprints in the other order. */
function reversed(annotations: ReadonlyMap<string, string>): string {
  const thumbprints = JSON.parse(annotations.get(THUMBPRINTS) ?? '') as readonly string[];
  return JSON.stringify(thumbprints.toReversed());
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
