import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createDigester, type Digest } from '#base/digest.ts';
import { readLayer } from '#lib/layers/index.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import { END, writeEntry } from '#test/fixtures/tar-writer.ts';

/**
 * How long it takes to read a layer of 300 MB with both digests verified, against `gzip -dc | sha256sum` over the same
 * file. That pipe uses two cores as well, but looks at nothing and computes one digest instead of two.
 */
const FILES = 6000;
const FILE_BYTES = 50_000;
/** The best of these counts, and both sides take turns, so that a busy moment of the machine hits neither alone. */
const RUNS = 4;
/** A reader that is slower than the plain tools has lost what it is for. */
const LIMIT = 1;

const executables: Analyser = {
  id: 'executables',
  version: 1,
  knownPaths: [],
  maxFileBytes: FILE_BYTES,
  wants: ({ mode }) => (mode & 0o111) !== 0,
  read: ({ bytes }) => ({ unknowns: [String(bytes.length)] }),
};

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
try {
  const path = join(folder, 'layer.tar.gz');
  const layer = await writeLayer(path);
  const best = { peer: Infinity, plain: Infinity, executables: Infinity };
  for (let run = 0; run < RUNS; run += 1) {
    best.peer = Math.min(best.peer, peer(path));
    best.plain = Math.min(best.plain, await reading(layer, []));
    best.executables = Math.min(best.executables, await reading(layer, [executables]));
  }
  report('layers, no analyser', best.plain, best.peer);
  report('layers, executables held', best.executables, best.peer);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A gzip layer of files that shrink to about 40 %, as programs do; half of them executables. */
async function writeLayer(path: string): Promise<Layer> {
  const tar = createDigester();
  const stored = createDigester();
  const hashed = (digester: typeof tar) =>
    async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        digester.update(chunk);
        yield chunk;
      }
    };
  const gzip = createGzip({ level: 6, chunkSize: 1 << 20 });
  await pipeline(Readable.from(entries()), hashed(tar), gzip, hashed(stored), createWriteStream(path));
  return layerAt(path, stored.digest(), tar.digest());
}

function layerAt(path: string, digest: Digest, diffId: Digest): Layer {
  return {
    index: 0,
    diffId,
    digest,
    size: statSync(path).size,
    mediaType: null,
    createdBy: null,
    content: { kind: 'tar', open: () => createReadStream(path, { highWaterMark: 1 << 20 }) },
  };
}

function* entries(): Generator<Uint8Array> {
  // Pieces of a fixed random text: the same layer in every run, without repeating within the window of gzip.
  const text = Buffer.alloc(8 << 20);
  let state = 1;
  for (let at = 0; at < text.length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text[at] = (state >>> 24) & (at % 3 === 0 ? 0xff : 0x07);
  }
  for (let index = 0; index < FILES; index += 1) {
    const start = Math.imul(index, 1_000_003) % (text.length - FILE_BYTES);
    const content = text.subarray(Math.abs(start), Math.abs(start) + FILE_BYTES);
    yield writeEntry({
      path: `usr/lib/package-${index >> 6}/file-${index}`,
      content,
      mode: index % 2 === 0 ? 0o755 : 0o644,
    });
  }
  yield END;
}

function peer(path: string): number {
  const start = performance.now();
  const { status } = spawnSync('sh', ['-c', 'gzip -dc "$0" | sha256sum', path]);
  if (status !== 0) {
    throw new Error('gzip and sha256sum are needed');
  }
  return (performance.now() - start) / 1000;
}

async function reading(layer: Layer, analysers: readonly Analyser[]): Promise<number> {
  const start = performance.now();
  const { entries: found, facts } = await readLayer(layer, analysers, { integrity: 'require' });
  if (found.length !== FILES || facts.length !== (analysers.length * FILES) / 2) {
    throw new Error(`${found.length} files and ${facts.length} facts, expected ${FILES} files`);
  }
  return (performance.now() - start) / 1000;
}

function report(name: string, seconds: number, peerSeconds: number): void {
  const ratio = seconds / peerSeconds;
  const speed = (of: number): string => `${((FILES * FILE_BYTES) / 1e6 / of).toFixed(0)} MB/s`;
  console.log(
    `${name}: ${ratio.toFixed(2)} of the time of gzip -dc | sha256sum (limit ${LIMIT}), ${speed(seconds)} to ${speed(peerSeconds)}`,
  );
  if (ratio > LIMIT) {
    process.exitCode = 1;
  }
}
