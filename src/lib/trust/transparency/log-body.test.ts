import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { conformanceSample, conformanceSamples, openBundle } from '#test/fixtures/sigstore.ts';
import { data, missing } from '#test/prerequisites.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import type { LogEntry } from '../signed.ts';
import { assertLogBody, type LoggedSignature } from './assert-log-body.ts';
import { type LogVerifier, parseLogBody } from './log-body.ts';

evidence(
  'trust/transparency log contents',
  'published',
  'bundles of the Sigstore conformance suite and of sigstore-go',
);

const skip = missing('shared-data');

/** The cases whose entry is about something else than the bundle, with the check that has to find it. */
const BODY_FAULTS: Readonly<Record<string, string>> = {
  'bundle-empty-certificate-chain_fail': 'no certificate',
  'bundle-invalid-base64-signature_fail': 'BASE64_INVALID',
  'bundle-negative-log-index_fail': 'LOG_BODY_INVALID',
  'bundle-unknown-version_fail': 'LOG_BODY_INVALID',
  'dsse-invalid-sig_fail': 'LOG_BODY_MISMATCH',
  'dsse-mismatch-envelope_fail': 'LOG_BODY_MISMATCH',
  'dsse-mismatch-sig_fail': 'LOG_BODY_MISMATCH',
  'incorrect-public-key_fail': 'LOG_BODY_MISMATCH',
  // Base64 once where the log has it twice.
  'intoto-log-entry-mismatch_fail': 'BASE64_INVALID',
  'managed-key-no-key_fail': 'no certificate',
  'managed-key-wrong-key_fail': 'no certificate',
};

function loggedOf(
  file: string,
  artifact: Buffer,
  keyFile: string | null,
): { readonly entry: LogEntry; readonly logged: LoggedSignature | null } {
  const bundle = openBundle(file, artifact);
  const [entry] = bundle.entries;
  const [der] = bundle.certificates;
  assert.ok(entry !== undefined);
  const verifier: LogVerifier | null =
    der !== undefined ? { kind: 'certificate', der } : keyFile === null ? null : { kind: 'key', spki: spkiOf(keyFile) };
  return { entry, logged: verifier === null ? null : { ...bundle, object: 'entry', verifier } };
}

function spkiOf(keyFile: string): Buffer {
  return parsePublicKey(readFileSync(keyFile), keyFile).key.export({ type: 'spki', format: 'der' });
}

function codeOf(entry: LogEntry, logged: LoggedSignature): string {
  try {
    assertLogBody(parseLogBody(entry, 'entry'), logged);
    return 'same';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error.code;
  }
}

function withBody(entry: LogEntry, body: unknown): LogEntry {
  return { ...entry, kindVersion: null, canonicalizedBody: Buffer.from(JSON.stringify(body)) };
}

function happy(name: string): { readonly entry: LogEntry; readonly logged: LoggedSignature } {
  const { bundleFile, artifact, keyFile } = conformanceSample(name);
  const { entry, logged } = loggedOf(bundleFile, artifact, keyFile);
  assert.ok(logged !== null);
  return { entry, logged };
}

describe('what a log entry is about', { skip }, () => {
  test('is the signature of its bundle, but for the cases of the conformance suite whose fault that is', (t) => {
    const counts = { same: 0, other: 0 };
    for (const { name, bundleFile, artifact, keyFile } of conformanceSamples()) {
      if (name === 'bundle-malformed-json_fail') {
        continue;
      }
      const key = name === 'managed-key-wrong-key_fail' ? null : keyFile;
      const { entry, logged } = loggedOf(bundleFile, artifact, key);
      const expected = BODY_FAULTS[name] ?? 'same';
      assert.equal(logged === null ? 'no certificate' : codeOf(entry, logged), expected, name);
      counts[expected === 'same' ? 'same' : 'other'] += 1;
    }
    t.diagnostic(JSON.stringify(counts));
    assert.ok(counts.same >= 23 && counts.other >= 11);
  });

  test('is the envelope of old bundles', () => {
    for (const file of ['dsse.sigstore.json', 'bundle-provenance.json']) {
      const { entry, logged } = loggedOf(data(`spec/sigstore/bundles/sigstore-go/${file}`), Buffer.alloc(0), null);
      assert.ok(logged !== null);
      assert.equal(codeOf(entry, logged), 'same');
    }
  });

  test('is not another signature, content, certificate or key', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
    for (const name of [
      'happy-path-v0.3',
      'bundle-with-sct-with-extensions',
      'happy-path-intoto-in-dsse-v3',
      'intoto-with-custom-trust-root',
      'managed-key-happy-path',
    ]) {
      const { entry, logged } = happy(name);
      const { verifier } = logged;
      const changes: readonly Partial<LoggedSignature>[] = [
        { signature: Buffer.concat([logged.signature, Buffer.of(0)]) },
        { signature: Buffer.alloc(0) },
        { signedBytes: Buffer.from('other'), payload: Buffer.from('other') },
        { verifier: { kind: 'key', spki: other } },
        // The same octets are not the same thing.
        verifier.kind === 'key'
          ? { verifier: { kind: 'certificate', der: verifier.spki } }
          : { verifier: { kind: 'key', spki: verifier.der } },
      ];
      for (const change of changes) {
        assert.equal(
          codeOf(entry, { ...logged, ...change }),
          'LOG_BODY_MISMATCH',
          `${name} ${Object.keys(change).join()}`,
        );
      }
      assert.equal(codeOf(entry, logged), 'same');
    }
  });

  test('is never a plain signature where the entry is of an envelope', () => {
    const { entry, logged } = happy('happy-path-intoto-in-dsse-v3');
    const plain = { ...logged, envelope: 'plain', signedBytes: logged.payload } as const;
    assert.equal(codeOf(entry, plain), 'LOG_BODY_MISMATCH');
  });

  test('is the kind and version that the entry says', () => {
    const { entry, logged } = happy('happy-path-v0.3');
    for (const kindVersion of [
      { kind: 'dsse', version: '0.0.1' },
      { kind: 'hashedrekord', version: '0.0.2' },
      { kind: '', version: '' },
    ]) {
      assert.equal(codeOf({ ...entry, kindVersion }, logged), 'LOG_BODY_INVALID');
    }
    assert.equal(codeOf({ ...entry, kindVersion: null }, logged), 'same');
  });
});

const signature = Buffer.from('signature');
const payload = Buffer.from('payload');
const signedBytes = Buffer.from('DSSEv1 1 t 7 payload');
const spki = Buffer.from('any octets do here');
const sha = (bytes: Buffer, algorithm = 'sha256'): Buffer => createHash(algorithm).update(bytes).digest();
const pem = (label: string, der: Buffer): string =>
  Buffer.from(`-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`).toString('base64');
const entry: LogEntry = {
  kindVersion: null,
  logId: Buffer.alloc(32),
  logIndex: 0n,
  integratedTime: null,
  canonicalizedBody: Buffer.alloc(0),
  inclusionPromise: null,
  inclusionProof: null,
};
const logged: LoggedSignature = {
  object: 'entry',
  signature,
  signedBytes,
  payload,
  envelope: 'dsse',
  verifier: { kind: 'key', spki },
};
const b64 = (bytes: Buffer): string => bytes.toString('base64');
const v2Signature = {
  content: b64(signature),
  verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', publicKey: { rawBytes: b64(spki) } },
};

test('log entries: every kind by a key, in an envelope', () => {
  const hash = { algorithm: 'sha256', value: sha(payload).toString('hex') };
  const bodies = [
    {
      kind: 'hashedrekord',
      apiVersion: '0.0.1',
      spec: {
        data: { hash: { algorithm: 'sha512', value: sha(signedBytes, 'sha512').toString('hex') } },
        signature: { content: b64(signature), publicKey: { content: pem('PUBLIC KEY', spki) } },
      },
    },
    {
      kind: 'hashedrekord',
      apiVersion: '0.0.2',
      spec: {
        hashedRekordV002: {
          data: { algorithm: 'SHA2_384', digest: b64(sha(signedBytes, 'sha384')) },
          signature: v2Signature,
        },
      },
    },
    {
      kind: 'dsse',
      apiVersion: '0.0.1',
      spec: {
        payloadHash: hash,
        envelopeHash: hash,
        signatures: [{ signature: b64(signature), verifier: pem('PUBLIC KEY', spki) }],
      },
    },
    {
      kind: 'dsse',
      apiVersion: '0.0.2',
      spec: {
        dsseV002: { payloadHash: { algorithm: 'SHA2_256', digest: b64(sha(payload)) }, signatures: [v2Signature] },
      },
    },
    {
      kind: 'intoto',
      apiVersion: '0.0.2',
      spec: {
        content: {
          payloadHash: hash,
          envelope: { signatures: [{ sig: b64(Buffer.from(b64(signature))), publicKey: pem('PUBLIC KEY', spki) }] },
        },
      },
    },
  ];
  for (const body of bodies) {
    const name = `${body.kind} ${body.apiVersion}`;
    assert.equal(codeOf(withBody(entry, body), logged), 'same', name);
    assert.equal(codeOf(withBody(entry, { ...body, apiVersion: '0.0.3' }), logged), 'LOG_BODY_INVALID', name);
    const text = JSON.stringify(body);
    for (const [what, other, code] of [
      ['no signatures', text.replace(/"signatures":\[.*?\}\]/, '"signatures":[]'), 'LOG_BODY_INVALID'],
      ['two signatures', text.replace(/"signatures":\[(.*?\})\]/, '"signatures":[$1,$1]'), 'LOG_BODY_INVALID'],
      ['a member twice', text.replace('"kind":', '"kind":"dsse","kind":'), 'JSON_DUPLICATE_KEY'],
      ['a hash that is none', text.replace(/"algorithm":"[^"]*"/, '"algorithm":"md5"'), 'LOG_BODY_INVALID'],
      ['a hash too short', text.replace(/"(value|digest)":"...../, '"$1":"'), null],
    ] as const) {
      if (other !== text) {
        const found = codeOf({ ...entry, canonicalizedBody: Buffer.from(other) }, logged);
        assert.notEqual(found, 'same', `${name} with ${what}`);
        assert.ok(code === null || found === code, `${name} with ${what}: ${found}`);
      }
    }
  }
});

test('log entries: kinds that do not bind a signature are refused', () => {
  for (const [kind, apiVersion] of [
    ['intoto', '0.0.1'],
    ['rekord', '0.0.1'],
    ['rfc3161', '0.0.1'],
    ['__proto__', '0.0.1'],
    ['hashedrekord 0.0.1', ''],
  ] as const) {
    assert.equal(codeOf(withBody(entry, { kind, apiVersion, spec: {} }), logged), 'LOG_BODY_INVALID');
  }
});

test('log entries: both a key and a certificate, or neither, is refused', () => {
  const bodyOf = (verifier: unknown): unknown => ({
    kind: 'hashedrekord',
    apiVersion: '0.0.2',
    spec: {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest: b64(sha(signedBytes)) },
        signature: { content: b64(signature), verifier },
      },
    },
  });
  const publicKey = { rawBytes: b64(spki) };
  assert.equal(codeOf(withBody(entry, bodyOf({ publicKey })), logged), 'same');
  assert.equal(codeOf(withBody(entry, bodyOf({ publicKey, x509Certificate: publicKey })), logged), 'LOG_BODY_INVALID');
  assert.equal(codeOf(withBody(entry, bodyOf({})), logged), 'LOG_BODY_INVALID');
});

test('log entries: any JSON is read or refused', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom('hashedrekord', 'dsse', 'intoto'), (json, kind) => {
      for (const body of [json, `{"kind":"${kind}","apiVersion":"0.0.2","spec":${json}}`]) {
        assert.notEqual(codeOf({ ...entry, canonicalizedBody: Buffer.from(body) }, logged), 'same');
      }
    }),
    { numRuns: 300, seed: 4 },
  );
});
