import { decodeBase64 } from '../../encoding/base64.ts';
import { ANNOTATION, readCosignAnnotations } from '../../envelopes/cosign-annotations.ts';
import { TrustError } from '../../error.ts';
import type { EvidenceFormat } from '../format.ts';
import { readParts } from '../parts.ts';

const PAYLOAD = 'application/vnd.dev.cosign.simplesigning.v1+json';
/** The experimental way to attach the same layers as a referrer. */
const ARTIFACT = 'application/vnd.dev.cosign.artifact.sig.v1+json';

/** Cosign's signatures before version 3: a payload that names the image, everything else in annotations. */
export const cosignSignature: EvidenceFormat = {
  id: 'cosign-signature',
  capabilities: {
    title: 'Cosign signature',
    signed: true,
    kinds: ['signature'],
    found: 'tag sha256-<digest>.sig; referrers of type application/vnd.dev.cosign.artifact.sig.v1+json',
    specification: 'sigstore/cosign specs/SIGNATURE_SPEC.md',
  },
  recognises: (attachment) =>
    attachment.artifactType === ARTIFACT || attachment.blobs.some((blob) => blob.mediaType === PAYLOAD),
  read: (attachment) =>
    readParts(
      attachment,
      (mediaType) => mediaType === PAYLOAD,
      ({ blob, bytes, object }) => {
        const encoded = blob.annotations.get(ANNOTATION.signature) ?? '';
        if (encoded === '') {
          throw new TrustError('ENVELOPE_INVALID', 'a payload without a signature', {
            object,
            expected: `annotation ${ANNOTATION.signature}`,
            found: 'none',
          });
        }
        const signature = decodeBase64(encoded, `annotation ${ANNOTATION.signature} of ${object}`);
        return {
          format: 'cosign-signature',
          attachment: attachment.digest,
          blob: blob.digest,
          object,
          content: { kind: 'simple-signing', bytes },
          signatures: [
            {
              kind: 'sigstore',
              object,
              signature,
              signedBytes: bytes,
              envelope: 'plain',
              payload: bytes,
              payloadType: null,
              keyHint: null,
              timestamped: signature,
              ...readCosignAnnotations(blob.annotations, object),
            },
          ],
        };
      },
    ),
};
