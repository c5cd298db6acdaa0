import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { Loop } from './loop.ts';

/** Longer than any test: a turn that comes was woken. */
const NEVER_MS = 1_000_000_000;

test('takes its first turn at once, and others as it is woken', async () => {
  const turns = new Turns();
  const loop = new Loop({ everyMs: NEVER_MS, log: silentLog, turn: turns.take });
  await turns.reach(1);
  loop.wake();
  await turns.reach(2);
  await loop.stop();
  assert.deepEqual(turns.taken, [true, true]);
});

test('takes turns by itself, which says that it was not woken', async () => {
  const turns = new Turns();
  const loop = new Loop({ everyMs: 1, log: silentLog, turn: turns.take });
  await turns.reach(3);
  await loop.stop();
  assert.deepEqual(turns.taken.slice(0, 3), [true, false, false]);
});

test('takes another turn when it is woken during one, and never two at once', async () => {
  const gate = Promise.withResolvers<void>();
  const turns = new Turns();
  let atOnce = 0;
  const loop = new Loop({
    everyMs: NEVER_MS,
    log: silentLog,
    turn: async (isWoken) => {
      atOnce += 1;
      assert.equal(atOnce, 1);
      await turns.take(isWoken);
      await gate.promise;
      atOnce -= 1;
    },
  });
  await turns.reach(1);
  loop.wake();
  loop.wake();
  gate.resolve();
  await turns.reach(2);
  await loop.stop();
  assert.equal(turns.taken.length, 2);
});

test('goes on after a turn that failed, and says so', async () => {
  const said: unknown[] = [];
  const turns = new Turns();
  const loop = new Loop({
    everyMs: 1,
    log: { ...silentLog, warn: (message, fields) => said.push([message, fields]) },
    turn: async (isWoken) => {
      await turns.take(isWoken);
      if (turns.taken.length === 1) {
        throw new Error('away');
      }
    },
  });
  await turns.reach(2);
  await loop.stop();
  assert.deepEqual(said, [['jobs cannot be reached, trying again', { error: 'away' }]]);
});

test('stops after the turn at hand, and takes none after that', async () => {
  const turns = new Turns();
  const loop = new Loop({ everyMs: NEVER_MS, log: silentLog, turn: turns.take });
  await turns.reach(1);
  await loop.stop();
  loop.wake();
  await new Promise(setImmediate);
  assert.equal(turns.taken.length, 1);
});

class Turns {
  readonly taken: boolean[] = [];
  #waiting: (() => void)[] = [];

  readonly take = (isWoken: boolean): Promise<void> => {
    this.taken.push(isWoken);
    for (const resolve of this.#waiting.splice(0)) {
      resolve();
    }
    return Promise.resolve();
  };

  async reach(count: number): Promise<void> {
    while (this.taken.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}
