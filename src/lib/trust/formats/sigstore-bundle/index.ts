import { TrustError } from '../../error.ts';
import type { EvidenceFormat } from '../format.ts';
import { readParts } from '../parts.ts';
import { assertStatementType } from '../statement-type.ts';
import { readBundle } from './bundle.ts';

/** Of any version: one that is not known is recognised, so that reading it can say so. */
const PREFIXES = ['application/vnd.dev.sigstore.bundle+json', 'application/vnd.dev.sigstore.bundle.v'];

function isBundleType(mediaType: string | null): boolean {
  return mediaType !== null && PREFIXES.some((prefix) => mediaType.startsWith(prefix));
}

/**
 * Sigstore bundles: what cosign writes since version 3, signatures of images being statements too. A message signature is
 * read and refused: it is over the image's manifest itself, whose bytes an attachment does not have, and which cosign
 * never signs in that way.
 */
export const sigstoreBundle: EvidenceFormat = {
  id: 'sigstore-bundle',
  capabilities: {
    title: 'Sigstore bundle',
    signed: true,
    kinds: ['signature', 'attestation'],
    found: 'referrers of type application/vnd.dev.sigstore.bundle.v0.3+json and its other spellings',
    specification: 'sigstore/cosign specs/BUNDLE_SPEC.md; sigstore/protobuf-specs sigstore_bundle.proto, 0.1 to 0.3',
  },
  recognises: (attachment) =>
    isBundleType(attachment.artifactType) || attachment.blobs.some((blob) => isBundleType(blob.mediaType)),
  read: (attachment) =>
    readParts(attachment, isBundleType, ({ blob, bytes, object }) => {
      if (attachment.blobs.length !== 1) {
        throw new TrustError('ENVELOPE_INVALID', 'not a manifest of a bundle', {
          object: `manifest ${attachment.digest}`,
          expected: 'one layer',
          found: `${attachment.blobs.length}`,
        });
      }
      const { signature } = readBundle(bytes, object);
      assertStatementType(signature.payloadType ?? '', object);
      return {
        format: 'sigstore-bundle',
        attachment: attachment.digest,
        blob: blob.digest,
        object,
        content: { kind: 'statement', bytes: signature.payload },
        signatures: [signature],
      };
    }),
};
