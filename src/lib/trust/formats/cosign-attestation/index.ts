import { parseStrictJson } from '#base/json/strict.ts';
import { readCosignAnnotations } from '../../envelopes/cosign-annotations.ts';
import { preAuthenticationEncoding, readDsse } from '../../envelopes/dsse.ts';
import type { EvidenceFormat } from '../format.ts';
import { readParts } from '../parts.ts';
import { assertStatementType } from '../statement-type.ts';

const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

/** Cosign's attestations before version 3: DSSE envelopes with an in-toto statement, the rest in annotations. */
export const cosignAttestation: EvidenceFormat = {
  id: 'cosign-attestation',
  capabilities: {
    title: 'Cosign attestation',
    signed: true,
    kinds: ['attestation'],
    found: 'tag sha256-<digest>.att; referrers with layers of type application/vnd.dsse.envelope.v1+json',
    specification: 'sigstore/cosign specs/ATTESTATION_SPEC.md; secure-systems-lab/dsse envelope.md',
  },
  recognises: (attachment) => attachment.blobs.some((blob) => blob.mediaType === ENVELOPE),
  read: (attachment) =>
    readParts(
      attachment,
      (mediaType) => mediaType === ENVELOPE,
      ({ blob, bytes, object }) => {
        const { payloadType, payload, signatures } = readDsse(parseStrictJson(bytes, object), object);
        assertStatementType(payloadType, object);
        const material = readCosignAnnotations(blob.annotations, object);
        const signedBytes = preAuthenticationEncoding(payloadType, payload);
        return {
          format: 'cosign-attestation',
          attachment: attachment.digest,
          blob: blob.digest,
          object,
          content: { kind: 'statement', bytes: payload },
          signatures: signatures.map((signature, index) => ({
            kind: 'sigstore',
            object: signatures.length === 1 ? object : `signature ${index + 1} of ${object}`,
            signature: signature.sig,
            signedBytes,
            envelope: 'dsse',
            payload,
            payloadType,
            keyHint: signature.keyid,
            // Cosign asks for a timestamp of the whole envelope here (pkg/cosign/verify.go, VerifyRFC3161Timestamp).
            timestamped: bytes,
            ...material,
          })),
        };
      },
    ),
};
