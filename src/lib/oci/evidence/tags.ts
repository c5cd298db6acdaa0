import { algorithmOf, type Digest, hexOf } from '#base/digest.ts';
import type { AttachmentRoute } from '#model/attachment.ts';

/** A tag under which something hangs on a manifest. */
export interface EvidenceTag {
  readonly route: AttachmentRoute;
  readonly tag: string;
}

const COSIGN: readonly (readonly [AttachmentRoute, string])[] = [
  ['signature-tag', 'sig'],
  ['attestation-tag', 'att'],
  ['sbom-tag', 'sbom'],
];
const MAX_REFERENCE = 64;
const WITNESS_DIGITS = 32;

/** The tag of the index of referrers (distribution-spec, Referrers Tag Schema): the hex digits are cut at 64. */
export function fallbackTag(digest: Digest): string {
  return `${algorithmOf(digest)}-${hexOf(digest).slice(0, MAX_REFERENCE)}`;
}

/** Cosign's tags (specs/SIGNATURE_SPEC.md, Tag-based discovery). None for SHA-512, whose digits are too many for a tag. */
export function cosignTags(digest: Digest): readonly EvidenceTag[] {
  const hex = hexOf(digest);
  return hex.length > MAX_REFERENCE
    ? []
    : COSIGN.map(([route, suffix]) => ({ route, tag: `${algorithmOf(digest)}-${hex}.${suffix}` }));
}

/**
 * The tag that a referrer has for itself in a registry without the referrers API, next to its entry in the index: no other
 * writer writes it, so that it cannot be lost. See docs/adr/0097-attaching.md.
 */
export function witnessTag(subject: Digest, referrer: Digest): string {
  return `${fallbackTag(subject)}.${hexOf(referrer).slice(0, WITNESS_DIGITS)}`;
}

/** True for the name of something that hangs on an image, and is none itself. */
export function isEvidenceTag(name: string): boolean {
  return /^sha(?:256|512)-[0-9a-f]{64}(?:\.(?:sig|att|sbom|[0-9a-f]{32}))?$/.test(name);
}
