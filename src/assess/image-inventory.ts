import type { Log } from '#base/log.ts';
import type { ImageProgress, LayerReader, LayerReading } from '#lib/layers/index.ts';
import { loadCataloging } from '#lib/packages/index.ts';
import type { Image } from '#model/image.ts';
import type { Inventory } from '#model/inventory.ts';
import type { FactsStore } from '#model/ports.ts';
import { InventoryCache } from './inventory-cache.ts';

export interface ImageInventoryOptions {
  readonly facts: FactsStore;
  /** Of this program. */
  readonly version: string;
  readonly integrity: 'require' | 'report';
  /** Who walks through the content of layers, when it is not to be this process. */
  readonly reader: LayerReader | null;
  /** Lists what lock files and manifests declare; when not given, in folders alone (ADR 110). */
  readonly lockFiles?: boolean;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly progress: (step: ImageProgress) => void;
}

export interface ImageInventory {
  readonly inventory: Inventory;
  /** Lowest first. */
  readonly layers: readonly LayerReading[];
  /** Whether another reading would give the same: false when a process ended, or ran out of time. */
  readonly sound: boolean;
}

/** What is in an image, as it is kept, or as its layers say. Throws what reading layers throws. */
export async function inventoryOfImage(image: Image, options: ImageInventoryOptions): Promise<ImageInventory> {
  const { facts: store, version, reader, log } = options;
  const lockFiles = options.lockFiles ?? isFolder(image);
  const cache = new InventoryCache({ store, version, isolated: reader !== null, lockFiles });
  const kept = await cache.get(image);
  if (kept !== null) {
    log.debug('inventory at hand', { layers: image.layers.length });
    const known = image.layers.map(({ diffId }) => ({ diffId, actualDiffId: diffId, cached: true }));
    return { inventory: withProblems(image, { ...kept, content: 'cached' }), layers: known, sound: true };
  }
  // What reading takes is loaded only now.
  const { readImageFacts } = await import('#lib/layers/index.ts');
  const catalogers = loadCataloging().then(({ catalogersFor }) => catalogersFor({ lockFiles }));
  const reading = readImageFacts(image, catalogers, {
    facts: store,
    integrity: options.integrity,
    signal: options.signal,
    progress: options.progress,
    thread: new URL('./threads/thread.ts', import.meta.url),
    ...(reader && { reader }),
  });
  // What it takes to put together what is found is loaded meanwhile.
  const [facts, { assembleInventory }] = await Promise.all([reading, import('./inventory.ts')]);
  const cached = facts.layers.filter((layer) => layer.cached).length;
  log.debug('layers read', { layers: facts.layers.length, cached });
  const inventory = assembleInventory(facts, await catalogers);
  if (facts.sound) {
    await cache.put(image, inventory);
  }
  const content = cached === facts.layers.length ? 'cached' : 'read';
  const layers = facts.layers.map(({ diffId, actualDiffId, cached }) => ({ diffId, actualDiffId, cached }));
  return { inventory: withProblems(image, { ...inventory, content }), layers, sound: facts.sound };
}

/** Where people keep what they build images from. */
function isFolder({ layers }: Image): boolean {
  return layers.some(({ content }) => content.kind === 'folder');
}

/** Those of the image's documents come first. */
function withProblems({ problems }: Image, inventory: Inventory): Inventory {
  return { ...inventory, unknowns: [...problems, ...inventory.unknowns] };
}
