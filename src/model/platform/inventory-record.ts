import type { Digest } from '#base/digest.ts';
import type { Unknown } from '../unknown.ts';

/** What is in a set of layers, as it is stored: packages by their purls, each once in the dictionary. */
export interface InventoryRecord {
  /** A digest over the diffIDs, lowest first, and the version of the analysers: what is known for one image is known for all with these layers. */
  readonly layerSet: Digest;
  /** Sorted, each once. */
  readonly packages: readonly string[];
  readonly unknowns: readonly Unknown[];
  /** Milliseconds UTC. */
  readonly analysedAt: number;
}
