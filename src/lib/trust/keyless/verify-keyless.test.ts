import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { parsePemBlocks } from '../encoding/pem.ts';
import { preAuthenticationEncoding, readDsse } from '../envelopes/dsse.ts';
import { readBundle } from '../formats/sigstore-bundle/bundle.ts';
import type { SigstoreSignature } from '../signed.ts';
import { parseTrustRoot } from '../trust-root/parse-trust-root.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import { type VerifiedKeylessSignature, verifyKeyless } from './verify-keyless.ts';

evidence(
  'trust/keyless signatures',
  'published',
  'bundles of the public good instance, by GitHub Actions and by people, and changed ones',
);

const NOW = Date.parse('2026-08-21T00:00:00Z');
const skip = missing('shared-data');

type Json = Record<string, unknown>;
/** The parts of a bundle that the tests change. */
interface Document extends Json {
  mediaType: string;
  verificationMaterial: Json & { tlogEntries: Json[]; x509CertificateChain?: { certificates: readonly Json[] } };
  dsseEnvelope: Json & { signatures: Json[] };
}

function spec(path: string): Buffer {
  return readFileSync(data(`spec/${path}`));
}

function rootOf(path = 'sigstore/trusted-roots/trusted_root.json'): TrustRoot {
  return parseTrustRoot(spec(path), 'root');
}

function document(path: string): Document {
  return JSON.parse(spec(path).toString()) as Document;
}

function verify(
  bundle: Document | Buffer,
  root: TrustRoot,
  artifact: Buffer = spec('sigstore/conformance/a.txt'),
): VerifiedKeylessSignature {
  const bytes = Buffer.isBuffer(bundle) ? bundle : Buffer.from(JSON.stringify(bundle));
  return verifyKeyless(readBundle(bytes, 'bundle', artifact).signature, root, { now: NOW });
}

const MESSAGE = 'sigstore/conformance/happy-path-v0.3/bundle.sigstore.json';
const OLDER = 'sigstore/conformance/happy-path-v0.2/bundle.sigstore.json';
const STATEMENT = 'sigstore/conformance/happy-path-intoto-in-dsse-v3/bundle.sigstore.json';

describe('verifyKeyless', { skip }, () => {
  const published: readonly (readonly [path: string, subject: RegExp, issuer: string, claims: number])[] = [
    ['sigstore/bundles/protobuf-specs/a.txt.sigstore.json', /^a@tny\.town$/, 'https://github.com/login/oauth', 0],
    ['sigstore/bundles/sigstore-go/dsse.sigstore.json', /^brian@dehamer\.com$/, 'https://github.com/login/oauth', 0],
    [
      'sigstore/bundles/sigstore-go/bundle-provenance.json',
      /sigstore-js/,
      'https://token.actions.githubusercontent.com',
      18,
    ],
    [
      'intoto/real/gha_container-based-v2.1.0-push-v14.2.intoto.build.slsa.json',
      /builder_container-based_slsa3\.yml@refs\/tags\/v2\.1\.0$/,
      'https://token.actions.githubusercontent.com',
      19,
    ],
    [
      'intoto/real/gha_generic-v2.1.0-workflow_dispatch.intoto.jsonl',
      /generator_generic_slsa3\.yml@refs\/tags\/v2\.1\.0$/,
      'https://token.actions.githubusercontent.com',
      19,
    ],
    [
      'intoto/real/gha_go-v2.1.0-push-v14.2.intoto.jsonl',
      /builder_go_slsa3\.yml@refs\/tags\/v2\.1\.0$/,
      'https://token.actions.githubusercontent.com',
      19,
    ],
  ];
  for (const [path, subject, issuer, claims] of published) {
    test(`says who signed ${path}`, () => {
      const { signer, times, logs } = verify(spec(path), rootOf(), spec('sigstore/bundles/protobuf-specs/a.txt'));
      assert.match(signer.subject, subject);
      assert.equal(signer.issuer, issuer);
      assert.equal(signer.claims.size, claims);
      assert.deepEqual([times.length, logs.length], [1, 1]);
      assert.equal(times[0]?.source, 'transparency-log');
    });
  }

  for (const name of ['annotated-tag', 'expired-cert']) {
    test(`provenance with a certificate and nothing that says when is refused: ${name}`, () => {
      const bytes = spec(`intoto/real/${name}.intoto.jsonl`);
      assert.throws(() => readBundle(bytes, 'bundle'), { code: 'ENVELOPE_INVALID' });
      const json = JSON.parse(bytes.toString()) as { readonly signatures: readonly { readonly cert: string }[] };
      const { payload, payloadType, signatures } = readDsse(json, 'envelope');
      const [first] = signatures;
      assert.ok(first !== undefined);
      const signature: SigstoreSignature = {
        kind: 'sigstore',
        object: name,
        signature: first.sig,
        signedBytes: preAuthenticationEncoding(payloadType, payload),
        envelope: 'dsse',
        payload,
        payloadType,
        keyHint: null,
        certificates: parsePemBlocks(json.signatures[0]?.cert ?? '', 'CERTIFICATE', name),
        timestamps: [],
        timestamped: first.sig,
        logEntries: [],
        logEvidence: 'either',
      };
      assert.throws(() => verifyKeyless(signature, rootOf(), { now: NOW }), { code: 'TIME_UNVERIFIED' });
    });
  }

  test('what is no bundle is refused: a summary of Google Cloud Build', () => {
    assert.throws(() => readBundle(spec('intoto/real/gcb-v0.3-github.json'), 'bundle'), { code: 'ENVELOPE_INVALID' });
  });

  test('claims have the names of Fulcio', () => {
    const { signer } = verify(spec('intoto/real/gha_go-v2.1.0-push-v14.2.intoto.jsonl'), rootOf());
    assert.equal(signer.claims.get('runnerEnvironment'), 'github-hosted');
    assert.equal(signer.claims.get('sourceRepositoryURI'), 'https://github.com/slsa-framework/example-package');
    assert.equal(signer.claims.get('githubWorkflowTrigger'), 'push');
    assert.equal(signer.claims.get('buildTrigger'), 'push');
  });

  test('a time of the log that it did not sign is no time', () => {
    const bundle = document(MESSAGE);
    for (const entry of bundle.verificationMaterial.tlogEntries) {
      assert.ok(entry['integratedTime'] !== undefined);
      delete entry['inclusionPromise'];
    }
    assert.throws(() => verify(bundle, rootOf()), { code: 'TIME_UNVERIFIED' });
  });

  const attacks: readonly (readonly [name: string, code: string, change: (bundle: Document) => void])[] = [
    ['no log entry', 'TIME_UNVERIFIED', (bundle) => bundle.verificationMaterial.tlogEntries.splice(0)],
    [
      'the entry of another signature by the same identity',
      'LOG_BODY_MISMATCH',
      (bundle) => {
        bundle.verificationMaterial.tlogEntries = document(OLDER).verificationMaterial.tlogEntries;
      },
    ],
    [
      'an entry twice, to be two witnesses',
      'ENVELOPE_INVALID',
      (bundle) => {
        bundle.verificationMaterial.tlogEntries.push(...structuredClone(bundle.verificationMaterial.tlogEntries));
      },
    ],
    [
      'the certificate of another signature',
      'LOG_BODY_MISMATCH',
      (bundle) => {
        const [certificate] = document(OLDER).verificationMaterial.x509CertificateChain?.certificates ?? [];
        bundle.verificationMaterial['certificate'] = certificate;
      },
    ],
    [
      'a key in place of the certificate',
      'CERTIFICATE_MISSING',
      (bundle) => {
        delete bundle.verificationMaterial['certificate'];
        bundle.verificationMaterial['publicKey'] = { hint: '' };
      },
    ],
    [
      'another time, which the promise is not about',
      'LOG_PROMISE_INVALID',
      (bundle) => {
        for (const entry of bundle.verificationMaterial.tlogEntries) {
          entry['integratedTime'] = '1700000000';
        }
      },
    ],
  ];
  for (const [name, code, change] of attacks) {
    test(`refuses ${name}`, () => {
      const bundle = document(MESSAGE);
      change(bundle);
      assert.throws(() => verify(bundle, rootOf()), { code });
    });
  }

  test('another artifact is refused, by the log too', () => {
    const bundle = document(MESSAGE);
    assert.throws(() => verify(bundle, rootOf(), Buffer.from('other')), { code: 'SUBJECT_MISMATCH' });
    delete (bundle['messageSignature'] as Json)['messageDigest'];
    assert.ok(verify(bundle, rootOf()));
    assert.throws(() => verify(bundle, rootOf(), Buffer.from('other')), { code: 'LOG_BODY_MISMATCH' });
  });

  test('another payload is refused', () => {
    const bundle = document(STATEMENT);
    bundle.dsseEnvelope['payload'] = Buffer.from('{}').toString('base64');
    assert.throws(() => verify(bundle, rootOf()), { code: 'LOG_BODY_MISMATCH' });
  });

  test('a root without logs, authorities or promises accepts nothing', () => {
    const root = rootOf();
    for (const [part, code] of [
      ['transparencyLogs', 'LOG_NOT_TRUSTED'],
      ['certificateAuthorities', 'CHAIN_INVALID'],
      ['ctLogs', 'SCT_INVALID'],
    ] as const) {
      assert.throws(() => verify(document(MESSAGE), { ...root, [part]: [] }), { code });
    }
  });

  test('what is not required is only what the root does not have', () => {
    const root = rootOf();
    const { signature } = readBundle(spec(MESSAGE), 'bundle', spec('sigstore/conformance/a.txt'));
    const options = { now: NOW, requireSct: false, requireLog: false };
    assert.ok(verifyKeyless(signature, { ...root, ctLogs: [] }, options));
    const [log] = root.ctLogs;
    assert.ok(log !== undefined);
    assert.throws(() => verifyKeyless(signature, { ...root, ctLogs: [log] }, options), { code: 'SCT_INVALID' });
  });

  test('a flipped bit anywhere is refused, or changes nothing that is said', () => {
    const root = rootOf();
    for (const path of [MESSAGE, STATEMENT]) {
      const bytes = spec(path);
      const expected = verify(bytes, root);
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
          try {
            assert.deepEqual(verify(damaged, root), expected);
          } catch (error) {
            assert.ok(isAppError(error), String(error));
          }
        }),
        { numRuns: 300 },
      );
    }
  });
});
