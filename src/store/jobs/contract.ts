import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import type { Job, JobCounts, JobRunner, JobRunnerOptions } from '#model/platform/job.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';

/** Shorter than those of the product. No test fails when they pass later than they should. */
export const CONTRACT_TIMES = { leaseMs: 3_000, pollMs: 50, settleMs: 200 } as const;

/** One database of a driver. */
export interface JobContractDriver {
  readonly name: string;
  readonly skip: string | false;
  /** A new, empty database. */
  create(): Promise<JobContractDatabase>;
}

export interface JobContractDatabase {
  /** Opens it as another process would, with `CONTRACT_TIMES`. */
  open(): Promise<MetadataStore>;
  /** Arguments of `test/fixtures/job-process.ts` which make it open the same. */
  readonly childArguments: readonly string[];
  /** Makes due at once whatever waits: jobs, and schedules. */
  hasten(): Promise<void>;
  remove(): Promise<void>;
}

const CHILD = resolve(import.meta.dirname, '../../../test/fixtures/job-process.ts');
const PATIENCE_MS = 60_000;
const KIND = 'scrub-blobs';

/** What every driver of jobs does. */
export function jobContract(driver: JobContractDriver): void {
  describe(`jobs on ${driver.name}`, { skip: driver.skip }, () => {
    let database: JobContractDatabase;
    let store: MetadataStore;
    const stores: MetadataStore[] = [];
    const runners = new Set<JobRunner>();
    const children: ChildProcess[] = [];

    before(async () => {
      database = await driver.create();
      store = await another();
    });
    after(async () => {
      for (const runner of runners) {
        await runner.stop(0);
      }
      for (const child of children) {
        child.kill('SIGKILL');
      }
      for (const one of stores) {
        await one.close();
      }
      await database.remove();
    });

    async function another(): Promise<MetadataStore> {
      const opened = await database.open();
      stores.push(opened);
      return opened;
    }

    async function start(options: Partial<JobRunnerOptions>, from = store): Promise<JobRunner> {
      const runner = await from.jobs.start({ handlers: {}, concurrency: 4, ...options });
      const tracked = {
        stop: async (graceMs: number) => {
          runners.delete(tracked);
          await runner.stop(graceMs);
        },
      };
      runners.add(tracked);
      return tracked;
    }

    async function enqueue(payload: Job['payload'], more: Partial<Parameters<typeof add>[1]> = {}): Promise<void> {
      await store.transaction((records) => add(records.jobs, { kind: KIND, payload, ...more }));
    }

    const counts = (): Promise<JobCounts> => store.jobs.counts();
    const untilCounts = (wanted: JobCounts): Promise<void> =>
      until(`counts ${JSON.stringify(wanted)}`, async () => {
        assert.deepEqual(await counts(), wanted);
      });
    const nothing = { waiting: 0, running: 0, failed: 0 };

    it('has jobs done, and forgets them', async () => {
      const seen: Job[] = [];
      await enqueue({ text: 'ä"\\', number: 1.5, yes: true, none: null });
      assert.deepEqual(await counts(), { ...nothing, waiting: 1 });
      const runner = await start({ handlers: { [KIND]: noting(seen) } });
      await untilCounts(nothing);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ kind, payload, attempt, maxAttempts }) => ({ kind, payload, attempt, maxAttempts })),
        [{ kind: KIND, payload: { text: 'ä"\\', number: 1.5, yes: true, none: null }, attempt: 1, maxAttempts: 5 }],
      );
    });

    it('enqueues in the transaction of the caller', async () => {
      const undone = store.transaction(async (records) => {
        await add(records.jobs, { kind: KIND, payload: { name: 'undone' } });
        throw new RangeError('undo');
      });
      await assert.rejects(undone, RangeError);
      assert.deepEqual(await counts(), nothing);
    });

    it('has a job of a transaction done that began while a worker waited', async () => {
      const seen: Job[] = [];
      const runner = await start({ handlers: { [KIND]: noting(seen) } });
      await enqueue({ name: 'later' });
      await untilCounts(nothing);
      await runner.stop(PATIENCE_MS);
      assert.equal(seen.length, 1);
    });

    it('replaces a job that waits with the next of its key', async () => {
      const seen: Job[] = [];
      await enqueue({ version: 1 }, { key: 'one', runAt: 0 });
      await enqueue({ version: 2 }, { key: 'one', maxAttempts: 7 });
      await enqueue({ version: 1 }, { key: 'two' });
      assert.deepEqual(await counts(), { ...nothing, waiting: 2 });
      const runner = await start({ handlers: { [KIND]: noting(seen) } });
      await untilCounts(nothing);
      await runner.stop(PATIENCE_MS);
      const found = seen.map(({ payload, maxAttempts }) => `${String(payload['version'])} of ${maxAttempts}`);
      assert.deepEqual(found.toSorted(), ['1 of 5', '2 of 7']);
    });

    it('keeps the next of a key for when the one at hand is done', async () => {
      const seen: Job[] = [];
      const gate = new Gate();
      const handlers = {
        [KIND]: async (job: Job) => {
          seen.push(job);
          await gate.pass();
        },
      };
      const runner = await start({ handlers, concurrency: 1 });
      await enqueue({ version: 1 }, { key: 'one' });
      await gate.reached();
      await enqueue({ version: 2 }, { key: 'one' });
      await enqueue({ version: 3 }, { key: 'one' });
      assert.deepEqual(await counts(), { ...nothing, waiting: 1, running: 1 });
      gate.open();
      await untilCounts(nothing);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ payload }) => payload['version']),
        [1, 3],
      );
    });

    it('does a job when its time has come, not before', async () => {
      const seen: Job[] = [];
      await enqueue({ name: 'in a day' }, { runAt: systemClock.now() + 86_400_000 });
      await enqueue({ name: 'now' });
      const runner = await start({ handlers: { [KIND]: noting(seen) } });
      await untilCounts({ ...nothing, waiting: 1 });
      assert.deepEqual(
        seen.map(({ payload }) => payload['name']),
        ['now'],
      );
      await database.hasten();
      await untilCounts(nothing);
      await runner.stop(PATIENCE_MS);
    });

    it('does the most urgent first, and of these the oldest', async () => {
      const seen: Job[] = [];
      for (const [name, priority, runAt] of [
        ['c', 5, 1],
        ['b', 0, 2],
        ['d', 5, 2],
        ['a', -3, 3],
      ] as const) {
        await enqueue({ name }, { priority, runAt });
      }
      const runner = await start({ handlers: { [KIND]: noting(seen) }, concurrency: 1 });
      await untilCounts(nothing);
      await runner.stop(PATIENCE_MS);
      assert.equal(seen.map(({ payload }) => payload['name']).join(''), 'abcd');
    });

    it('takes only the kinds that it can do', async () => {
      const seen: Job[] = [];
      await enqueue({}, { kind: 'expire-uploads' });
      await enqueue({});
      const one = await start({ handlers: { [KIND]: noting(seen) } });
      await untilCounts({ ...nothing, waiting: 1 });
      await one.stop(PATIENCE_MS);
      const two = await start({ handlers: { 'expire-uploads': noting(seen) } });
      await untilCounts(nothing);
      await two.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ kind }) => kind),
        [KIND, 'expire-uploads'],
      );
    });

    it('tries again what failed, as often as allowed, and keeps it as failed then', async () => {
      const seen: Job[] = [];
      const handlers = {
        [KIND]: (job: Job) => {
          seen.push(job);
          return Promise.reject(new Error('no'));
        },
      };
      await enqueue({}, { maxAttempts: 3, key: 'failing' });
      const runner = await start({ handlers });
      for (const attempt of [1, 2]) {
        await until(`attempt ${attempt}`, async () => {
          assert.equal(seen.length, attempt);
          assert.deepEqual(await counts(), { ...nothing, waiting: 1 });
        });
        await database.hasten();
      }
      await untilCounts({ ...nothing, failed: 1 });
      await database.hasten();
      // It is not in the way of the next of its key.
      await enqueue({}, { maxAttempts: 1, key: 'failing' });
      await untilCounts({ ...nothing, failed: 2 });
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ attempt }) => attempt),
        [1, 2, 3, 1],
      );
    });

    it('waits for the jobs at hand when it stops', async () => {
      const before = await counts();
      const gate = new Gate();
      await enqueue({});
      const runner = await start({ handlers: { [KIND]: () => gate.pass() } });
      await gate.reached();
      const stopped = runner.stop(PATIENCE_MS);
      gate.open();
      await stopped;
      assert.deepEqual(await counts(), before);
    });

    for (const [what, minds] of [
      ['that minds its signal', true],
      ['that does not mind its signal', false],
    ] as const) {
      it(`gives back after the time of grace a job ${what}, as if it had not been tried`, async () => {
        const seen: Job[] = [];
        const gate = new Gate();
        const handlers = {
          [KIND]: async (job: Job, signal: AbortSignal) => {
            seen.push(job);
            if (seen.length === 1) {
              await (minds ? aborted(signal, gate) : gate.pass());
            }
          },
        };
        const before = await counts();
        await enqueue({}, { maxAttempts: 1 });
        const runner = await start({ handlers });
        await gate.reached();
        await runner.stop(10);
        assert.deepEqual(await counts(), { ...before, waiting: before.waiting + 1 });
        gate.open();
        const next = await start({ handlers }, await another());
        await untilCounts(before);
        await next.stop(PATIENCE_MS);
        assert.deepEqual(
          seen.map(({ attempt }) => attempt),
          [1, 1],
        );
      });
    }

    it('gives each job to one of many workers', async () => {
      const before = await counts();
      const seen: Job[] = [];
      const workers = await Promise.all([another(), another(), another()]);
      const started = await Promise.all(
        workers.map((worker) => start({ handlers: { [KIND]: noting(seen) }, concurrency: 2 }, worker)),
      );
      await store.transaction(async (records) => {
        for (let name = 0; name < 60; name += 1) {
          await add(records.jobs, { kind: KIND, payload: { name } });
        }
      });
      await untilCounts(before);
      await Promise.all(started.map((runner) => runner.stop(PATIENCE_MS)));
      assert.deepEqual(
        seen.map(({ payload }) => Number(payload['name'])).toSorted((a, b) => a - b),
        Array.from({ length: 60 }, (_, index) => index),
      );
    });

    it('leaves a job with a worker that lives, however long it takes', async () => {
      const before = await counts();
      const seen: Job[] = [];
      const gate = new Gate();
      await enqueue({});
      const first = await start({
        handlers: {
          [KIND]: async (job: Job) => {
            seen.push(job);
            await gate.pass();
          },
        },
      });
      await gate.reached();
      const second = await start({ handlers: { [KIND]: noting(seen) } }, await another());
      await sleep(CONTRACT_TIMES.leaseMs * 2);
      gate.open();
      await first.stop(PATIENCE_MS);
      await second.stop(PATIENCE_MS);
      assert.equal(seen.length, 1);
      assert.deepEqual(await counts(), before);
    });

    it('takes the job of a worker that was killed, as another attempt', async () => {
      const before = await counts();
      const seen: Job[] = [];
      await enqueue({ name: 'deadly' }, { maxAttempts: 2 });
      await killAtJob();
      assert.equal((await counts()).running, 1);
      const runner = await start({ handlers: { [KIND]: noting(seen) } });
      await untilCounts(before);
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(
        seen.map(({ payload, attempt }) => [payload['name'], attempt]),
        [['deadly', 2]],
      );
    });

    it('keeps as failed what has killed as many workers as it has attempts', async () => {
      const before = await counts();
      const seen: Job[] = [];
      await enqueue({ name: 'deadly' }, { maxAttempts: 2 });
      await killAtJob();
      await killAtJob();
      const runner = await start({ handlers: { [KIND]: noting(seen) } });
      await untilCounts({ ...before, failed: before.failed + 1 });
      await runner.stop(PATIENCE_MS);
      assert.deepEqual(seen, []);
    });

    it('enqueues what is scheduled once, however many workers there are', async () => {
      const before = await counts();
      const seen: Job[] = [];
      const options = { handlers: { [KIND]: noting(seen) }, schedules: { [KIND]: 86_400_000 } };
      const workers = await Promise.all([another(), another(), another()]);
      const started = await Promise.all(workers.map((worker) => start(options, worker)));
      assert.equal(seen.length, 0);
      for (const times of [1, 2]) {
        await database.hasten();
        await until(`scheduled ${times} times`, () => {
          assert.equal(seen.length, times);
          return Promise.resolve();
        });
      }
      await sleep(CONTRACT_TIMES.leaseMs);
      await Promise.all(started.map((runner) => runner.stop(PATIENCE_MS)));
      assert.equal(seen.length, 2);
      assert.deepEqual(await counts(), before);
    });

    for (const [what, more] of [
      ['a priority out of range', { priority: 40_000 }],
      ['no attempts', { maxAttempts: 0 }],
      ['a payload that is too large', { payload: { text: 'x'.repeat(70_000) } }],
      ['a time that is none', { runAt: Number.NaN }],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const before = await counts();
        await assert.rejects(enqueue({}, more), { code: 'JOB_INVALID' });
        assert.deepEqual(await counts(), before);
      });
    }

    /** A worker in a process of its own, killed once it has the job. */
    async function killAtJob(): Promise<void> {
      const child = spawn(process.execPath, [CHILD, ...database.childArguments], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      assert.match(line.toString(), /^working/);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  });
}

/** Lets nobody pass until it is open. */
class Gate {
  readonly #opened = Promise.withResolvers<void>();
  readonly #reached = Promise.withResolvers<void>();

  open(): void {
    this.#opened.resolve();
  }

  reached(): Promise<void> {
    return this.#reached.promise;
  }

  async pass(): Promise<void> {
    this.#reached.resolve();
    await this.#opened.promise;
  }
}

function noting(seen: Job[]): (job: Job) => Promise<void> {
  return (job) => {
    seen.push(job);
    return Promise.resolve();
  };
}

/** Throws when the signal aborts. */
async function aborted(signal: AbortSignal, gate: Gate): Promise<void> {
  void gate.pass();
  await once(signal, 'abort');
  signal.throwIfAborted();
}

async function add(
  jobs: MetadataStore['records']['jobs'],
  request: Parameters<MetadataStore['records']['jobs']['enqueue']>[0],
): Promise<void> {
  await jobs.enqueue(request, systemClock.now());
}

/** Waits for something to be true, however slow the machine is. */
async function until(what: string, check: () => Promise<void>): Promise<void> {
  const end = systemClock.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (systemClock.now() > end) {
        throw new Error(`still waiting for: ${what}`, { cause: error });
      }
      await sleep(20);
    }
  }
}
