import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { digestOf, hexOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { parseStatement } from '../../attestations/statement.ts';
import { exactly, matchIdentity, matching } from '../../keyless/identity.ts';
import { verifyKeyless } from '../../keyless/verify-keyless.ts';
import { parsePublicKey } from '../../keys/public-key.ts';
import { verifyKeyed } from '../../keys/verify-keyed.ts';
import { parseTrustRoot } from '../../trust-root/parse-trust-root.ts';
import { readBundle } from './bundle.ts';

evidence('trust/sigstore bundles', 'published', 'the bundle verification cases of sigstore-conformance');

interface Case {
  readonly name: string;
  readonly expect: 'pass' | 'fail';
  readonly bundle: string;
  readonly artifact: string;
  readonly trustedRoot: string;
  readonly identity?: string;
  readonly issuer?: string;
  readonly key?: string;
  /** Instead of the identity. */
  readonly pattern?: string;
}

const NOW = Date.parse('2026-08-21T00:00:00Z');
const skip = missing('shared-data');
const FOLDER = data('spec/sigstore/conformance');
const CASES: readonly Case[] = skip === false ? readCases() : [];

/** Why each of the cases that must fail is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  'bundle-empty-certificate-chain_fail': 'ENVELOPE_INVALID',
  'bundle-from-wrong-instance_fail': 'LOG_NOT_TRUSTED',
  'bundle-invalid-base64-signature_fail': 'BASE64_INVALID',
  'bundle-malformed-json_fail': 'JSON_INVALID',
  'bundle-negative-log-index_fail': 'ENVELOPE_INVALID',
  'bundle-unknown-version_fail': 'ENVELOPE_INVALID',
  'bundle-with-root-cert_fail': 'ENVELOPE_INVALID',
  'checkpoint-bad-keyhint_fail': 'LOG_CHECKPOINT_INVALID',
  'checkpoint-wrong-roothash_fail': 'LOG_CHECKPOINT_INVALID',
  'dsse-invalid-sig_fail': 'LOG_BODY_MISMATCH',
  'dsse-mismatch-envelope_fail': 'LOG_BODY_MISMATCH',
  'dsse-mismatch-sig_fail': 'LOG_BODY_MISMATCH',
  'inclusion-proof-corrupted-hash_fail': 'LOG_PROOF_INVALID',
  'incorrect-public-key_fail': 'LOG_PROMISE_INVALID',
  'integrated-time-in-future_fail': 'CERTIFICATE_OUTSIDE_VALIDITY',
  'intoto-expired-certificate_fail': 'CERTIFICATE_OUTSIDE_VALIDITY',
  // The signature in the entry is not what Rekor writes there: it has one layer of base64 instead of two.
  'intoto-log-entry-mismatch_fail': 'BASE64_INVALID',
  'intoto-missing-inclusion-proof_fail': 'ENVELOPE_INVALID',
  'intoto-set-outside-signing-cert-validity_fail': 'CERTIFICATE_OUTSIDE_VALIDITY',
  'intoto-tsa-timestamp-outside-cert-validity_fail': 'CERTIFICATE_OUTSIDE_VALIDITY',
  'invalid-checkpoint-signature_fail': 'LOG_CHECKPOINT_INVALID',
  'invalid-ct-key_fail': 'SCT_INVALID',
  // A bundle 0.2 whose proof has no checkpoint, and is of an older tree besides.
  'invalid-inclusion-proof_fail': 'ENVELOPE_INVALID',
  'managed-key-no-key_fail': 'CERTIFICATE_MISSING',
  // The file is not base64 either: its last character has bits left over.
  'managed-key-wrong-key_fail': 'BASE64_INVALID',
  'message-digest-mismatch_fail': 'SUBJECT_MISMATCH',
};

function readCases(): readonly Case[] {
  return (JSON.parse(readFileSync(join(FOLDER, 'cases.json'), 'utf8')) as { readonly cases: readonly Case[] }).cases;
}

function file(path: string): Buffer {
  return readFileSync(join(FOLDER, path));
}

/** `accepted`, `identity` or `subject` where that is what differs, else the code of the error. */
function judge(sample: Case): string {
  try {
    const root = parseTrustRoot(file(sample.trustedRoot), sample.trustedRoot);
    const artifact = file(sample.artifact);
    const { signature } = readBundle(file(sample.bundle), 'bundle', artifact);
    if (sample.key !== undefined) {
      const key = parsePublicKey(file(sample.key), sample.key);
      verifyKeyed(signature, key, { root, now: NOW, requireLog: true, validFrom: null, validUntil: null });
    } else {
      const { signer } = verifyKeyless(signature, root, { now: NOW });
      const asked = {
        issuer: exactly(sample.issuer ?? '', 'issuer'),
        subject:
          sample.pattern === undefined
            ? exactly(sample.identity ?? '', 'identity')
            : matching(sample.pattern, 'identity'),
        claims: new Map(),
      };
      if (matchIdentity(signer, asked).length > 0) {
        return 'identity';
      }
    }
    const digest = hexOf(digestOf(artifact));
    const isStatement = signature.envelope === 'dsse';
    if (
      isStatement &&
      !parseStatement(signature.payload, 'b').subjects.some((s) => s.digest.get('sha256') === digest)
    ) {
      return 'subject';
    }
    return 'accepted';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error.code;
  }
}

/** The same by Sigstore's own library, with the identity anchored, which it leaves to its caller. */
function judgeByPeer(sample: Case): 'accepted' | 'refused' {
  try {
    const bundle = bundleFromJSON(JSON.parse(file(sample.bundle).toString()));
    const trusted = TrustedRoot.fromJSON(JSON.parse(file(sample.trustedRoot).toString()));
    const key = sample.key;
    const material = toTrustMaterial(trusted, () => {
      assert.ok(key !== undefined);
      return { publicKey: createPublicKey(file(key)), validFor: () => true };
    });
    const entity = toSignedEntity(bundle, file(sample.artifact));
    const escaped = sample.identity?.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = sample.pattern ?? (escaped === undefined ? undefined : `^${escaped}$`);
    new Verifier(material).verify(
      entity,
      pattern === undefined
        ? undefined
        : { subjectAlternativeName: pattern, extensions: { issuer: sample.issuer ?? '' } },
    );
    return 'accepted';
  } catch {
    return 'refused';
  }
}

describe('sigstore-conformance', { skip }, () => {
  test('every case is judged as expected, and refused for its reason', (t) => {
    const judged = CASES.map((sample) => [sample.name, judge(sample)] as const);
    const expected = CASES.map(({ name, expect }) => [name, expect === 'pass' ? 'accepted' : REFUSED[name]] as const);
    assert.deepEqual(judged, expected);
    const accepted = judged.filter(([, result]) => result === 'accepted').length;
    t.diagnostic(`${CASES.length} cases: ${accepted} accepted, ${CASES.length - accepted} refused, 0 wrong`);
    assert.ok(accepted >= 9 && CASES.length - accepted >= 26);
  });

  test('@sigstore/verify judges all of them alike', (t) => {
    const differing = CASES.filter((sample) => (judge(sample) === 'accepted') !== (judgeByPeer(sample) === 'accepted'));
    assert.deepEqual(differing, []);
    t.diagnostic(`${CASES.length} of ${CASES.length} alike`);
  });

  /** What `@sigstore/verify` 3.1.1 leaves to its caller, and this verifier does not. */
  describe('where @sigstore/verify accepts and this verifier refuses', () => {
    const statement = CASES.find(({ name }) => name === 'happy-path-intoto-in-dsse-v3');
    const message = CASES.find(({ name }) => name === 'happy-path-v0.3');
    const rows: readonly (readonly [why: string, sample: Case | undefined, ours: string])[] = [
      [
        'a statement about another artifact',
        statement && { ...statement, artifact: 'intoto-with-custom-trust-root/artifact' },
        'subject',
      ],
      [
        'the beginning of an identity',
        message && { ...message, pattern: 'https://github.com/sigstore-conf' },
        'identity',
      ],
      ['an identity with a dot for any character', message && { ...message, pattern: '.' }, 'identity'],
    ];
    for (const [why, sample, ours] of rows) {
      test(why, () => {
        assert.ok(sample !== undefined);
        assert.equal(judgeByPeer(sample), 'accepted');
        assert.equal(judge(sample), ours);
      });
    }
  });
});
