import type { Digest } from '#base/digest.ts';
import type { BlobContent } from './blob-store.ts';
import type { IntakeManifest } from './intake.ts';
import type { ManifestPointer, Page } from './records.ts';

/**
 * One repository of our own registry, for what reads images and attaches to them in the same process. Who may is decided by
 * whoever hands it out.
 */
export interface LocalRepository {
  /** Null where there is none. */
  manifest(pointer: ManifestPointer, signal: AbortSignal): Promise<LocalManifest | null>;
  /** What has it as subject, sorted by digest; `after` is a digest. */
  referrers(subject: Digest, page: Page, signal: AbortSignal): Promise<readonly LocalReferrer[]>;
  /** From `start` on, all of it when that is 0; null where the repository does not hold it. */
  blob(digest: Digest, start: number, signal: AbortSignal): Promise<BlobContent | null>;
  /** Makes the repository hold it. Does nothing when it does already. */
  putBlob(digest: Digest, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Stores a manifest byte for byte and makes the tags mean it. Throws as a push does. */
  putManifest(manifest: IntakeManifest, signal: AbortSignal): Promise<void>;
}

export interface LocalManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

export interface LocalReferrer {
  readonly digest: Digest;
  readonly size: number;
}
