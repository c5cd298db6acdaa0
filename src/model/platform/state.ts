import type { Digest } from '#base/digest.ts';

/** Where an image is in its life, per repository and digest. */
export const LIFECYCLES = ['quarantined', 'approved', 'deprecated', 'revoked', 'expired'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

/** Where one is, since when and why. */
export interface ImageState {
  readonly lifecycle: Lifecycle;
  /** A sentence part for whoever is refused. */
  readonly reason: string;
  /** Milliseconds UTC. */
  readonly since: number;
  /** The id of whoever changed it. */
  readonly by: string;
}

/** What was decided for one environment. */
export interface Approval {
  readonly environment: string;
  readonly decision: 'approved' | 'refused';
  readonly reason: string;
  /** The digest of the verdict's record, where a verdict decided. */
  readonly verdict: Digest | null;
  /** Milliseconds UTC; null when time alone changes nothing. */
  readonly validUntil: number | null;
  readonly decidedAt: number;
  readonly decidedBy: string;
}

/**
 * What decides whether somebody may read a manifest: the state of the manifest that governs it, itself unless it hangs on
 * another one and cannot be run.
 */
export interface Standing {
  /** Null when what governs it was never pushed: then it is in quarantine. */
  readonly state: ImageState | null;
  /** Who pushed the manifest itself, as `ownerOf` says. */
  readonly pushedBy: string;
  /** For the environment that was asked for; null when there is none or nothing was decided. */
  readonly approval: Approval | null;
}
