import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, type VerificationPolicy, Verifier } from '@sigstore/verify';
import { digestOf } from '#base/digest.ts';
import { evaluate } from '#lib/trust/index.ts';
import { discover, fixtureSample, type Sample, sampleAround, trustDocument } from '#test/fixtures/mutation/sample.ts';
import { IDENTITIES, signerFile, TRUSTED_ROOT_FILE } from '#test/fixtures/signed/index.ts';
import { conformanceSample } from '#test/fixtures/sigstore.ts';
import { missing } from '#test/prerequisites.ts';
import type { Call } from './per-call.ts';

/** One verification by us and, where it can, by Sigstore's own library, of the same bytes. */
export interface TrustCase {
  readonly name: string;
  readonly kind: 'keyed' | 'keyless' | 'x509';
  readonly ours: Call;
  readonly peer: Call | null;
}

const NOW = Date.parse('2026-08-21T00:00:00Z');
const GITHUB = 'https://token.actions.githubusercontent.com';
const BEACON = 'sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows';
const BEACON_IDENTITY = `https://github.com/${BEACON}/extremely-dangerous-oidc-beacon.yml@refs/heads/main`;

export async function trustCases(): Promise<readonly TrustCase[]> {
  const keyed = await fixtureSample('cosign3-key');
  const keyless = await fixtureSample('cosign3-keyless');
  const { subject, issuer } = IDENTITIES.person;
  return [
    { name: 'key', kind: 'keyed', ours: await ours('key', keyed), peer: keyedPeer('key', keyed.blob) },
    {
      name: 'key, Rekor 2, timestamp',
      kind: 'keyed',
      ours: await ours('key, Rekor 2, timestamp', await fixtureSample('cosign3-key-logged')),
      peer: null,
    },
    {
      name: 'identity, Rekor 2',
      kind: 'keyless',
      ours: await ours('identity, Rekor 2', keyless),
      peer: keylessPeer('identity, Rekor 2', keyless.blob, TRUSTED_ROOT_FILE, policyOf(subject, issuer)),
    },
    ...(missing('shared-data') === false ? [await publicGood()] : []),
    {
      name: 'notation, JWS, timestamp',
      kind: 'x509',
      ours: await ours('notation, JWS, timestamp', await fixtureSample('notation-jws-timestamp')),
      peer: null,
    },
  ];
}

async function publicGood(): Promise<TrustCase> {
  const name = 'identity, Rekor 1';
  const { artifact, bundleFile, trustedRootFile } = conformanceSample('happy-path-intoto-in-dsse-v3');
  const subject = {
    kind: 'manifest',
    digest: digestOf(artifact),
    mediaType: 'text/plain',
    size: artifact.length,
    platform: null,
    children: [],
  } as const;
  const sample = await sampleAround(
    {
      subject,
      route: 'referrers',
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      blob: readFileSync(bundleFile),
    },
    trustDocument({
      roots: { root: { file: trustedRootFile } },
      signer: { keyless: { root: 'root', issuer: GITHUB, subject: BEACON_IDENTITY } },
      requirement: { attestation: { predicateType: 'https://slsa.dev/provenance/v1', signers: ['signer'] } },
    }),
    NOW,
  );
  const policy = policyOf(BEACON_IDENTITY, GITHUB);
  return {
    name,
    kind: 'keyless',
    ours: await ours(name, sample),
    peer: keylessPeer(name, sample.blob, trustedRootFile, policy),
  };
}

/** Everything between the bytes that were read and the answer, with a configuration that was parsed before. */
async function ours(name: string, sample: Sample): Promise<Call> {
  const { configuration, subject, now } = sample;
  const discoveries = [await discover(sample, sample.manifest, sample.blob)];
  return {
    name,
    run: () => {
      const asked = { configuration, repository: null, tag: null, subjects: [subject], discoveries, now };
      const { verification } = evaluate(asked);
      if (verification?.outcome !== 'accepted') {
        throw new Error(`${name} was not accepted: ${verification?.reasons.join(', ')}`);
      }
    },
  };
}

/** Its verifier and trust material are made once, as our configuration is; the bundle is read each time, as ours is. */
function keylessPeer(name: string, bundle: Buffer, trustedRoot: string, policy: VerificationPolicy): Call {
  const root = TrustedRoot.fromJSON(JSON.parse(readFileSync(trustedRoot, 'utf8')));
  const verifier = new Verifier(toTrustMaterial(root));
  return { name: peerName(name), run: () => void verifier.verify(entityOf(bundle), policy) };
}

function keyedPeer(name: string, bundle: Buffer): Call {
  const publicKey = createPublicKey(readFileSync(signerFile('p256')));
  const nobody = TrustedRoot.fromJSON({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' });
  const material = toTrustMaterial(nobody, () => ({ publicKey, validFor: () => true }));
  const verifier = new Verifier(material, { tlogThreshold: 0, timestampThreshold: 0 });
  return { name: peerName(name), run: () => void verifier.verify(entityOf(bundle)) };
}

function entityOf(bundle: Buffer): ReturnType<typeof toSignedEntity> {
  return toSignedEntity(bundleFromJSON(JSON.parse(bundle.toString())));
}

/** It takes the subject for a pattern. */
function policyOf(subject: string, issuer: string): VerificationPolicy {
  const escaped = subject.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { subjectAlternativeName: `^${escaped}$`, extensions: { issuer } };
}

export function peerName(name: string): string {
  return `@sigstore/verify, ${name}`;
}
