import type { Digest } from '#base/digest.ts';
import type { AttachmentRoute } from '#model/attachment.ts';

/** How a manifest came to belong to an image: it was asked for, an index lists it, or it hangs on another. */
export type ClosureRoute = 'root' | 'child' | Exclude<AttachmentRoute, 'index-entry'>;

/** Everything that belongs to an image, as a registry has it: plain data. Every byte in here has the digest and the size that it is named by. */
export interface ClosurePlan {
  /** Where it is from: `docker.io/library/alpine`. */
  readonly upstream: string;
  /** What was asked for. */
  readonly root: Digest;
  /** As it was asked for; null for a digest. */
  readonly tag: string | null;
  /** In an order in which they can be stored: children before their indexes, subjects before what hangs on them, lists of referrers after these. */
  readonly manifests: readonly ClosureManifest[];
  /** Each digest once, in the order of the manifests. */
  readonly blobs: readonly ClosureBlob[];
  /** What belongs to it, or may, and is not among the above. With any of these the plan is not whole. */
  readonly problems: readonly ClosureProblem[];
}

export interface ClosureManifest {
  readonly kind: 'index' | 'manifest';
  readonly digest: Digest;
  readonly mediaType: string;
  readonly artifactType: string | null;
  /** At most `LIMITS.manifestBytes`. */
  readonly content: Uint8Array;
  /** The first way by which it was found. */
  readonly route: ClosureRoute;
  /** The manifest on which it hangs, as it was found; null for what was asked for and for what an index of that lists. */
  readonly hangsOn: Digest | null;
  /** As the index says by which it was found: `linux/arm64/v8`, `unknown/unknown` for BuildKit's attestations; null where nobody says. */
  readonly platform: string | null;
  /** Of an index. */
  readonly children: readonly Digest[];
  /** The fallback tag, or cosign's, under which it hangs on others. What was asked for has the tag of that besides, which is not among these. */
  readonly tags: readonly string[];
}

export interface ClosureBlob {
  readonly digest: Digest;
  /** Bytes, as the first manifest says that names it. */
  readonly size: number;
  readonly mediaType: string | null;
  /** False for a layer that is to be had elsewhere (`nondistributable`, `foreign`), which the registry does not have: it is not copied. */
  readonly isHeld: boolean;
}

export interface ClosureProblem {
  readonly route: ClosureRoute;
  /** What could not be had: a digest, or a tag; both null when it was a list of what hangs on `about`. */
  readonly digest: Digest | null;
  readonly tag: string | null;
  /** The manifest that leads there. */
  readonly about: Digest | null;
  /** Of the error. */
  readonly code: string;
  readonly reason: string;
  /** The registry says that it is not there. A list of referrers may well name what was deleted since. */
  readonly isAbsent: boolean;
  /** The same question may well be answered later. */
  readonly isTemporary: boolean;
}
