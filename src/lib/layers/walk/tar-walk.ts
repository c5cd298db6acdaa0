import { algorithmOf, createDigester, type Digest, type Digester } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { Layer } from '#model/image.ts';
import type { Compression } from '../compression.ts';
import { decompressHere, decompressXz, openCompressed } from '../decompress.ts';
import type { InflateThreads } from '../inflate/inflate-threads.ts';
import { TarParser } from '../tar/parser.ts';
import type { LayerSink } from './tar-sink.ts';

export interface TarWalkOptions {
  /** What the layer is called in errors. */
  readonly object: string;
  readonly sink: LayerSink;
  readonly threads: InflateThreads;
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
  { object, sink, threads, progress, signal }: TarWalkOptions,
): Promise<ActualDigests> {
  const algorithm = layer.diffId === null ? 'sha256' : algorithmOf(layer.diffId);
  const storedAlgorithm = layer.digest === null ? null : algorithmOf(layer.digest);
  const tap = new Tap(storedAlgorithm === null ? null : createDigester(storedAlgorithm), progress, signal);
  const { compression, whole } = await openCompressed(tap.through(open(signal)), object);
  const same = compression === 'none' && storedAlgorithm === algorithm;
  if (same) {
    tap.digester = null;
  }
  const parser = new TarParser(object, sink);
  const options = { object, ...(signal && { signal }) };
  const tar =
    compression === 'xz' || !threads.isWorthIt(layer.size)
      ? tarHere(compression, whole, options)
      : threads.decompress({ compression, object, limit: LIMITS.layerBytes }, whole);
  const digest = await parseAll(tar, parser, createDigester(algorithm));
  const ended = parser.end();
  return { stored: same ? digest : (tap.digester?.digest() ?? null), tar: digest, ended };
}

/** Hashed here, since the thread that decompresses has more to do than this one. */
async function parseAll(tar: AsyncIterable<Uint8Array>, parser: TarParser, digester: Digester): Promise<Digest> {
  for await (const piece of tar) {
    digester.update(piece);
    parser.write(piece);
  }
  return digester.digest();
}

/** The tar of a small or unusual layer, decompressed on this thread. */
async function* tarHere(
  compression: Compression,
  source: AsyncIterable<Uint8Array>,
  options: { readonly object: string; readonly signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const output = new Uint8Array(256 * 1024);
  yield* compression === 'xz'
    ? decompressXz(source, options)
    : decompressHere(compression, source, options, () => output);
}

/** Hashes and counts the bytes as stored on their way to the decompressor. */
class Tap {
  digester: Digester | null;
  readonly #progress: (bytes: number) => void;
  readonly #signal: AbortSignal | undefined;
  #bytes = 0;

  constructor(digester: Digester | null, progress: (bytes: number) => void, signal: AbortSignal | undefined) {
    this.digester = digester;
    this.#progress = progress;
    this.#signal = signal;
  }

  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#signal?.throwIfAborted();
      this.digester?.update(chunk);
      this.#bytes += chunk.length;
      this.#progress(this.#bytes);
      yield chunk;
    }
  }
}
