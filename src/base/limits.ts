import { open } from 'node:fs/promises';
import { AppError } from './error.ts';

/**
 * The only door to input of unknown size. Everything that comes from an image, an archive, a feed or a request is read
 * through these functions; raw `.arrayBuffer()`, `readFile` and one-shot decompression are lint errors elsewhere.
 */
const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Caps on untrusted input, in bytes unless the name says otherwise. `docs/reference/limits.md` lists them. */
export const LIMITS = {
  /** An image manifest or index; the OCI distribution specification asks registries to accept 4 MiB. */
  manifestBytes: 4 * MiB,
  configBytes: 8 * MiB,
  /** One layer's tar stream after decompression. */
  layerBytes: 64 * GiB,
  /** Output per input byte past which a compressed stream is taken for a bomb, once more than `bombFloorBytes` came out. */
  decompressionRatio: 200,
  bombFloorBytes: 1 * GiB,
  layerEntries: 4_000_000,
  pathBytes: 4096,
  pathDepth: 512,
  /** A pax or GNU long-name record inside a tar. */
  tarExtensionBytes: 1 * MiB,
  /** The names of all entries of a layer together. */
  layerPathBytes: 512 * MiB,
  /** Folders nested in indexes, links followed, and layers in one image. */
  indexDepth: 8,
  indexManifests: 1024,
  symlinkHops: 40,
  imageLayers: 1024,
  archiveEntries: 1_000_000,
  jsonDepth: 512,
  /** One advisory record, all of one feed's archive, and records in it. */
  advisoryBytes: 16 * MiB,
  feedBytes: 8 * GiB,
  feedArchiveBytes: 2 * GiB,
  feedRecords: 2_000_000,
  /** A file that a cataloger holds in memory, when it does not ask for less. */
  analysedFileBytes: 512 * MiB,
} as const;

export class LimitError extends AppError<'LIMIT_EXCEEDED'> {}

export function limitExceeded(object: string, limit: number, unit = 'bytes', found?: number): LimitError {
  return new LimitError('LIMIT_EXCEEDED', 'too large', {
    object,
    expected: `at most ${limit} ${unit}`,
    found: found === undefined ? 'more' : `${found} ${unit}`,
  });
}

/** All bytes of a source in one array; throws `LIMIT_EXCEEDED` as soon as more than `limit` bytes have come. */
export async function readBounded(
  source: AsyncIterable<Uint8Array>,
  limit: number,
  object: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit) {
      throw limitExceeded(object, limit);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

/** A whole file, at most `limit` bytes of it; a file that grows while it is read does not pass the limit either. */
export async function readFileBounded(path: string, limit: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > limit) {
      throw limitExceeded(path, limit, 'bytes', size);
    }
    return await readBounded(file.createReadStream({ autoClose: false, highWaterMark: MiB }), limit, path);
  } finally {
    await file.close();
  }
}

/** Counts what comes out of a decompressor and refuses a bomb: an absolute cap and a ratio against what went in. */
export interface ExpansionGuard {
  consumed(bytes: number): void;
  /** Throws `LIMIT_EXCEEDED` when the output passes the cap or the ratio. */
  produced(bytes: number): void;
}

export function createExpansionGuard(object: string, limit: number = LIMITS.layerBytes): ExpansionGuard {
  let input = 0;
  let output = 0;
  return {
    consumed: (bytes) => {
      input += bytes;
    },
    produced: (bytes) => {
      output += bytes;
      if (output > limit) {
        throw limitExceeded(object, limit, 'bytes after decompression');
      }
      if (output > LIMITS.bombFloorBytes && output > input * LIMITS.decompressionRatio) {
        throw new LimitError('LIMIT_EXCEEDED', 'decompression bomb', {
          object,
          expected: `at most ${LIMITS.decompressionRatio} bytes out per byte in`,
          found: `${output} bytes out of ${input}`,
        });
      }
    },
  };
}
