import { availableParallelism } from 'node:os';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Image } from '#model/image.ts';
import type { LayerFacts } from '#model/layer.ts';
import type { FactsStore } from '#model/ports.ts';
import { InflateThreads } from '../inflate/inflate-threads.ts';
import { type LayerReader, type ReadLayerOptions, readLayer } from '../read-layer.ts';
import { squash } from '../squash/squash.ts';
import type { LayerProblem, SquashedView } from '../squash/view.ts';
import { weightOf } from '../weight.ts';
import { findKnownPaths } from './known-paths.ts';
import { LateFacts, type LateRequest, readLate } from './late.ts';
import { indexView, type LiveFact, LiveFinder } from './live.ts';

export interface ImageFactsOptions {
  readonly facts?: FactsStore;
  readonly signal?: AbortSignal;
  readonly integrity: 'require' | 'report';
  readonly progress?: (step: ImageProgress) => void;
  /** Who walks through the content of layers, when it is not to be this process. */
  readonly reader?: LayerReader;
}

/** Over all layers, since several are read at once. */
export interface ImageProgress {
  readonly layers: number;
  /** How many of them are done. */
  readonly done: number;
  /** What has been read, as stored. */
  readonly bytes: number;
}

export interface ImageFacts {
  /** Lowest first, one per layer of the image. */
  readonly layers: readonly LayerFacts[];
  readonly view: SquashedView;
  /** What was found in files that are in the view, by analyser as given, then by path. */
  readonly live: readonly LiveFact[];
  /** What could not be read and still counts: files that an upper layer replaced or deleted are left out. */
  readonly unreadable: readonly LayerProblem[];
  /** Bytes of layers as stored, or of files of a folder, that were read; 0 when all facts were at hand. */
  readonly bytesRead: number;
}

/** One decompression thread for each core, and no more than keep one parser busy. */
const LAYERS_AT_ONCE = Math.min(availableParallelism(), 4);

/**
 * Reads an image's layers, several at once, squashes them, and finds what is live. Known paths are looked up in the
 * view: a file behind a link that no analyser knew by name is read late, which reads its layer once more. Throws what
 * `readLayer` and `squash` throw.
 */
export async function readImageFacts(
  image: Image,
  analysers: readonly Analyser[],
  options: ImageFactsOptions,
): Promise<ImageFacts> {
  const threads = new InflateThreads();
  try {
    return await new ImageReader(image, analysers, options, threads).read();
  } finally {
    await threads.close();
  }
}

class ImageReader {
  readonly #image: Image;
  readonly #analysers: readonly Analyser[];
  readonly #options: ImageFactsOptions;
  readonly #threads: InflateThreads;
  #bytesRead = 0;
  #done = 0;

  constructor(image: Image, analysers: readonly Analyser[], options: ImageFactsOptions, threads: InflateThreads) {
    this.#image = image;
    this.#analysers = analysers;
    this.#options = options;
    this.#threads = threads;
  }

  async read(): Promise<ImageFacts> {
    const layers = await this.#readLayers();
    const view = squash(layers);
    const problems: LayerProblem[] = [...this.#problemsOfLayers(layers), ...view.unreadable];
    const index = indexView(view);
    const finders = this.#analysers.map((analyser) => {
      const { aliases, unreadable } = findKnownPaths(view, analyser);
      problems.push(...unreadable);
      return new LiveFinder(index, layers, analyser, aliases);
    });
    const late = new LateFacts();
    problems.push(...(await this.#readLate(layers, finders, late)));
    const found = finders.map((finder) => finder.live(late));
    return {
      layers,
      view,
      live: found.flatMap(({ facts }) => facts),
      unreadable: [...problems, ...found.flatMap(({ unreadable }) => unreadable)],
      bytesRead: this.#bytesRead,
    };
  }

  /** Several at once: while one waits for its decompressor, another is parsed. */
  async #readLayers(): Promise<readonly LayerFacts[]> {
    let bytes = 0;
    return await mapConcurrently(
      this.#image.layers,
      LAYERS_AT_ONCE,
      async (layer, index, signal) => {
        const read = await readLayer(layer, this.#analysers, { ...this.#layerOptions(), signal });
        bytes += read.entries.byteLength + weightOf([read.facts, read.unreadable, read.whiteouts, read.opaques]);
        if (bytes > LIMITS.imageFactBytes) {
          throw limitExceeded('image', LIMITS.imageFactBytes, 'bytes of facts from all layers');
        }
        this.#done += 1;
        return read;
      },
      this.#options.signal,
    );
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
  ): Promise<readonly LayerProblem[]> {
    const requests: readonly LateRequest[] = finders.flatMap((finder) => finder.lateRequests());
    const problems: LayerProblem[] = [];
    for (const [index, wanted] of Map.groupBy(requests, ({ origin }) => origin.layer)) {
      const layer = this.#image.layers[index];
      if (layer !== undefined) {
        const broken = await readLate(layer, wanted, into, this.#layerOptions());
        // The first reading has said most of it already.
        const known = new Set(layers[index]?.unreadable.map(({ reason }) => reason));
        const fresh = broken.filter(({ reason }) => !known.has(reason));
        problems.push(...fresh.map((entry) => ({ ...entry, layer: index })));
      }
    }
    return problems;
  }

  #layerOptions(): ReadLayerOptions {
    const { facts, signal, integrity, progress, reader } = this.#options;
    let before = 0;
    return {
      integrity,
      threads: this.#threads,
      ...(facts && { facts }),
      ...(signal && { signal }),
      ...(reader && { reader }),
      progress: (bytes) => {
        this.#bytesRead += bytes - before;
        before = bytes;
        progress?.({ layers: this.#image.layers.length, done: this.#done, bytes: this.#bytesRead });
      },
    };
  }
}
