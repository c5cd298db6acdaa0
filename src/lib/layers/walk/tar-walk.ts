import { algorithmOf, type Digest } from '#base/digest.ts';
import type { Layer } from '#model/image.ts';
import { openTar } from '../decompress.ts';
import type { Hasher, Lane } from '../hash/hasher.ts';
import { TarParser } from '../tar/parser.ts';
import type { LayerSink } from './tar-sink.ts';

export interface TarWalkOptions {
  /** What the layer is called in errors. */
  readonly object: string;
  readonly sink: LayerSink;
  readonly hasher: Hasher;
  /** Bytes as stored that have been read so far. */
  readonly progress: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What the bytes of a layer hashed to, and whether the tar says that it ends there. */
export interface ActualDigests {
  /** Null when nothing promised a digest of the bytes as stored. */
  readonly stored: Digest | null;
  readonly tar: Digest;
  readonly ended: boolean;
}

/** Reads a layer from its first to its last byte: everything is hashed, what follows the end of the tar too. */
export async function walkTar(
  layer: Layer,
  open: (signal?: AbortSignal) => AsyncIterable<Uint8Array>,
  { object, sink, hasher, progress, signal }: TarWalkOptions,
): Promise<ActualDigests> {
  const tarAlgorithm = layer.diffId === null ? 'sha256' : algorithmOf(layer.diffId);
  const storedAlgorithm = layer.digest === null ? null : algorithmOf(layer.digest);
  hasher.expect(layer.size);
  const tarLane = hasher.lane(tarAlgorithm);
  const tap = new Tap(storedAlgorithm === null ? null : hasher.lane(storedAlgorithm), progress);
  const { compression, bytes } = await openTar(tap.through(open(signal)), { object, ...(signal && { signal }) });
  const same = compression === 'none' && storedAlgorithm === tarAlgorithm;
  if (same) {
    tap.lane = null;
  }
  const parser = new TarParser(object, sink);
  for await (const chunk of bytes) {
    // The hashing thread works on the chunk while it is parsed here.
    const hashed = tarLane.update(chunk);
    try {
      parser.write(chunk);
    } finally {
      await hashed;
    }
  }
  const ended = parser.end();
  const tar = await tarLane.digest();
  return { stored: same ? tar : ((await tap.lane?.digest()) ?? null), tar, ended };
}

/** Hashes and counts the bytes as stored on their way to the decompressor. */
class Tap {
  lane: Lane | null;
  readonly #progress: (bytes: number) => void;
  #bytes = 0;

  constructor(lane: Lane | null, progress: (bytes: number) => void) {
    this.lane = lane;
    this.#progress = progress;
  }

  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      await this.lane?.update(chunk);
      this.#bytes += chunk.length;
      this.#progress(this.#bytes);
      yield chunk;
    }
  }
}
