import { availableParallelism } from 'node:os';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Image } from '#model/image.ts';
import type { LayerFacts } from '#model/layer.ts';
import type { Executables } from '#model/ownership.ts';
import type { FactsStore } from '#model/ports.ts';
import { InflateThreads } from '../inflate/inflate-threads.ts';
import { type LayerReader, type ReadLayerOptions, readLayer } from '../read-layer.ts';
import { squash } from '../squash/squash.ts';
import type { LayerProblem } from '../squash/view.ts';
import { LateLayerThreads } from '../threads/late-threads.ts';
import { weightOf } from '../weight.ts';
import { findKnownPaths } from './known-paths.ts';
import { LateFacts, type LateRequest, readLate } from './late.ts';
import { indexView, type LiveFact, LiveFinder } from './live.ts';
import { NeedsFinder } from './needs.ts';
import { OwnerFinder } from './owners.ts';
import { countExecutables, ownedFacts, ownedProblem } from './ownership.ts';

export interface ImageFactsOptions {
  readonly facts?: FactsStore;
  readonly signal?: AbortSignal;
  readonly integrity: 'require' | 'report';
  readonly progress?: (step: ImageProgress) => void;
  /** Who walks through the content of layers, when it is not to be this process. */
  readonly reader?: LayerReader;
  /** The program of a thread with the same analysers (`serveLayers`), for images of several large layers. */
  readonly thread?: URL;
}

/** Over all layers, since several are read at once. */
export interface ImageProgress {
  readonly layers: number;
  /** How many of them are done. */
  readonly done: number;
  /** What has been read, as stored. */
  readonly bytes: number;
}

/** What the layers of an image add up to. Plain data. */
interface SquashedFacts {
  /** Regular files in the squashed view, each hardlink counted. */
  readonly files: number;
  readonly executables: Executables;
  /** What was found in files that are in the view, by analyser as given, then by path. */
  readonly live: readonly LiveFact[];
  /** What could not be read and still counts: files that an upper layer replaced or deleted are left out. */
  readonly unreadable: readonly LayerProblem[];
}

export interface ImageFacts extends SquashedFacts {
  /** Lowest first, one per layer of the image. */
  readonly layers: readonly LayerReading[];
  /** True when every layer was read to its end and is what was promised, and nothing failed: another reading gives the same. */
  readonly sound: boolean;
  /** Bytes of layers as stored, or of files of a folder, that were read; 0 when all facts were at hand. */
  readonly bytesRead: number;
}

export type LayerReading = Pick<LayerFacts, 'diffId' | 'actualDiffId' | 'cached'>;

/** One decompression thread for each core, and no more than keep one parser busy. */
const CORES = Math.min(availableParallelism(), 4);
/** One more than are worked on: while what was found in one is kept, the next is at work. */
const LAYERS_AT_ONCE = CORES + 1;

/**
 * Reads an image's layers, several at once, squashes them, and finds what is live. Known paths are looked up in the
 * view: a file behind a link that no analyser knew by name is read late, which reads its layer once more. Analysers may
 * still be loading: the thread that decompresses an only layer starts meanwhile. Throws what `readLayer` and `squash` throw.
 */
export async function readImageFacts(
  image: Image,
  analysers: readonly Analyser[] | Promise<readonly Analyser[]>,
  options: ImageFactsOptions,
): Promise<ImageFacts> {
  const threads = new InflateThreads();
  const layerThreads = new LateLayerThreads(image, options.thread, CORES);
  try {
    const reader = options.reader ?? layerThreads.reader;
    const isolated = options.reader !== undefined;
    const [only, ...others] = image.layers;
    if (reader === undefined && others.length === 0 && only?.content.kind === 'tar') {
      threads.prepare(only.size);
    }
    const known = await analysers;
    return await new ImageReader(image, known, { ...options, ...(reader && { reader }), isolated }, threads).read();
  } finally {
    await layerThreads.close();
    await threads.close();
  }
}

interface Squashed {
  readonly facts: SquashedFacts;
  /** Whether all of it may be kept. */
  readonly sound: boolean;
}

class ImageReader {
  readonly #image: Image;
  readonly #analysers: readonly Analyser[];
  readonly #options: ImageFactsOptions & { readonly isolated: boolean };
  readonly #threads: InflateThreads;
  /** What is found in the only layer of an image is kept while it is looked at. Several layers have each other to wait for. */
  #keeping: Promise<unknown> | undefined;
  #bytesRead = 0;
  #done = 0;

  constructor(
    image: Image,
    analysers: readonly Analyser[],
    options: ImageFactsOptions & { readonly isolated: boolean },
    threads: InflateThreads,
  ) {
    this.#image = image;
    this.#analysers = analysers;
    this.#options = options;
    this.#threads = threads;
  }

  async read(): Promise<ImageFacts> {
    const layers = await this.#readLayers();
    const { facts, sound } = await this.#squashed(layers);
    return { ...facts, layers, sound, bytesRead: this.#bytesRead };
  }

  /** What is kept and the threads that end meanwhile are waited for in any case: nothing goes on behind the caller's back. */
  async #squashed(layers: readonly LayerFacts[]): Promise<Squashed> {
    // Late readings start threads of their own.
    const closing = this.#threads.close();
    try {
      return await this.#squash(layers);
    } finally {
      await Promise.all([this.#keeping, closing]);
    }
  }

  async #squash(layers: readonly LayerFacts[]): Promise<Squashed> {
    const view = squash(layers);
    const index = indexView(view);
    const problems: LayerProblem[] = [...this.#problemsOfLayers(layers), ...view.unreadable];
    const finders = this.#analysers.map((analyser) => {
      const { aliases, unreadable } = findKnownPaths(view, analyser);
      problems.push(...unreadable);
      return new LiveFinder(index, layers, analyser, aliases);
    });
    const late = new LateFacts();
    const reading = await this.#readLate(layers, finders, late);
    const found = finders.map((finder) => finder.live(late));
    const needs = new NeedsFinder(view);
    const live = found.flatMap(({ facts }, index) => needs.added(this.#analysers[index], facts));
    const owners = new OwnerFinder(view, live);
    const unreadable = found.flatMap((each) => each.unreadable).map((problem) => ownedProblem(problem, owners));
    return {
      facts: {
        files: view.files,
        executables: countExecutables(view, owners),
        live: ownedFacts(live, owners),
        unreadable: [...problems, ...reading.problems, ...unreadable, ...needs.problems],
      },
      sound: reading.sound && layers.every((layer) => layer.sound),
    };
  }

  /** Several at once: while one waits for its decompressor, another is parsed. */
  async #readLayers(): Promise<readonly LayerFacts[]> {
    let bytes = 0;
    // The largest go first, so that none of them is left to be read alone at the end.
    const keeping = (work: Promise<unknown>): void => {
      work.catch(() => undefined);
      this.#keeping = work;
    };
    const order = [...this.#image.layers].sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
    const facts = await mapConcurrently(
      order,
      LAYERS_AT_ONCE,
      async (layer, _index, signal) => {
        const options = { ...this.#layerOptions(), signal, ...(order.length === 1 && { keeping }) };
        const read = await readLayer(layer, this.#analysers, options);
        bytes += read.entries.byteLength + weightOf([read.facts, read.unreadable, read.whiteouts, read.opaques]);
        if (bytes > LIMITS.imageFactBytes) {
          throw limitExceeded('image', LIMITS.imageFactBytes, 'bytes of facts from all layers');
        }
        this.#done += 1;
        return read;
      },
      this.#options.signal,
    );
    return this.#image.layers.map((layer) => facts[order.indexOf(layer)] as LayerFacts);
  }

  /** Entries of single files belong to their analyser, and count only if the file is live. */
  #problemsOfLayers(layers: readonly LayerFacts[]): readonly LayerProblem[] {
    const analysers = new Set(this.#analysers.map(({ id }) => id));
    return layers.flatMap(({ unreadable }, layer) =>
      unreadable
        .filter((entry) => entry.path === null || !analysers.has(entry.analyser))
        .map((entry) => ({ ...entry, layer })),
    );
  }

  async #readLate(
    layers: readonly LayerFacts[],
    finders: readonly LiveFinder[],
    into: LateFacts,
  ): Promise<{ readonly problems: readonly LayerProblem[]; readonly sound: boolean }> {
    const requests: readonly LateRequest[] = finders.flatMap((finder) => finder.lateRequests());
    const problems: LayerProblem[] = [];
    let sound = true;
    for (const [index, wanted] of Map.groupBy(requests, ({ origin }) => origin.layer)) {
      const layer = this.#image.layers[index];
      if (layer !== undefined) {
        const late = await readLate(layer, wanted, into, this.#layerOptions());
        sound &&= late.sound;
        // The first reading has said most of it already.
        const known = new Set(layers[index]?.unreadable.map(({ reason }) => reason));
        const fresh = late.broken.filter(({ reason }) => !known.has(reason));
        problems.push(...fresh.map((entry) => ({ ...entry, layer: index })));
      }
    }
    return { problems, sound };
  }

  #layerOptions(): ReadLayerOptions {
    const { facts, signal, integrity, progress, reader, isolated } = this.#options;
    let before = 0;
    return {
      integrity,
      threads: this.#threads,
      ...(facts && { facts }),
      ...(signal && { signal }),
      ...(reader && { reader }),
      isolated,
      progress: (bytes) => {
        this.#bytesRead += bytes - before;
        before = bytes;
        progress?.({ layers: this.#image.layers.length, done: this.#done, bytes: this.#bytesRead });
      },
    };
  }
}
