import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '#base/digest.ts';
import { MEDIA_TYPES, type WrittenLayer } from '#test/fixtures/oci-layout.ts';

/** A layer of a layout, with what it unpacks to. */
export interface LayerFile extends WrittenLayer {
  /** The blob's file. */
  readonly path: string;
  /** Of the tar. */
  readonly tarBytes: number;
}

/** Compresses a tar with the gzip program, as most builders would when no level is given, into a blob of the layout. Nothing is held in memory. */
export async function writeGzipLayer(layout: string, tar: AsyncIterable<Uint8Array>, level = 6): Promise<LayerFile> {
  const blobs = join(layout, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const unnamed = join(blobs, 'unfinished');
  const [plain, stored] = [createHash('sha256'), createHash('sha256')];
  let tarBytes = 0;
  const gzip = spawn('gzip', [`-${level}`, '-n', '-c'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await Promise.all([
    pipeline(Readable.from(hashing(tar, plain, (bytes) => (tarBytes += bytes))), gzip.stdin),
    pipeline(gzip.stdout, (source) => hashing(source, stored), createWriteStream(unnamed)),
  ]);
  const hex = stored.digest('hex');
  const path = join(blobs, hex);
  await rename(unnamed, path);
  const descriptor = {
    mediaType: `${MEDIA_TYPES.layer}+gzip`,
    digest: `sha256:${hex}` as Digest,
    size: (await stat(path)).size,
  };
  return { descriptor, diffId: `sha256:${plain.digest('hex')}` as Digest, path, tarBytes };
}

async function* hashing(
  source: AsyncIterable<Uint8Array>,
  hash: Hash,
  count: (bytes: number) => unknown = () => undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    hash.update(chunk);
    count(chunk.length);
    yield chunk;
  }
}
