import type { Digest } from '#base/digest.ts';
import type { Unknown } from '../unknown.ts';
import type { Page, Repository } from './repository.ts';

/** What the whole of an inventory may take. */
export const MAX_INVENTORY_CONTENT_BYTES = 32 * 1024 * 1024;

/** What is in a set of layers, as it is stored: packages by their purls, each once in the dictionary. */
export interface InventoryRecord extends KnownInventory {
  /** All of it, as whoever made it packs it; null where it was not kept. */
  readonly content: Uint8Array | null;
}

/** An inventory without the whole of it, which is read by itself. */
export interface KnownInventory {
  /** A digest over the diffIDs, lowest first, and the version of the analysers: what is known for one image is known for all with these layers. */
  readonly layerSet: Digest;
  /** Sorted, each once. */
  readonly packages: readonly string[];
  readonly unknowns: readonly Unknown[];
  /** Milliseconds UTC. */
  readonly analysedAt: number;
}

export interface InventoryRecords {
  /**
   * Stores it unless its layer set is known. Packages enter the dictionary, postings are written. Where the whole of it was not kept, it is from now on.
   * Throws `INVENTORY_TOO_LARGE`.
   */
  write(inventory: InventoryRecord): Promise<void>;
  find(layerSet: Digest): Promise<KnownInventory | null>;
  /** The whole of it, as it was written; null where it was not kept, or nothing is known of these layers. */
  content(layerSet: Digest): Promise<Uint8Array | null>;
  /** Says what an image holds; without a layer set only what is not known of it. */
  assign(repository: Repository, digest: Digest, analysis: ImageAnalysis): Promise<void>;
  ofImage(repositoryId: string, digest: Digest): Promise<ImageInventory | null>;
  /** What `assign` said, without a look at the inventory. */
  analysisOf(repositoryId: string, digest: Digest): Promise<ImageAnalysis | null>;
  /** Images that hold exactly this package version, by postings. */
  imagesWith(
    purl: string,
    page: Page,
  ): Promise<readonly { readonly repository: Repository; readonly digest: Digest }[]>;
  /** Package versions whose purl starts with this: `pkg:npm/lodash@`. */
  packages(prefix: string, page: Page): Promise<readonly string[]>;
}

export interface ImageAnalysis {
  /** Null when it could not be analysed. */
  readonly layerSet: Digest | null;
  /** What is not known of this image besides what its layers left open. */
  readonly unknowns: readonly Unknown[];
  readonly analysedAt: number;
}

export interface ImageInventory extends ImageAnalysis {
  /** Null when it could not be analysed. */
  readonly inventory: KnownInventory | null;
}
