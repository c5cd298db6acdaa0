import type { Artifact, ArtifactBlob } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { SigningKey } from '#model/signing.ts';
import { SIGNATURE_ANNOTATION } from '../envelopes/cosign-annotations.ts';
import { cosignAttestation } from '../formats/cosign-attestation/index.ts';
import { cosignSignature } from '../formats/cosign-signature/index.ts';
import { NO_ANNOTATIONS } from './artifact.ts';
import { signEnvelope } from './envelope.ts';
import { type SignOptions, signerOf, sigstoreScheme } from './options.ts';
import { assertSignedBy } from './read-back.ts';
import { type PredicateText, statementBytes } from './statement.ts';

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

/** What cosign's own forms need besides: what the image is called, `registry/path`; empty where it has no such name. */
export interface LegacyOptions extends SignOptions {
  readonly repository: string;
}

/**
 * A signature as cosign made them before version 3, and as skopeo and podman read them: a payload under the tag
 * `sha256-….sig` (sigstore/cosign specs/SIGNATURE_SPEC.md). Throws `SIGNED_WRONGLY`, and what the key throws.
 */
export async function signLegacy(subject: EvidenceSubject, key: SigningKey, options: LegacyOptions): Promise<Artifact> {
  const signer = signerOf(key);
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': options.repository },
        image: { 'docker-manifest-digest': subject.digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
  const signature = await key.sign(payload, sigstoreScheme(signer), options.signal);
  const artifact = underTag(subject, 'sig', {
    mediaType: SIMPLE_SIGNING,
    content: payload,
    annotations: new Map([[SIGNATURE_ANNOTATION, Buffer.from(signature).toString('base64')]]),
  });
  assertSignedBy(artifact, cosignSignature, signer, options.now);
  return artifact;
}

/** A statement of version 0.1 in an envelope under the tag `sha256-….att` (specs/ATTESTATION_SPEC.md). Throws as `signLegacy` does. */
export async function attestLegacy(
  subject: EvidenceSubject,
  predicate: PredicateText,
  key: SigningKey,
  options: LegacyOptions,
): Promise<Artifact> {
  const signer = signerOf(key);
  const statement = statementBytes(subject, predicate, { version: 'v0.1', name: options.repository });
  const { payload, payloadType, sig } = await signEnvelope(statement, signer, options);
  const artifact = underTag(subject, 'att', {
    mediaType: ENVELOPE,
    content: Buffer.from(JSON.stringify({ payloadType, payload, signatures: [{ keyid: '', sig }] })),
    annotations: new Map([
      // Cosign takes a layer without it for no attestation of its own.
      [SIGNATURE_ANNOTATION, ''],
      ['predicateType', predicate.type],
    ]),
  });
  assertSignedBy(artifact, cosignAttestation, signer, options.now);
  return artifact;
}

/** The config is that of an image in name: whoever puts the layer under the tag writes it for all layers that are there. */
function underTag(subject: EvidenceSubject, suffix: 'sig' | 'att', layer: ArtifactBlob): Artifact {
  return {
    subject,
    place: { kind: 'tag', suffix },
    artifactType: null,
    annotations: NO_ANNOTATIONS,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      content: Buffer.from('{}'),
      annotations: NO_ANNOTATIONS,
    },
    layers: [layer],
  };
}
