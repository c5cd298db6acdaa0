import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { readBundle } from '#lib/trust/formats/sigstore-bundle/bundle.ts';
import { verifyKeyless } from '#lib/trust/keyless/verify-keyless.ts';
import { parsePublicKey } from '#lib/trust/keys/public-key.ts';
import { verifyKeyed } from '#lib/trust/keys/verify-keyed.ts';
import type { VerifiedSignature } from '#lib/trust/signed.ts';
import { parseTrustRoot } from '#lib/trust/trust-root/parse-trust-root.ts';
import { evidence } from '../evidence.ts';
import { type FreeField, flipEveryByte, type Verdict } from '../fixtures/mutation/flips.ts';
import { timestampFields } from '../fixtures/mutation/free-fields.ts';
import { layersOf } from '../fixtures/mutation/layers.ts';
import { judgeBlobs, sampleAround, trustDocument } from '../fixtures/mutation/sample.ts';
import { conformanceSample, type SigstoreSample } from '../fixtures/sigstore.ts';
import { missing } from '../prerequisites.ts';

evidence('trust/mutation', 'published', 'bundles of the Sigstore conformance suite, every byte of them changed');

const NOW = Date.parse('2026-08-21T00:00:00Z');
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** What a bundle over an artifact shows: who signed what, when, and which logs list it. */
function judgeBundle({ artifact, trustedRootFile, keyFile }: SigstoreSample): (bundle: Buffer) => Verdict {
  const root = parseTrustRoot(readFileSync(trustedRootFile), 'root');
  const key = keyFile === null ? null : parsePublicKey(readFileSync(keyFile), 'key');
  return (bundle) => {
    try {
      const { signature } = readBundle(bundle, 'bundle', artifact);
      const options = { root, now: NOW, requireLog: true, validFrom: null, validUntil: null };
      const verified: VerifiedSignature =
        key === null ? verifyKeyless(signature, root, options) : verifyKeyed(signature, key, options);
      return JSON.stringify({ ...verified, payload: digestOf(signature.payload) }, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value instanceof Map ? [...value] : value,
      );
    } catch (error) {
      if (isAppError(error)) {
        return null;
      }
      throw error;
    }
  };
}

const TIMESTAMP = 'bundle » verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp:';

/** As timestamp.sigstore.dev writes its tokens. */
const PUBLIC = { response: true, certificates: 'empty' } as const;

const SAMPLES: readonly { name: string; what: string; mutations: number; free: readonly FreeField[] }[] = [
  { name: 'happy-path-v0.1', what: 'promise of Rekor 1, chain of certificates', mutations: 22_000, free: [] },
  {
    name: 'bundle-with-sct-with-extensions',
    what: 'timestamp, Rekor 2',
    mutations: 20_000,
    free: timestampFields(TIMESTAMP, PUBLIC),
  },
  {
    name: 'managed-key-happy-path',
    what: 'key, timestamp, Rekor 1',
    mutations: 6500,
    free: [
      ...timestampFields(TIMESTAMP, PUBLIC),
      { field: /^bundle » verificationMaterial\.publicKey\.hint: octets$/, why: 'a hint as to which key' },
    ],
  },
];

describe('published bundles', { skip: missing('shared-data') }, () => {
  for (const { name, what, mutations, free } of SAMPLES) {
    test(`${what}: every byte of ${name} and of all that is encoded in it, each in one of four ways`, async (t) => {
      const sample = conformanceSample(name);
      const layers = layersOf('bundle', readFileSync(sample.bundleFile));
      await flipEveryByte(t, { layers, judge: judgeBundle(sample), ways: 1, mutations, free });
    });
  }

  test('statement, certificate, promise and proof of Rekor 1: every byte of happy-path-intoto-in-dsse-v3 and of all that is encoded in it, each in one of four ways', async (t) => {
    const { artifact, bundleFile, trustedRootFile } = conformanceSample('happy-path-intoto-in-dsse-v3');
    const subject = {
      kind: 'manifest',
      digest: digestOf(artifact),
      mediaType: 'text/plain',
      size: artifact.length,
      platform: null,
      children: [],
    } as const;
    const workflow =
      'sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml';
    const sample = await sampleAround(
      { subject, route: 'referrers', mediaType: BUNDLE_TYPE, blob: readFileSync(bundleFile) },
      trustDocument({
        roots: { root: { file: resolve(trustedRootFile) } },
        signer: {
          keyless: {
            root: 'root',
            issuer: 'https://token.actions.githubusercontent.com',
            subject: `https://github.com/${workflow}@refs/heads/main`,
          },
        },
        requirement: { attestation: { predicateType: 'https://slsa.dev/provenance/v1', signers: ['signer'] } },
      }),
      NOW,
    );
    await flipEveryByte(t, {
      layers: layersOf('bundle', sample.blob),
      judge: await judgeBlobs(sample),
      ways: 1,
      mutations: 25_000,
      free: [{ field: /checkpoint\.envelope: escape$/, why: 'hex digits of a JSON escape in either case' }],
    });
  });
});
