import { createReadStream } from 'node:fs';
import { constants, copyFile, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, constants as zlib } from 'node:zlib';
import { createDigester, type Digester } from '#base/digest.ts';
import { LIMITS, limitExceeded, readFileBounded } from '#base/limits.ts';
import type { ArtifactFile } from '#lib/oci/index.ts';
import type { ShardInfo } from '#model/ports.ts';
import { annotationsOf, LAYER_TYPE } from './manifest.ts';

/** A shard on its way out. */
export interface PackedShard {
  readonly info: ShardInfo;
  readonly file: ArtifactFile;
}

const CHUNK_BYTES = 1024 * 1024;
/** A twelfth smaller than at the usual 3, at some 50 MB per second. */
const LEVEL = 9;

/**
 * Copies a shard and compresses the copy into `folder`: another process may put a new one in its place meanwhile. `infoOf` reads
 * what the copy says of itself. The same shard gives the same bytes. Throws `LIMIT_EXCEEDED` for what nobody would import.
 */
export async function packShard(
  path: string,
  folder: string,
  infoOf: (copy: string) => ShardInfo,
  signal: AbortSignal,
): Promise<PackedShard> {
  const copy = join(folder, 'shard.sqlite');
  try {
    await copyFile(path, copy, constants.COPYFILE_FICLONE);
    const info = infoOf(copy);
    const packed = join(folder, `${info.provider} ${info.ecosystem.replaceAll(':', '@')}.zst`);
    const { digest, bytes, layer } = await compress(copy, packed, signal);
    if (layer.size > LIMITS.advisoryLayerBytes) {
      throw limitExceeded(`${info.ecosystem} of ${info.source}`, LIMITS.advisoryLayerBytes, 'bytes', layer.size);
    }
    const annotations = annotationsOf(info, digest, bytes);
    const read = (): Promise<Uint8Array> => readFileBounded(packed, LIMITS.advisoryLayerBytes);
    return { info, file: { mediaType: LAYER_TYPE, ...layer, annotations, read } };
  } finally {
    await rm(copy, { force: true });
  }
}

async function compress(from: string, to: string, signal: AbortSignal) {
  const plain = createDigester();
  const packed = createDigester();
  const { size: bytes } = await stat(from);
  // The size goes into the frame, so that it is the same however the bytes come.
  const compressor = createZstdCompress({
    params: { [zlib.ZSTD_c_compressionLevel]: LEVEL, [zlib.ZSTD_c_checksumFlag]: 1 },
    pledgedSrcSize: bytes,
  });
  const output = await open(to, 'wx', 0o600);
  let size = 0;
  try {
    await pipeline(
      hashed(from, plain),
      compressor,
      async (stream: AsyncIterable<Uint8Array>) => {
        for await (const chunk of stream) {
          packed.update(chunk);
          await output.writeFile(chunk);
          size += chunk.length;
        }
      },
      { signal },
    );
  } finally {
    await output.close();
  }
  return { digest: plain.digest(), bytes, layer: { digest: packed.digest(), size } };
}

async function* hashed(path: string, digester: Digester): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>) {
    digester.update(chunk);
    yield chunk;
  }
}
