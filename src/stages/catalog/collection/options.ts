import { AppError } from '#base/error.ts';

export interface CollectOptions {
  /** How long what nobody needs is kept: deleted manifests, blobs without one, keys without a row. Milliseconds. */
  readonly graceMs: number;
  /** How long an upload that nobody goes on with is kept. Milliseconds. */
  readonly uploadMs: number;
  /** How long a manifest is kept that nothing refers to any more, neither a tag nor an index nor a subject, and nobody says that runs; null for ever. Milliseconds. */
  readonly untaggedMs: number | null;
  /** Refuses when more than this share of what is stored would be removed as unknown; 0 to 1. */
  readonly unknownShare: number;
  /** Removes what is unknown, however much it is. */
  readonly force?: boolean;
  /** Says what a run would do, and does nothing. */
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
  readonly progress?: (step: CollectProgress) => void;
}

export const COLLECT_DEFAULTS = {
  graceMs: 24 * 60 * 60 * 1000,
  uploadMs: 24 * 60 * 60 * 1000,
  untaggedMs: null,
  unknownShare: 0.25,
} as const;

export interface CollectProgress {
  readonly step: 'keys' | 'untagged' | 'trash' | 'links' | 'blobs' | 'uploads' | 'unknown';
  /** So far, in this step. */
  readonly done: number;
}

/** What a run did, or would do. Plain data. */
export interface Collection {
  readonly dryRun: boolean;
  /** Manifests that nothing referred to for so long, deleted. */
  readonly untagged: number;
  /** Deleted manifests, removed for good. */
  readonly manifests: number;
  readonly manifestBytes: number;
  /** Referrers of these, deleted: they can be restored for as long as anything deleted. */
  readonly orphans: number;
  /** Blobs that a repository need not hold any more. */
  readonly links: number;
  /** Blobs that no repository holds, removed. */
  readonly blobs: number;
  readonly blobBytes: number;
  /** Uploads that nobody went on with, removed. */
  readonly uploads: number;
  readonly uploadBytes: number;
  /** Blobs and parts that no row knows, removed. */
  readonly unknown: number;
  readonly unknownBytes: number;
}

export type CollectErrorCode =
  /** So much of what is stored is unknown to the metadata store that one of the two is not the right one. */
  'COLLECTION_REFUSED';

export class CollectError extends AppError<CollectErrorCode> {}
