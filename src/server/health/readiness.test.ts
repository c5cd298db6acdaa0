import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '#base/error.ts';
import { silentLog } from '#base/log.ts';
import { readiness } from './readiness.ts';

function fixedClock(): { now(): number; time: number } {
  const clock = { time: 1000, now: () => clock.time };
  return clock;
}

test('says what is wrong: errors of ours as they are, others not at all, since anybody may ask', async () => {
  const ready = readiness(
    {
      fine: async () => await Promise.resolve(),
      ours: async () =>
        await Promise.reject(new AppError('A', 'the database does not answer', { object: 'secret host' })),
      other: async () => await Promise.reject(new Error('password hunter2 refused')),
    },
    { clock: fixedClock(), log: silentLog },
  );
  assert.deepEqual(await ready(), {
    isReady: false,
    checks: { fine: 'ok', ours: 'the database does not answer', other: 'it does not answer' },
  });
});

test('asks once for all who ask within two seconds, and again after that', async () => {
  const clock = fixedClock();
  let asked = 0;
  let isBroken = false;
  const probe = async (): Promise<void> => {
    asked += 1;
    await Promise.resolve();
    if (isBroken) {
      throw new Error('broken');
    }
  };
  const ready = readiness({ probe }, { clock, log: silentLog });
  const answers = await Promise.all([ready(), ready(), ready()]);
  assert.ok(answers.every(({ isReady }) => isReady));
  isBroken = true;
  clock.time += 1999;
  assert.equal((await ready()).isReady, true);
  clock.time += 1;
  assert.equal((await ready()).isReady, false);
  assert.equal(asked, 2);
});
