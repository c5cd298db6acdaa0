import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from './pool.ts';

test('results are in order, and never more than the limit are under way', async () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  for (const limit of [1, 3, 50]) {
    let running = 0;
    let most = 0;
    const results = await mapConcurrently(items, limit, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(item % 3);
      running -= 1;
      return item * 2;
    });
    assert.deepEqual(
      results,
      items.map((item) => item * 2),
    );
    assert.equal(most, Math.min(limit, items.length));
  }
  assert.deepEqual(await mapConcurrently([], 3, () => Promise.resolve(1)), []);
});

test('the first failure stops the rest and is the one that is thrown', async () => {
  const started: number[] = [];
  const work = async (item: number, _index: number, signal: AbortSignal): Promise<void> => {
    started.push(item);
    if (item === 1) {
      throw new Error('second item');
    }
    // The others wait for the end of all.
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
  };
  await assert.rejects(mapConcurrently([0, 1, 2, 3], 2, work), /second item/);
  assert.deepEqual(started, [0, 1]);
});

test('an abort from outside is passed on and thrown as it is', async () => {
  const controller = new AbortController();
  const waiting = mapConcurrently(
    [1, 2],
    2,
    (_item, _index, signal) => sleep(60_000, null, { signal }),
    controller.signal,
  );
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});
