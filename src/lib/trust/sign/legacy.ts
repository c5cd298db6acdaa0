import { digestOf } from '#base/digest.ts';
import type { Artifact, ArtifactBlob } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { SigningKey } from '#model/signing.ts';
import { ANNOTATION } from '../envelopes/cosign-annotations.ts';
import { envelopeText } from '../envelopes/dsse.ts';
import { cosignAttestation } from '../formats/cosign-attestation/index.ts';
import { cosignSignature } from '../formats/cosign-signature/index.ts';
import { NO_ANNOTATIONS } from './artifact.ts';
import { signEnvelope } from './envelope.ts';
import { materialAnnotations } from './legacy-annotations.ts';
import { logVerifier, type SigstoreOptions, signerOf, sigstoreScheme } from './options.ts';
import { type PredicateText, statementBytes } from './statement.ts';
import { assertPlaces, type Testimony, witnessed } from './witnessed.ts';

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
/** An annotation each. */
const PLACES = { format: "cosign's older form", timestamps: 1, logs: 1 };

/** What cosign's own forms need besides: what the image is called, `registry/path`; empty where it has no such name. */
export interface LegacyOptions extends SigstoreOptions {
  readonly repository: string;
}

/**
 * A signature as cosign made them before version 3, and as skopeo and podman read them: a payload under the tag
 * `sha256-….sig` (sigstore/cosign specs/SIGNATURE_SPEC.md). Throws `SIGNED_WRONGLY`, `WITNESS_UNSUPPORTED` (for two
 * witnesses of a kind, and for a log that promises no time), and what key and witnesses throw.
 */
export async function signLegacy(subject: EvidenceSubject, key: SigningKey, options: LegacyOptions): Promise<Artifact> {
  assertPlaces(options, PLACES);
  const signer = signerOf(key, options.chain);
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
  const signing = {
    format: cosignSignature,
    timestamped: signature,
    hash: 'sha256',
    log: { kind: 'hashedrekord', digest: digestOf(payload), signature, verifier: logVerifier(signer) },
    build: (testimony: Testimony): Artifact =>
      underTag(subject, 'sig', {
        mediaType: SIMPLE_SIGNING,
        content: payload,
        annotations: new Map([
          [ANNOTATION.signature, Buffer.from(signature).toString('base64')],
          ...materialAnnotations(signer, testimony),
        ]),
      }),
  } as const;
  return await witnessed(signing, signer, options);
}

/** A statement of version 0.1 in an envelope under the tag `sha256-….att` (specs/ATTESTATION_SPEC.md). Throws as `signLegacy` does. */
export async function attestLegacy(
  subject: EvidenceSubject,
  predicate: PredicateText,
  key: SigningKey,
  options: LegacyOptions,
): Promise<Artifact> {
  assertPlaces(options, PLACES);
  const signer = signerOf(key, options.chain);
  const statement = statementBytes(subject, predicate, { version: 'v0.1', name: options.repository });
  const { members: envelope } = await signEnvelope(statement, signer, options);
  const content = Buffer.from(envelopeText(envelope));
  const signing = {
    format: cosignAttestation,
    // Not the signature in it, as everywhere else.
    timestamped: content,
    hash: 'sha256',
    log: { kind: 'dsse', envelope, verifier: logVerifier(signer) },
    build: (testimony: Testimony): Artifact =>
      underTag(subject, 'att', {
        mediaType: ENVELOPE,
        content,
        annotations: new Map([
          // Cosign takes a layer without it for no attestation of its own.
          [ANNOTATION.signature, ''],
          ['predicateType', predicate.type],
          ...materialAnnotations(signer, testimony, content),
        ]),
      }),
  } as const;
  return await witnessed(signing, signer, options);
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
