import type { Digest } from '#base/digest.ts';
import type { EvidenceSubject } from './attachment.ts';

/** Something to hang on an image: written by `lib/trust/sign`, put in its place by `lib/oci/attach`. */
export interface Artifact {
  readonly subject: EvidenceSubject;
  readonly place: ArtifactPlace;
  /** Of the manifest; null for cosign's tags, which have none. */
  readonly artifactType: string | null;
  /** Of the manifest. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly config: ArtifactBlob;
  readonly layers: readonly ArtifactBlob[];
}

export type ArtifactPlace =
  /** A referrer: a manifest of its own with `subject`, and the fallback tag where the registry lacks the API. */
  | { readonly kind: 'referrer' }
  /** Cosign's tag: the layers are added to those that the manifest under the tag has already. `.sig` or `.att`. */
  | { readonly kind: 'tag'; readonly suffix: 'sig' | 'att' };

export interface ArtifactBlob {
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly annotations: ReadonlyMap<string, string>;
}

/** What was attached. */
export interface Attached {
  readonly subject: Digest;
  /** The manifest that holds it now. */
  readonly manifest: Digest;
  readonly route: 'referrers' | 'fallback-tag' | 'signature-tag' | 'attestation-tag';
}
