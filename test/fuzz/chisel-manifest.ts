import { zstdCompressSync } from 'node:zlib';
import { LIMITS, unzstdBounded } from '#base/limits.ts';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const LINES: readonly unknown[] = [
  { jsonwall: '1.0', schema: '1.0', count: 5 },
  { kind: 'content', slice: 'hello_bins', path: '/usr/bin/hello' },
  { kind: 'package', name: 'hello', version: '2.10-2ubuntu4', sha256: '75', arch: 'amd64' },
  { kind: 'path', path: '/usr/bin/hello', mode: '0755', slices: ['hello_bins', 'libc6_libs'], sha256: '02', size: 1 },
  { kind: 'slice', name: 'hello_bins' },
];

/** Manifests of Chisel: what is inside is damaged, and mostly compressed again. */
export const chiselManifest: FuzzTarget = {
  id: 'chisel-manifest',
  seeds: () => [zstdCompressSync(Buffer.from(LINES.map((line) => `${JSON.stringify(line)}\n`).join('')))],
  maxMillis: 200,
  mutate: (input, random, bytes) => (random.oneIn(8) ? bytes(input) : inside(input, bytes)),
  run: (input) => runCataloger('chisel', 'var/lib/chisel/manifest.wall', input),
};

function inside(input: Uint8Array, bytes: (inner: Uint8Array) => Uint8Array): Uint8Array {
  try {
    return zstdCompressSync(bytes(unzstdBounded(input, LIMITS.manifestBytes)));
  } catch {
    return bytes(input);
  }
}
