import type { Digest } from '#base/digest.ts';
import type { Platform } from './platform.ts';

/**
 * A manifest that signatures and attestations may hang on: the index that a reference names, or the manifest of one
 * platform. Bytes were verified against `digest`, and `size` counted.
 */
export interface EvidenceSubject {
  readonly kind: 'index' | 'manifest';
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  /** Of a manifest inside an index, where the index says; null otherwise. */
  readonly platform: Platform | null;
  /** The digests that an index lists, so that a statement about the index can be shown to cover a platform; empty for a manifest. */
  readonly children: readonly Digest[];
}

/** How an attachment was found. None of these says anything about who put it there. */
export type AttachmentRoute =
  /** The referrers API (OCI distribution-spec 1.1), or a layout's manifests whose `subject` is the image. */
  | 'referrers'
  /** The index under the tag `sha256-<hex>`, where a registry lacks the API (the same specification, Referrers Tag Schema). */
  | 'fallback-tag'
  /** Cosign's tag `sha256-<hex>.sig`. */
  | 'signature-tag'
  /** Cosign's tag `sha256-<hex>.att`. */
  | 'attestation-tag'
  /** Cosign's deprecated tag `sha256-<hex>.sbom`. */
  | 'sbom-tag'
  /** An entry of the image index with `vnd.docker.reference.type: attestation-manifest` (BuildKit). */
  | 'index-entry';

/**
 * One manifest that hangs on a subject, with its small blobs. The bytes have the digests of their descriptors; whatever
 * else is in here was said by a stranger.
 */
export interface Attachment {
  readonly subject: Digest;
  readonly route: AttachmentRoute;
  /** The attachment's own manifest. */
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  /** As its manifest says, or the media type of its config where it does not; null where neither says. Never as a listing says. */
  readonly artifactType: string | null;
  /** Of its manifest. */
  readonly annotations: ReadonlyMap<string, string>;
  /** What its manifest says it is about; null where it does not say (tags, BuildKit). A mismatch was refused before. */
  readonly declaredSubject: { readonly mediaType: string; readonly digest: Digest; readonly size: number } | null;
  readonly blobs: readonly AttachmentBlob[];
}

export interface AttachmentBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  /** Of the layer's descriptor: cosign keeps signatures and certificates there. */
  readonly annotations: ReadonlyMap<string, string>;
  /** Null when it was not read; `reason` then says why. */
  readonly content: Uint8Array | null;
  readonly reason: string | null;
}

/** What hangs on one subject. */
export interface Discovery {
  readonly attachments: readonly Attachment[];
  /** What could not be read or was refused, never dropped: a policy that needs to know all must see it. */
  readonly problems: readonly AttachmentProblem[];
}

export interface AttachmentProblem {
  readonly subject: Digest;
  readonly route: AttachmentRoute;
  /** The attachment's manifest, where it got that far. */
  readonly digest: Digest | null;
  /** The error code: `REFERRERS_TOO_MANY`, `BLOB_MISSING`, … */
  readonly code: string;
  /** What was expected, what was found, in which object. */
  readonly reason: string;
}
