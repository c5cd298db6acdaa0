import { hexOf } from '#base/digest.ts';
import type { Artifact } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { SigningKey } from '#model/signing.ts';
import { sigstoreBundle } from '../formats/sigstore-bundle/index.ts';
import { createdAnnotation, EMPTY_CONFIG, NO_ANNOTATIONS } from './artifact.ts';
import { type SignedEnvelope, signEnvelope } from './envelope.ts';
import { logVerifier, type Signer, type SigstoreOptions, signerOf } from './options.ts';
import { type PredicateText, statementBytes } from './statement.ts';
import { type Testimony, witnessed } from './witnessed.ts';

const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** What cosign 3 states of an image that it signs: nothing but that it is signed. */
const SIGNATURE: PredicateText = { type: 'https://sigstore.dev/cosign/sign/v1', json: '{}' };

/**
 * A signature as cosign has made them since version 3: a Sigstore bundle 0.3 as a referrer (sigstore/cosign
 * specs/BUNDLE_SPEC.md). Throws `SIGNED_WRONGLY`, and what key and witnesses throw.
 */
export async function signBundle(
  subject: EvidenceSubject,
  key: SigningKey,
  options: SigstoreOptions,
): Promise<Artifact> {
  return await attestBundle(subject, SIGNATURE, key, { ...options, name: null });
}

/** A statement in a bundle. `name` is what the image is called in it, null for nothing. Throws as `signBundle` does. */
export async function attestBundle(
  subject: EvidenceSubject,
  predicate: PredicateText,
  key: SigningKey,
  options: SigstoreOptions & { readonly name: string | null },
): Promise<Artifact> {
  const signer = signerOf(key, options.chain);
  const statement = statementBytes(subject, predicate, { version: 'v1', name: options.name });
  const envelope = await signEnvelope(statement, signer, options);
  const signing = {
    format: sigstoreBundle,
    timestamped: envelope.signature,
    hash: 'sha256',
    log: { kind: 'dsse', envelope: envelope.members, verifier: logVerifier(signer) },
    build: (testimony: Testimony): Artifact => ({
      subject,
      place: { kind: 'referrer' },
      artifactType: BUNDLE_TYPE,
      annotations: new Map([
        ['dev.sigstore.bundle.content', 'dsse-envelope'],
        ['dev.sigstore.bundle.predicateType', predicate.type],
        createdAnnotation(options.now),
      ]),
      config: EMPTY_CONFIG,
      layers: [
        { mediaType: BUNDLE_TYPE, content: bundleBytes(envelope, signer, testimony), annotations: NO_ANNOTATIONS },
      ],
    }),
  } as const;
  return await witnessed(signing, signer, options);
}

/** The JSON of a bundle (sigstore/protobuf-specs, sigstore_bundle.proto). Empty lists are left out, as protobuf does. */
function bundleBytes({ members }: SignedEnvelope, signer: Signer, { timestamps, logEntries }: Testimony): Buffer {
  const { payload, payloadType, sig } = members;
  const rfc3161Timestamps = timestamps.map((der) => ({ signedTimestamp: base64(der) }));
  return Buffer.from(
    JSON.stringify({
      mediaType: BUNDLE_TYPE,
      verificationMaterial: {
        ...signerMaterial(signer),
        ...(logEntries.length === 0 ? {} : { tlogEntries: logEntries }),
        ...(timestamps.length === 0 ? {} : { timestampVerificationData: { rfc3161Timestamps } }),
      },
      dsseEnvelope: { payload, payloadType, signatures: [{ sig }] },
    }),
  );
}

/** A bundle 0.3 has the leaf alone: its issuers are the trust root's to know. */
function signerMaterial({ chain: [leaf], trusted }: Signer): object {
  return leaf === undefined
    ? { publicKey: { hint: Buffer.from(hexOf(trusted.fingerprint), 'hex').toString('base64') } }
    : { certificate: { rawBytes: base64(leaf) } };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
