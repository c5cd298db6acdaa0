import type { Image } from '#model/image.ts';
import type { LayerReader } from '../read-layer.ts';
import type { LayerThreads } from './layer-threads.ts';

/** Loaded and started when the first layer is to be read on one of them, and for images that gain by it. */
export class LateLayerThreads {
  readonly reader: LayerReader | undefined;
  #threads: LayerThreads | null = null;

  constructor({ layers }: Image, program: URL | undefined, limit: number) {
    if (program !== undefined && isWorthThreads(layers.map(({ size }) => size ?? 0))) {
      this.reader = async (layer, request, options) => {
        const { LayerThreads: Threads } = await import('./layer-threads.ts');
        this.#threads ??= new Threads(program, limit);
        return await this.#threads.read(layer, request, options);
      };
    }
  }

  async close(): Promise<void> {
    await this.#threads?.close();
  }
}

/**
 * A thread that does all of a layer by itself needs less work in sum than two that share it, but a single large layer is
 * done sooner when they do: the bench of scans has the figures.
 */
function isWorthThreads(sizes: readonly number[]): boolean {
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum > WORTH_THREADS && Math.max(...sizes) < sum * 0.6;
}

/** Below this many stored bytes in all layers, starting the threads would take longer than reading. */
const WORTH_THREADS = 32 * 1024 * 1024;
