import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '#model/platform/job.ts';
import {
  Gate,
  JOB_TIMES,
  JobBench,
  type JobBenchDriver,
  KIND,
  NO_JOBS,
  noting,
  PATIENCE_MS,
  until,
} from '#test/fixtures/job-bench.ts';

/** What every driver of jobs does about workers that live and die. It takes as long as a few leases. */
export function jobLeaseContract(driver: JobBenchDriver): void {
  describe(`leases of jobs on ${driver.name}`, { skip: driver.skip }, () => {
    let bench: JobBench;
    before(async () => {
      bench = await JobBench.open(driver);
    });
    after(() => bench.close());

    it('leaves a job with a worker that lives, however long it takes', async () => {
      const seen: Job[] = [];
      const gate = new Gate();
      const told: unknown[] = [];
      await bench.enqueue({});
      const first = await bench.start(
        noting(seen, async (_job, signal) => {
          signal.addEventListener('abort', () => told.push(signal.reason));
          await gate.pass();
        }),
      );
      await gate.reached();
      const second = await bench.start(noting(seen), { on: await bench.another() });
      await sleep(JOB_TIMES.leaseMs * 2);
      assert.deepEqual(told, [], 'nobody told it to stop');
      gate.open();
      await first.stop(PATIENCE_MS);
      await second.stop(PATIENCE_MS);
      assert.equal(seen.length, 1);
      assert.deepEqual(await bench.counts(), NO_JOBS);
    });

    it('takes the job of a worker that was killed, as another attempt', async () => {
      const seen: Job[] = [];
      await bench.enqueue({ name: 'deadly' }, { maxAttempts: 2 });
      await bench.killAtJob();
      assert.deepEqual(await bench.counts(), { ...NO_JOBS, running: 1 });
      const runner = await bench.start(noting(seen));
      await bench.untilCounts(NO_JOBS);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ payload, attempt }) => [payload['name'], attempt]),
        [['deadly', 2]],
      );
    });

    it('enqueues what is scheduled once, however many workers there are', async () => {
      const seen: Job[] = [];
      const schedules = { [KIND]: 86_400_000 };
      const stores = await Promise.all([bench.another(), bench.another(), bench.another()]);
      const runners = await Promise.all(stores.map((on) => bench.start(noting(seen), { on, schedules })));
      assert.equal(seen.length, 0);
      for (const times of [1, 2]) {
        await bench.hasten();
        await until(`scheduled ${times} times`, () => assert.equal(seen.length, times));
      }
      await sleep(JOB_TIMES.leaseMs);
      await Promise.all(runners.map((runner) => runner.stop(PATIENCE_MS)));
      assert.equal(seen.length, 2);
      assert.deepEqual(await bench.counts(), NO_JOBS);
    });

    it('keeps as failed what has killed as many workers as it has attempts', async () => {
      const seen: Job[] = [];
      await bench.enqueue({ name: 'deadly' }, { maxAttempts: 2 });
      await bench.killAtJob();
      await bench.killAtJob();
      const runner = await bench.start(noting(seen));
      await bench.untilCounts({ ...NO_JOBS, failed: 1 });
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(seen, []);
    });
  });
}
