import { hexOf } from '#base/digest.ts';
import type { Artifact } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { SigningKey } from '#model/signing.ts';
import { sigstoreBundle } from '../formats/sigstore-bundle/index.ts';
import { createdAnnotation, EMPTY_CONFIG, NO_ANNOTATIONS } from './artifact.ts';
import { signEnvelope } from './envelope.ts';
import { type SignOptions, signerOf } from './options.ts';
import { assertSignedBy } from './read-back.ts';
import { type PredicateText, statementBytes } from './statement.ts';

const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** What cosign 3 states of an image that it signs: nothing but that it is signed. */
const SIGNATURE: PredicateText = { type: 'https://sigstore.dev/cosign/sign/v1', json: '{}' };

/**
 * A signature as cosign has made them since version 3: a Sigstore bundle 0.3 as a referrer (sigstore/cosign
 * specs/BUNDLE_SPEC.md). Throws `SIGNED_WRONGLY`, and what the key throws.
 */
export async function signBundle(subject: EvidenceSubject, key: SigningKey, options: SignOptions): Promise<Artifact> {
  return await attestBundle(subject, SIGNATURE, key, { ...options, name: null });
}

/** A statement in a bundle. `name` is what the image is called in it, null for nothing. Throws as `signBundle` does. */
export async function attestBundle(
  subject: EvidenceSubject,
  predicate: PredicateText,
  key: SigningKey,
  options: SignOptions & { readonly name: string | null },
): Promise<Artifact> {
  const signer = signerOf(key);
  const statement = statementBytes(subject, predicate, { version: 'v1', name: options.name });
  const { payload, payloadType, sig } = await signEnvelope(statement, signer, options);
  const bundle = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: {
      publicKey: { hint: Buffer.from(hexOf(signer.trusted.fingerprint), 'hex').toString('base64') },
    },
    dsseEnvelope: { payload, payloadType, signatures: [{ sig }] },
  };
  const artifact: Artifact = {
    subject,
    place: { kind: 'referrer' },
    artifactType: BUNDLE_TYPE,
    annotations: new Map([
      ['dev.sigstore.bundle.content', 'dsse-envelope'],
      ['dev.sigstore.bundle.predicateType', predicate.type],
      createdAnnotation(options.now),
    ]),
    config: EMPTY_CONFIG,
    layers: [{ mediaType: BUNDLE_TYPE, content: Buffer.from(JSON.stringify(bundle)), annotations: NO_ANNOTATIONS }],
  };
  assertSignedBy(artifact, sigstoreBundle, signer, options.now);
  return artifact;
}
