import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const manifest = resolve(import.meta.dirname, '../fixtures/chisel/manifest.wall');
const NEWLINE = 0x0a;

/** Manifests of Chisel. The input is what a manifest is when it is decompressed. */
export const chiselManifest: FuzzTarget = {
  id: 'chisel-manifest',
  seeds: () => [zstdDecompressSync(readFileSync(manifest))],
  maxMillis: 200,
  dictionary: ['{"kind":"path",', '{"kind":"package",', '"slices":["', '"final_sha256":"', '"name":"', '_', '\n'],
  fixUp: (mutated, random) => (random.oneIn(4) ? mutated : withHeader(mutated)),
  run: (input) => runCataloger('chisel', 'var/lib/chisel/manifest.wall', zstdCompressSync(input)),
};

/** The header in place of the first line, with as many lines as there are. */
function withHeader(mutated: Uint8Array): Uint8Array {
  const start = mutated.indexOf(NEWLINE) + 1;
  const lines = mutated.subarray(start).reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 1);
  return Buffer.concat([Buffer.from(`{"jsonwall":"1.0","schema":"1.0","count":${lines}}\n`), mutated.subarray(start)]);
}
