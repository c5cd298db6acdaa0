import type { Digest } from '#base/digest.ts';
import type { Page } from './repository.ts';

/** An image as rules for keeping see it. */
export interface KeptImage {
  readonly digest: Digest;
  /** Of its manifest and, of an index, not of those below it. */
  readonly size: number;
  /** Milliseconds UTC: when it was pushed, or a tag was last set to it. */
  readonly freshAt: number;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RetentionRecords {
  /** Images of a repository that no other has as child and that hang on nothing, sorted by digest. */
  images(repositoryId: string, page: Page): Promise<readonly KeptImage[]>;
}
