import { type Digest, digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { pack, unpack } from '#base/packed.ts';
import { CATALOGERS_IDENTITY } from '#lib/packages/index.ts';
import type { Image } from '#model/image.ts';
import type { LayersInventory } from '#model/inventory.ts';
import type { FactsKey, FactsStore } from '#model/ports.ts';

/** Raised with every change of what the facts of layers become. */
const INVENTORY_VERSION = 3;

/** A hundred times what the largest image takes. */
const INVENTORY_BYTES = 512 * 1024 ** 2;

export interface InventoryCacheOptions {
  readonly store: FactsStore;
  /** Of this program. */
  readonly version: string;
  /** The layers are read by processes that are not believed to say what the layers' bytes hash to. */
  readonly isolated: boolean;
  /** What is only declared is listed too. */
  readonly lockFiles: boolean;
}

/**
 * What the layers of images add up to, so that an image whose layers are known costs one file: neither layers nor catalogers
 * are even loaded. Kept under the list of diffIDs, and for layers read in isolation under that of their digests too.
 */
export class InventoryCache {
  readonly #options: InventoryCacheOptions;

  constructor(options: InventoryCacheOptions) {
    this.#options = options;
  }

  /** Null for what is not kept; a damaged entry is as good as none. */
  async get(image: Image): Promise<LayersInventory | null> {
    const key = this.#keyOf(image);
    const stored = key === null ? null : await this.#options.store.get(key);
    return stored === null ? null : unpack(stored, INVENTORY_BYTES, parse);
  }

  /** Only for what another reading would give again. */
  async put(image: Image, inventory: LayersInventory): Promise<void> {
    const key = this.#keyOf(image);
    const packed = key === null ? null : await pack(() => Buffer.from(JSON.stringify(inventory)));
    if (key !== null && packed !== null) {
      await this.#options.store.put(key, packed);
    }
  }

  /** Null for an image one of whose layers has no digest that anybody promised. */
  #keyOf({ layers }: Image): FactsKey | null {
    const { version, isolated, lockFiles } = this.#options;
    const diffId = chainOf(layers.map(({ content, diffId }) => (content.kind === 'tar' ? diffId : null)));
    const claimed = isolated ? chainOf(layers.map(({ digest }) => digest)) : null;
    if (diffId === null || (isolated && claimed === null)) {
      return null;
    }
    const configuration = canonicalJson({
      catalogers: CATALOGERS_IDENTITY,
      program: version,
      claimed,
      lockFiles,
    });
    return { diffId, analyser: 'inventory', version: INVENTORY_VERSION, configuration };
  }
}

function parse(bytes: Buffer): LayersInventory {
  return JSON.parse(bytes.toString('utf8')) as LayersInventory;
}

/** One digest for a list of layers. */
function chainOf(digests: readonly (Digest | null)[]): Digest | null {
  return digests.includes(null) ? null : digestOf(digests.join(' '));
}
