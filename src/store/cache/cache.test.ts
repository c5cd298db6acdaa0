import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { digestOf } from '#base/digest.ts';
import {
  BLOCK,
  clockAt,
  entryFiles,
  factsKey,
  HOUR,
  inFolder,
  MiB,
  NOON,
  tickingClock,
  withEntry,
} from '#test/fixtures/cache.ts';
import { openCache } from './cache.ts';

test('what was put is got, per diffID, analyser, version and configuration, also by another process', async () => {
  await inFolder(async (folder) => {
    const { facts } = openCache(folder, { maxBytes: MiB });
    assert.equal(await facts.get(factsKey('a')), null);
    const others = [factsKey('a', 'dpkg'), factsKey('a', 'npm', 2), factsKey('a', 'npm', 1, '{"x":1}')];
    const keys = [factsKey('a'), factsKey('b'), ...others, factsKey('a', '__proto__'), factsKey('a', '../../x')];
    for (const [index, item] of keys.entries()) {
      await facts.put(item, Buffer.from(`content ${index}`));
    }
    await facts.put(factsKey('a'), Buffer.from('newer'));
    await facts.put(factsKey('empty'), Buffer.alloc(0));
    const other = openCache(folder, { maxBytes: MiB }).facts;
    const found = await Promise.all(keys.map((item) => other.get(item)));
    assert.deepEqual(found.map(String), ['newer', ...keys.slice(1).map((_, index) => `content ${index + 1}`)]);
    assert.deepEqual(await other.get(factsKey('empty')), Buffer.alloc(0));
    const files = entryFiles(folder);
    assert.equal(files.length, keys.length + 1);
    for (const file of files) {
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.match(file.slice(folder.length), /^\/facts\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/);
    }
  });
});

test('a document is kept under its digest, and only if it has it', async () => {
  await inFolder(async (folder) => {
    const { documents, facts } = openCache(folder, { maxBytes: MiB });
    const manifest = Buffer.from('{"schemaVersion":2}');
    const names = [digestOf(manifest), digestOf(manifest, 'sha512')];
    for (const digest of names) {
      assert.equal(await documents.get(digest), null);
      await documents.put(digest, manifest);
      assert.deepEqual(await documents.get(digest), manifest);
    }
    await documents.put(digestOf('another'), manifest);
    assert.equal(await documents.get(digestOf('another')), null);
    assert.equal(entryFiles(folder).length, 2);
    assert.equal(await facts.get({ ...factsKey('a'), diffId: digestOf(manifest) }), null);
  });
});

test('a damaged entry reads as absent, is removed, and can be made again', async () => {
  await withEntry(async (folder, file) => {
    const { facts } = openCache(folder, { maxBytes: MiB });
    const whole = readFileSync(file);
    await facts.put(factsKey('b'), Buffer.from('of another key'));
    const foreign = readFileSync(entryFiles(folder).find((path) => path !== file) ?? '');
    const flipped = Buffer.from(whole);
    flipped[whole.length - 1] = 0;
    for (const bytes of [flipped, whole.subarray(0, -1), Buffer.alloc(0), foreign, Buffer.alloc(100_000)]) {
      writeFileSync(file, bytes);
      assert.equal(await facts.get(factsKey('a')), null);
      assert.equal(existsSync(file), false, 'removed');
      await facts.put(factsKey('a'), Buffer.from('content'));
      assert.deepEqual(readFileSync(file), whole);
      assert.equal(String(await facts.get(factsKey('a'))), 'content');
    }
    assert.equal(String(await facts.get(factsKey('b'))), 'of another key');
  });
});

test('the least recently used entries go when the cache is full, of whatever kind', async () => {
  await inFolder(async (folder) => {
    const { facts, documents } = openCache(folder, { maxBytes: 5 * BLOCK, clock: tickingClock() });
    const manifest = Buffer.from('manifest');
    await documents.put(digestOf(manifest), manifest);
    for (const name of ['a', 'b', 'c', 'd']) {
      await facts.put(factsKey(name), Buffer.alloc(1000));
    }
    assert.ok((await documents.get(digestOf(manifest))) !== null, 'reading is a use');
    await facts.put(factsKey('e'), Buffer.alloc(1000));
    const left: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      if ((await facts.get(factsKey(name))) !== null) {
        left.push(name);
      }
    }
    assert.deepEqual(left, ['c', 'd', 'e'], 'nine tenths are four blocks');
    assert.ok((await documents.get(digestOf(manifest))) !== null);
    await facts.put(factsKey('huge'), Buffer.alloc(5 * BLOCK));
    assert.equal(await facts.get(factsKey('huge')), null, 'what does not fit is not kept');
    assert.ok((await facts.get(factsKey('e'))) !== null);
  });
});

test('a use is noted once an hour, so that reading writes nothing', async () => {
  await withEntry(async (folder, file) => {
    const used = async (now: number): Promise<number> => {
      assert.ok((await openCache(folder, { maxBytes: MiB, clock: clockAt(now) }).facts.get(factsKey('a'))) !== null);
      return statSync(file).mtimeMs;
    };
    utimesSync(file, NOON / 1000, NOON / 1000);
    assert.equal(await used(NOON + HOUR - 1), NOON);
    assert.equal(await used(NOON + HOUR), NOON + HOUR);
    // A clock that was wrong does not keep an entry for ever.
    utimesSync(file, (NOON + 900 * HOUR) / 1000, (NOON + 900 * HOUR) / 1000);
    assert.equal(await used(NOON), NOON);
  });
});

test('an entry that was used in the future goes first', async () => {
  await inFolder(async (folder) => {
    const put = async (name: string, now: number): Promise<void> =>
      await openCache(folder, { maxBytes: 4 * BLOCK, clock: clockAt(now) }).facts.put(factsKey(name), Buffer.alloc(1));
    await put('future', NOON + 1000 * HOUR);
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
      await put(name, NOON + index);
    }
    const { facts } = openCache(folder, { maxBytes: MiB, clock: clockAt(NOON) });
    assert.equal(await facts.get(factsKey('future')), null);
    assert.ok((await facts.get(factsKey('d'))) !== null);
  });
});

test('a cache that is too large makes room with the first write of whoever has the lower limit', async () => {
  await inFolder(async (folder) => {
    const { facts } = openCache(folder, { maxBytes: MiB, clock: tickingClock() });
    for (let index = 0; index < 20; index += 1) {
      await facts.put(factsKey(`old ${index}`), Buffer.alloc(1000));
    }
    const small = openCache(folder, { maxBytes: 5 * BLOCK });
    await small.facts.put(factsKey('new'), Buffer.alloc(1000));
    assert.equal((await small.status()).bytes, 4 * BLOCK);
    assert.ok((await facts.get(factsKey('new'))) !== null);
  });
});

test('writes look at the tally, not at all files', async () => {
  await inFolder(async (folder) => {
    const cache = openCache(folder, { maxBytes: MiB, clock: tickingClock() });
    const { facts } = cache;
    await facts.put(factsKey('a'), Buffer.alloc(1));
    writeFileSync(join(folder, 'tally'), '0\n');
    const leftover = join(dirname(entryFiles(folder)[0] ?? ''), 'tmp-1-dead');
    writeFileSync(leftover, 'half');
    utimesSync(leftover, 0, 0);
    for (let index = 0; index < 50; index += 1) {
      await openCache(folder, { maxBytes: MiB }).facts.put(factsKey(String(index)), Buffer.alloc(1));
    }
    assert.ok(existsSync(leftover), 'nobody looked');
    assert.equal((await cache.status()).bytes, 51 * BLOCK);
  });
});

test('a cache that cannot be written to keeps nothing and says nothing', async () => {
  await inFolder(async (folder) => {
    writeFileSync(folder, 'a file where the folder should be');
    const cache = openCache(folder, { maxBytes: MiB });
    await cache.facts.put(factsKey('a'), Buffer.from('a'));
    assert.equal(await cache.facts.get(factsKey('a')), null);
    assert.equal((await cache.status({ verify: true })).bytes, 0);
    assert.equal((await cache.prune({ kind: 'all' })).entries, 0);
  });
});
