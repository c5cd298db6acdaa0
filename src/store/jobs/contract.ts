import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Job } from '#model/platform/job.ts';
import {
  Gate,
  JobBench,
  type JobBenchDriver,
  KIND,
  NO_JOBS,
  noting,
  PATIENCE_MS,
  until,
} from '#test/fixtures/job-bench.ts';

/** What every driver of jobs does; what takes its time, with workers that die, is in `leases/contract.ts`. */
export function jobContract(driver: JobBenchDriver): void {
  describe(`jobs on ${driver.name}`, { skip: driver.skip }, () => {
    let bench: JobBench;
    before(async () => {
      bench = await JobBench.open(driver);
    });
    after(() => bench.close());

    it('has jobs done, and forgets them', async () => {
      const seen: Job[] = [];
      await bench.enqueue({ text: 'ä"\\', number: 1.5, yes: true, none: null });
      assert.deepEqual(await bench.counts(), { ...NO_JOBS, waiting: 1 });
      const runner = await bench.start(noting(seen));
      await bench.untilCounts(NO_JOBS);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ kind, payload, attempt, maxAttempts }) => ({ kind, payload, attempt, maxAttempts })),
        [{ kind: KIND, payload: { text: 'ä"\\', number: 1.5, yes: true, none: null }, attempt: 1, maxAttempts: 5 }],
      );
    });

    it('enqueues in the transaction of the caller', async () => {
      const undone = bench.store.transaction(async (records) => {
        await records.jobs.enqueue({ kind: KIND, payload: { name: 'undone' } }, systemClock.now());
        throw new RangeError('undo');
      });
      await assert.rejects(undone, RangeError);
      assert.deepEqual(await bench.counts(), NO_JOBS);
    });

    it('has a job done that comes while a worker waits', async () => {
      const seen: Job[] = [];
      const runner = await bench.start(noting(seen));
      await bench.enqueue({ name: 'later' });
      await bench.untilCounts(NO_JOBS);
      await runner.stop(PATIENCE_MS);
      assert.equal(seen.length, 1);
    });

    it('replaces a job that waits with the next of its key', async () => {
      const seen: Job[] = [];
      await bench.enqueue({ version: 1 }, { key: 'one', runAt: 0 });
      await bench.enqueue({ version: 2 }, { key: 'one', maxAttempts: 7 });
      await bench.enqueue({ version: 1 }, { key: 'two' });
      assert.deepEqual(await bench.counts(), { ...NO_JOBS, waiting: 2 });
      const runner = await bench.start(noting(seen));
      await bench.untilCounts(NO_JOBS);
      await runner.stop(PATIENCE_MS);
      const found = seen.map(({ payload, maxAttempts }) => `${String(payload['version'])} of ${maxAttempts}`);
      assert.deepEqual(found.toSorted(), ['1 of 5', '2 of 7']);
    });

    it('keeps the next of a key for when the one at hand is done', async () => {
      const seen: Job[] = [];
      const gate = new Gate();
      const runner = await bench.start(
        noting(seen, () => gate.pass()),
        { concurrency: 1 },
      );
      await bench.enqueue({ version: 1 }, { key: 'one' });
      await gate.reached();
      await bench.enqueue({ version: 2 }, { key: 'one' });
      await bench.enqueue({ version: 3 }, { key: 'one' });
      assert.deepEqual(await bench.counts(), { ...NO_JOBS, waiting: 1, running: 1 });
      gate.open();
      await bench.untilCounts(NO_JOBS);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ payload }) => payload['version']),
        [1, 3],
      );
    });

    it('does a job when its time has come, not before', async () => {
      const seen: Job[] = [];
      await bench.enqueue({ name: 'in a day' }, { runAt: systemClock.now() + 86_400_000 });
      await bench.enqueue({ name: 'now' });
      const runner = await bench.start(noting(seen));
      await bench.untilCounts({ ...NO_JOBS, waiting: 1 });
      assert.deepEqual(namesOf(seen), ['now']);
      await bench.hasten();
      await bench.untilCounts(NO_JOBS);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(namesOf(seen), ['now', 'in a day']);
    });

    it('does the most urgent first, and of these the oldest', async () => {
      const seen: Job[] = [];
      await bench.enqueue({ name: 'c' }, { priority: 5, runAt: 1 });
      await bench.enqueue({ name: 'b' }, { priority: 0, runAt: 2 });
      await bench.enqueue({ name: 'd' }, { priority: 5, runAt: 2 });
      await bench.enqueue({ name: 'a' }, { priority: -3, runAt: 3 });
      const runner = await bench.start(noting(seen), { concurrency: 1 });
      await bench.untilCounts(NO_JOBS);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(namesOf(seen), ['a', 'b', 'c', 'd']);
    });

    it('takes only the kinds that it can do', async () => {
      const seen: Job[] = [];
      await bench.enqueue({}, { kind: 'expire-uploads' });
      await bench.enqueue({});
      const one = await bench.start(noting(seen));
      await bench.untilCounts({ ...NO_JOBS, waiting: 1 });
      await one.stop(PATIENCE_MS);
      const two = await bench.start({ 'expire-uploads': noting(seen) });
      await bench.untilCounts(NO_JOBS);
      await two.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ kind }) => kind),
        [KIND, 'expire-uploads'],
      );
    });

    it('tries again what failed, as often as allowed, and keeps it as failed then', async () => {
      const seen: Job[] = [];
      await bench.enqueue({}, { maxAttempts: 3, key: 'failing' });
      const runner = await bench.start(noting(seen, () => Promise.reject(new Error('no'))));
      for (const attempt of [1, 2]) {
        await until(`attempt ${attempt}`, async () => {
          assert.equal(seen.length, attempt);
          assert.deepEqual(await bench.counts(), { ...NO_JOBS, waiting: 1 });
        });
        await bench.hasten();
      }
      await bench.untilCounts({ ...NO_JOBS, failed: 1 });
      await bench.hasten();
      // It is not in the way of the next of its key.
      await bench.enqueue({}, { maxAttempts: 1, key: 'failing' });
      await bench.untilCounts({ ...NO_JOBS, failed: 2 });
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(attemptsOf(seen), [1, 2, 3, 1]);
      await bench.enqueue({ name: 'waits' }, { runAt: systemClock.now() + 86_400_000 });
      assert.equal(await bench.store.jobs.forgetFailed(systemClock.now() - 86_400_000), 0);
      assert.equal(await bench.store.jobs.forgetFailed(systemClock.now() + 60_000), 2);
      assert.deepEqual(await bench.counts(), { ...NO_JOBS, waiting: 1 });
      await bench.hasten();
      const last = await bench.start(noting(seen));
      await bench.untilCounts(NO_JOBS);
      await last.stop(PATIENCE_MS);
    });

    it('gives each job to one of many workers', async () => {
      const earlier = await bench.counts();
      const seen: Job[] = [];
      const stores = await Promise.all([bench.another(), bench.another(), bench.another()]);
      const runners = await Promise.all(stores.map((on) => bench.start(noting(seen), { on, concurrency: 2 })));
      await bench.store.transaction(async ({ jobs }) => {
        for (let name = 0; name < 60; name += 1) {
          await jobs.enqueue({ kind: KIND, payload: { name } }, systemClock.now());
        }
      });
      await bench.untilCounts(earlier);
      await Promise.all(runners.map((runner) => runner.stop(PATIENCE_MS)));
      assert.deepEqual(
        namesOf(seen).toSorted((a, b) => Number(a) - Number(b)),
        Array.from({ length: 60 }, (_, index) => index),
      );
    });

    it('waits for the jobs at hand when it stops', async () => {
      const earlier = await bench.counts();
      const gate = new Gate();
      await bench.enqueue({});
      const runner = await bench.start(() => gate.pass());
      await gate.reached();
      const stopped = runner.stop(PATIENCE_MS);
      gate.open();
      await stopped;
      assert.deepEqual(await bench.counts(), earlier);
    });

    for (const [what, endsWith] of [
      ['that minds its signal', aborted],
      ['that does not mind its signal', () => new Promise<never>(() => undefined)],
    ] as const) {
      it(`gives back after the time of grace a job ${what}, as if it had not been tried`, async () => {
        const earlier = await bench.counts();
        const seen: Job[] = [];
        const gate = new Gate();
        await bench.enqueue({}, { maxAttempts: 1 });
        const runner = await bench.start(
          noting(seen, (_, signal) => {
            void gate.pass();
            return endsWith(signal);
          }),
        );
        await gate.reached();
        await runner.stop(10);
        assert.deepEqual(await bench.counts(), { ...earlier, waiting: earlier.waiting + 1 });
        const next = await bench.start(noting(seen), { on: await bench.another() });
        await bench.untilCounts(earlier);
        await next.stop(PATIENCE_MS);
        assert.deepEqual(attemptsOf(seen), [1, 1]);
      });
    }

    for (const [what, more] of [
      ['a priority out of range', { priority: 40_000 }],
      ['no attempts', { maxAttempts: 0 }],
      ['a payload that is too large', { payload: { text: 'x'.repeat(70_000) } }],
      ['a time that is none', { runAt: Number.NaN }],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const earlier = await bench.counts();
        await assert.rejects(bench.enqueue({}, more), { code: 'JOB_INVALID' });
        assert.deepEqual(await bench.counts(), earlier);
      });
    }
  });
}

function namesOf(jobs: readonly Job[]): readonly unknown[] {
  return jobs.map(({ payload }) => payload['name']);
}

function attemptsOf(jobs: readonly Job[]): readonly number[] {
  return jobs.map(({ attempt }) => attempt);
}

/** Throws when the signal aborts. */
async function aborted(signal: AbortSignal): Promise<void> {
  await once(signal, 'abort');
  signal.throwIfAborted();
}
