import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { digestOf } from '#base/digest.ts';
import { BLOCK, clockAt, entryFiles, factsKey, HOUR, inFolder, MiB, NOON, withEntry } from '#test/fixtures/cache.ts';
import { openCache } from './cache.ts';

test('leftovers of dead writers are removed after an hour', async () => {
  await withEntry(async (folder, file) => {
    const clock = clockAt(NOON);
    const leftover = (name: string, minutes: number): string => {
      const path = join(file, '..', name);
      writeFileSync(path, 'half');
      utimesSync(path, NOON / 1000 - minutes * 60, NOON / 1000 - minutes * 60);
      return path;
    };
    const dead = leftover('tmp-1-dead', 61);
    const alive = leftover('tmp-2-alive', 59);
    const cache = openCache(folder, { maxBytes: MiB, clock });
    const pruned = await cache.prune({ kind: 'size', bytes: MiB });
    assert.deepEqual([existsSync(dead), existsSync(alive)], [false, true]);
    assert.deepEqual([pruned.entries, pruned.leftovers, pruned.failed], [0, 1, []]);
    assert.equal((await cache.status({ verify: true })).bytes, BLOCK, 'what is being written is no entry');
  });
});

test('status counts by kind, and names what is damaged only when asked to look', async () => {
  await inFolder(async (folder) => {
    const empty = await openCache(folder, { maxBytes: MiB }).status({ verify: true });
    assert.deepEqual([empty.bytes, empty.oldest, empty.newest, empty.damaged], [0, null, null, []]);
    const at = (hour: number) => openCache(folder, { maxBytes: MiB, clock: clockAt(NOON + hour * HOUR) });
    await at(1).facts.put(factsKey('a'), Buffer.alloc(BLOCK));
    await at(3).facts.put(factsKey('b'), Buffer.alloc(1));
    await at(2).documents.put(digestOf('x'), Buffer.from('x'));
    const cache = at(9);
    const before = filesAndTimes(folder);
    assert.deepEqual(await cache.status(), {
      folder,
      bytes: 4 * BLOCK,
      limit: MiB,
      kinds: [
        { kind: 'facts', entries: 2, bytes: 3 * BLOCK },
        { kind: 'documents', entries: 1, bytes: BLOCK },
        { kind: 'verifications', entries: 0, bytes: 0 },
      ],
      oldest: NOON + HOUR,
      newest: NOON + 3 * HOUR,
      damaged: null,
    });
    assert.deepEqual((await cache.status({ verify: true })).damaged, []);
    assert.deepEqual(filesAndTimes(folder), before, 'looking is no use');
    const [document = '', ...others] = entryFiles(folder);
    // A whole entry under the name of another, and one of the other kind.
    writeFileSync(document, readFileSync(others[0] ?? ''));
    writeFileSync(others[1] ?? '', '');
    assert.deepEqual((await cache.status({ verify: true })).damaged, [document, others[1] ?? '']);
    assert.equal((await cache.prune({ kind: 'all' })).entries, 3);
  });
});

function filesAndTimes(folder: string): readonly (readonly [string, number])[] {
  return entryFiles(folder).map((path) => [path, statSync(path).mtimeMs] as const);
}

test('prune removes what it is told to and says what that was', async () => {
  await inFolder(async (folder) => {
    const fill = async (): Promise<void> => {
      for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
        const clock = clockAt(NOON + index * HOUR);
        await openCache(folder, { maxBytes: MiB, clock }).facts.put(factsKey(name), Buffer.alloc(1));
      }
    };
    const cache = openCache(folder, { maxBytes: MiB, clock: clockAt(NOON + 5 * HOUR) });
    const nothing = { leftovers: 0, failed: [] };
    const none = { entries: 0, bytes: 0 };
    assert.deepEqual(await cache.prune({ kind: 'all' }), { ...none, ...nothing, remaining: none });
    await fill();
    assert.deepEqual(await cache.prune({ kind: 'unused-since', instant: NOON + 2 * HOUR }), {
      entries: 2,
      bytes: 2 * BLOCK,
      ...nothing,
      remaining: { entries: 3, bytes: 3 * BLOCK },
    });
    assert.equal(await cache.facts.get(factsKey('b')), null);
    await fill();
    assert.equal((await cache.prune({ kind: 'size', bytes: 4 * BLOCK - 1 })).entries, 2);
    assert.equal(await cache.facts.get(factsKey('b')), null);
    assert.ok((await cache.facts.get(factsKey('c'))) !== null);
    assert.deepEqual(await cache.prune({ kind: 'all' }), {
      entries: 3,
      bytes: 3 * BLOCK,
      ...nothing,
      remaining: none,
    });
    assert.deepEqual(entryFiles(folder), []);
  });
});
