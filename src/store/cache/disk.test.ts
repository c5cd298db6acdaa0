import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { BLOCK, entryFiles, factsKey, inFolder, MiB, withEntry } from '#test/fixtures/cache.ts';
import { missing } from '#test/prerequisites.ts';
import { openCache } from './cache.ts';

const skip = missing('root');

/** A file system of 128 KiB in the place of the folder. */
async function onSmallDisk(use: (folder: string, mount: (options: string) => void) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'plimsoll-test', folder]);
    try {
      await use(folder, (options) => execFileSync('mount', ['-o', options, folder]));
    } finally {
      execFileSync('umount', [folder]);
    }
  });
}

test('a full disk keeps nothing more, loses nothing, and is used again when there is room', { skip }, async () => {
  await onSmallDisk(async (folder) => {
    const cache = openCache(folder, { maxBytes: MiB });
    await cache.facts.put(factsKey('small'), Buffer.from('small'));
    await cache.facts.put(factsKey('large'), Buffer.alloc(200_000));
    for (let index = 0; index < 60; index += 1) {
      await cache.facts.put(factsKey(String(index)), Buffer.alloc(3000));
    }
    assert.equal(await cache.facts.get(factsKey('large')), null);
    assert.equal(await cache.facts.get(factsKey('59')), null);
    assert.equal(String(await cache.facts.get(factsKey('small'))), 'small');
    const { bytes, damaged } = await cache.status({ verify: true });
    assert.ok(bytes >= 20 * BLOCK && bytes <= 128 * 1024, `${bytes} bytes`);
    assert.deepEqual(damaged, []);
    assert.equal((await cache.prune({ kind: 'size', bytes: 10 * BLOCK })).failed.length, 0);
    await cache.facts.put(factsKey('59'), Buffer.from('now'));
    assert.equal(String(await cache.facts.get(factsKey('59'))), 'now');
  });
});

test('a read-only disk is read from and nothing else', { skip }, async () => {
  await onSmallDisk(async (folder, mount) => {
    const cache = openCache(folder, { maxBytes: MiB, clock: { now: () => 0 } });
    await cache.facts.put(factsKey('a'), Buffer.from('a'));
    await cache.facts.put(factsKey('b'), Buffer.from('b'));
    const [damaged = ''] = entryFiles(folder);
    writeFileSync(damaged, 'x');
    mount('remount,ro');
    const late = openCache(folder, { maxBytes: BLOCK });
    await late.facts.put(factsKey('c'), Buffer.from('c'));
    const found = await Promise.all(['a', 'b', 'c'].map(async (name) => await late.facts.get(factsKey(name))));
    assert.deepEqual(found.filter((bytes) => bytes !== null).length, 1);
    assert.deepEqual((await late.status({ verify: true })).damaged, [damaged]);
    const pruned = await late.prune({ kind: 'all' });
    assert.deepEqual([pruned.entries, pruned.failed.length, pruned.remaining.entries], [0, 2, 2]);
  });
});

const run = promisify(execFile);

const READER = `
import { openCache } from '#store/cache/index.ts';
import { digestOf } from '#base/digest.ts';
const [folder] = process.argv.slice(1);
process.setgroups([]); process.setgid(65534); process.setuid(65534);
const { facts } = openCache(folder, { maxBytes: 1e6 });
const key = { diffId: digestOf('a'), analyser: 'npm', version: 1, configuration: '{}' };
const before = await facts.get(key);
await facts.put(key, Buffer.from('made again'));
console.log(before, String(await facts.get(key)));
`;

test('an entry that may not be read is as good as none, and is made again where that is allowed', {
  skip,
}, async () => {
  await withEntry(async (folder, file) => {
    chmodSync(file, 0o600);
    for (const path of [dirname(folder), folder, join(folder, 'facts')]) {
      chmodSync(path, 0o755);
    }
    const read = async (): Promise<string> => {
      const args = ['--input-type=module-typescript', '-e', READER, folder];
      return (await run(process.execPath, args, { cwd: join(import.meta.dirname, '../../..') })).stdout;
    };
    chmodSync(dirname(file), 0o755);
    assert.equal(await read(), 'null null\n');
    chmodSync(dirname(file), 0o777);
    assert.equal(await read(), 'null made again\n');
  });
});
