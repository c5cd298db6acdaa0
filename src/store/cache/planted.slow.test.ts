import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import test from 'node:test';
import { BLOCK, factsKey, inFolder, MiB, tickingClock, withEntry } from '#test/fixtures/cache.ts';
import { openCache } from './cache.ts';

test('a folder, a link, a pipe or a socket in the place of an entry reads as absent and gives way', async () => {
  await withEntry(async (folder, file) => {
    const { facts } = openCache(folder, { maxBytes: MiB });
    const outside = join(folder, '../outside');
    renameSync(file, outside);
    const socket = join(folder, '../s');
    const server = createServer().unref();
    await new Promise<void>((settle) => server.listen(socket, settle));
    const plants: readonly (() => void)[] = [
      () => mkdirSync(join(file, 'below'), { recursive: true }),
      // Even to a file that is the entry: what stands outside of the cache is not read.
      () => symlinkSync(outside, file),
      () => symlinkSync('nowhere', file),
      () => renameSync(socket, file),
    ];
    for (const plant of plants) {
      plant();
      const status = await openCache(folder, { maxBytes: MiB }).status({ verify: true });
      assert.deepEqual([status.bytes, status.damaged], [0, [file]]);
      assert.equal(await facts.get(factsKey('a')), null);
      assert.equal(lstatSync(file, { throwIfNoEntry: false }), undefined, 'removed');
    }
    server.close();
    assert.ok(existsSync(outside), 'what a link led to stays');
    await facts.put(factsKey('a'), Buffer.from('content'));
    assert.equal(String(await facts.get(factsKey('a'))), 'content');
  });
});

test('a file or a link in the place of a folder gives way, and nothing is written outside', async () => {
  await withEntry(async (folder, file) => {
    const { facts } = openCache(folder, { maxBytes: MiB });
    const outside = join(folder, '../outside');
    mkdirSync(outside);
    for (const place of [dirname(file), join(folder, 'facts')]) {
      for (const plant of [() => writeFileSync(place, 'x'), () => symlinkSync(outside, place)]) {
        rmSync(place, { recursive: true });
        plant();
        assert.equal(await facts.get(factsKey('a')), null);
        await facts.put(factsKey('a'), Buffer.from('content'));
        assert.equal(String(await facts.get(factsKey('a'))), 'content');
      }
    }
    assert.deepEqual(readdirSync(outside), []);
  });
});

test('a prune does not follow a link out of the cache', async () => {
  await withEntry(async (folder, file) => {
    const outside = join(folder, '../outside');
    renameSync(dirname(file), outside);
    symlinkSync(outside, dirname(file));
    const cache = openCache(folder, { maxBytes: MiB });
    assert.equal((await cache.status()).bytes, 0);
    assert.equal((await cache.prune({ kind: 'all' })).entries, 0);
    assert.deepEqual(readdirSync(outside), [basename(file)]);
  });
});

const LIES: readonly (readonly [string, (tally: string) => void])[] = [
  ['is gone', () => undefined],
  ['is empty', (tally) => writeFileSync(tally, '')],
  ['is not text', (tally) => writeFileSync(tally, Buffer.alloc(100, 0xff))],
  ['is cut off', (tally) => writeFileSync(tally, '12\n1')],
  ['is negative', (tally) => writeFileSync(tally, '-99999999\n')],
  ['is too large', (tally) => writeFileSync(tally, '1\n'.repeat(20_000))],
  ['is a folder', (tally) => mkdirSync(tally)],
  ['is a link', (tally) => symlinkSync('../outside', tally)],
  ['says far too much', (tally) => writeFileSync(tally, '999999999999999\n')],
];

test('a tally that cannot be relied on is made anew by counting', async () => {
  for (const [name, plant] of LIES) {
    await inFolder(async (folder) => {
      const cache = openCache(folder, { maxBytes: 10 * BLOCK, clock: tickingClock() });
      const { facts } = cache;
      for (let index = 0; index < 10; index += 1) {
        await facts.put(factsKey(String(index)), Buffer.alloc(1));
      }
      const tally = join(folder, 'tally');
      rmSync(tally);
      plant(tally);
      await facts.put(factsKey('more'), Buffer.alloc(1));
      assert.equal((await cache.status()).bytes, 9 * BLOCK, name);
      await facts.put(factsKey('and more'), Buffer.alloc(1));
      assert.equal(readFileSync(tally, 'latin1'), `${9 * BLOCK}\n${BLOCK}\n`, name);
      assert.equal(existsSync(join(folder, '../outside')), false);
    });
  }
});

test('a tally that says too little is found out', async () => {
  await inFolder(async (folder) => {
    const cache = openCache(folder, { maxBytes: 10 * BLOCK, clock: tickingClock() });
    const { facts } = cache;
    for (let index = 0; index < 400; index += 1) {
      await facts.put(factsKey(String(index)), Buffer.alloc(1));
      if (index % 8 === 0) {
        writeFileSync(join(folder, 'tally'), '0\n'.repeat(8190));
      }
    }
    assert.ok((await cache.status()).bytes <= 20 * BLOCK);
  });
});

test('files under other names are not ours to count or to remove', async () => {
  await withEntry(async (folder, file) => {
    const others = [join(folder, 'notes'), join(dirname(file), 'notes'), join(folder, 'facts', `ff-${basename(file)}`)];
    for (const path of others) {
      writeFileSync(path, 'mine');
    }
    const cache = openCache(folder, { maxBytes: MiB });
    assert.equal((await cache.status({ verify: true })).bytes, BLOCK);
    await cache.prune({ kind: 'all' });
    assert.deepEqual(others.map(existsSync), [true, true, true]);
    assert.equal(existsSync(file), false);
  });
});
