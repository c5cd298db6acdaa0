import type { Digest } from '#base/digest.ts';
import type { Unknown } from '../unknown.ts';

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
