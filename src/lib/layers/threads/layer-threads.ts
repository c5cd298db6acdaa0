import type { Layer } from '#model/image.ts';
import type { LayerReader, ReadLayerOptions, Walk } from '../read-layer.ts';
import type { ScanRequest } from '../walk/selection.ts';
import { walkHere } from '../walk/walk-layer.ts';
import { LayerThread } from './layer-thread.ts';

/** Analysis threads, started as layers need them, at most `limit` of them, and reused. To be closed. */
export class LayerThreads {
  readonly #program: URL;
  readonly #limit: number;
  readonly #idle: LayerThread[] = [];
  readonly #all = new Set<LayerThread>();
  readonly #waiting: ((thread: LayerThread) => void)[] = [];

  /** `program` calls `serveLayers` with the analysers that layers are read for. */
  constructor(program: URL, limit: number) {
    this.#program = program;
    this.#limit = limit;
  }

  /** Walks through a whole layer on a thread of its own; what is no tar, or is to be read in part, is read here. */
  readonly read: LayerReader = async (layer, request, options) =>
    layer.content.kind === 'tar' && request.kind === 'wanted'
      ? await this.#read(layer, layer.content.open, request, options)
      : await walkHere(layer, request, options);

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((thread) => thread.close()));
    this.#all.clear();
  }

  async #read(
    layer: Layer,
    open: (signal?: AbortSignal) => AsyncIterable<Uint8Array>,
    request: Extract<ScanRequest, { readonly kind: 'wanted' }>,
    options: ReadLayerOptions,
  ): Promise<Walk> {
    const thread = await this.#take();
    try {
      return await thread.read(layer, open, request, options);
    } finally {
      await this.#give(thread);
    }
  }

  async #take(): Promise<LayerThread> {
    const thread = this.#idle.pop() ?? (this.#all.size < this.#limit ? this.#start() : null);
    return thread ?? (await new Promise<LayerThread>((resolve) => this.#waiting.push(resolve)));
  }

  async #give(thread: LayerThread): Promise<void> {
    if (!thread.sound) {
      this.#all.delete(thread);
      await thread.close();
    }
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next(thread.sound ? thread : this.#start());
    } else if (thread.sound) {
      this.#idle.push(thread);
    }
  }

  #start(): LayerThread {
    const thread = new LayerThread(this.#program);
    this.#all.add(thread);
    return thread;
  }
}
