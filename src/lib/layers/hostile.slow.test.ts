import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import test from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isAppError, messageOf } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { layerOf } from '#test/fixtures/layers.ts';
import { extension, headerBlock, writeTar } from '#test/fixtures/tar-writer.ts';
import { readLayer } from './read-layer.ts';

evidence(
  'layers/reading',
  'self-made',
  'bombs, a million files, endless names: memory is measured in a process of its own',
);

const MiB = 1024 * 1024;
const REQUIRE = { integrity: 'require' } as const;

test('gzip and zstd bombs are refused once they show', async () => {
  const zeros = Buffer.alloc(64 * MiB);
  for (const part of [gzipSync(zeros), zstdCompressSync(zeros)]) {
    const bomb = Buffer.concat(Array.from({ length: 32 }, () => part));
    let most = 0;
    const reading = readLayer(layerOf([], { stored: bomb }), [], {
      ...REQUIRE,
      progress: () => {
        most = Math.max(most, process.memoryUsage.rss());
      },
    });
    const before = process.memoryUsage.rss();
    await assert.rejects(
      reading,
      (error) => isAppError(error) && error.code === 'LIMIT_EXCEEDED' && /bomb/.test(messageOf(error)),
    );
    assert.ok(most - before < 300 * MiB, `${most - before} bytes more`);
  }
});

test('extensions that never end in an entry are bounded', async () => {
  const endless = Buffer.concat(Array.from({ length: 500 }, () => extension('L', Buffer.alloc(LIMITS.pathBytes, 'n'))));
  assert.equal((await readLayer(layerOf(endless), [], REQUIRE)).entries.length, 0);
  const large = extension('x', Buffer.alloc(LIMITS.tarExtensionBytes + 1));
  await assert.rejects(
    readLayer(layerOf(large), [], REQUIRE),
    (error) => isAppError(error) && error.code === 'LIMIT_EXCEEDED',
  );
});

test('thousands of entries that cannot be read are counted, not listed', async () => {
  const bad = headerBlock({ name: '../x', flag: '0' });
  const tar = Buffer.concat([...Array.from({ length: 12_000 }, () => bad), writeTar([])]);
  const { unreadable } = await readLayer(layerOf(tar), [], REQUIRE);
  assert.equal(unreadable.length, 10_001);
  assert.deepEqual(unreadable.at(-1), {
    path: null,
    analyser: 'layers',
    reason: '2000 more entries that could not be read',
  });
});

/** Reads a layer of a million files and squashes it. */
const MILLION = `
import { readImageFacts } from '#lib/layers/index.ts';
import { imageOf, textAnalyser } from '#test/fixtures/layers.ts';
import { manyFiles } from '#test/fixtures/many-files.ts';
import { peakBytes } from '#test/fixtures/peak-memory.ts';
const analyser = textAnalyser('a', ({ path }) => path.endsWith('.json'), { knownPaths: ['etc/os-release'] });
const { files } = await readImageFacts(imageOf(manyFiles(1_000_000)), [analyser], { integrity: 'require' });
console.log(JSON.stringify({ files, bytes: peakBytes() }));
`;

test('a million tiny files are read in less than 400 MB', () => {
  const cwd = resolve(import.meta.dirname, '../../..');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', MILLION], {
    cwd,
  });
  assert.equal(status, 0, stderr.toString());
  const { files, bytes } = JSON.parse(stdout.toString()) as { readonly files: number; readonly bytes: number };
  assert.equal(files, 1_000_000);
  assert.ok(bytes < 400_000 * 1024, `${bytes} bytes resident`);
});
