import { EventEmitter } from 'node:events';
import { type JobHelpers, type Runner, run, type TaskList } from 'graphile-worker';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { messageOf } from '#base/error.ts';
import type { JobKind, JobRunner, JobRunnerOptions } from '#model/platform/job.ts';
import type { FullSettings } from '../driver.ts';
import { JobError } from '../error.ts';
import { handle, kindsOf } from '../handlers.ts';
import { Loop } from '../loop.ts';
import { checkPayload } from '../request.ts';
import { RunningJobs } from '../running.ts';
import { enqueueDue } from '../schedules.ts';
import type { JobTables } from '../tables.ts';
import { giveBackLocked, renewLocks, unlockLost } from './leases.ts';
import { graphileLogger } from './log.ts';
import { graphileJobRecords } from './records.ts';

export interface GraphileRunnerOptions extends JobRunnerOptions {
  readonly db: Kysely<JobTables>;
  readonly pool: Pool;
  readonly settings: FullSettings;
}

/** graphile-worker takes the jobs; we say that this worker lives, take from those that do not, and enqueue what is scheduled. */
export class GraphileRunner implements JobRunner {
  readonly #options: GraphileRunnerOptions;
  readonly #running = new RunningJobs();
  /** The ids that graphile-worker had for us, one at a time. */
  readonly #owners: string[] = [];
  readonly #living: Loop;
  /** Null once it has ended, on purpose or since the database was away. */
  #runner: Runner | null = null;
  #isStopped = false;

  constructor(options: GraphileRunnerOptions) {
    const { log, leaseMs } = options.settings;
    this.#options = options;
    this.#living = new Loop({ log, everyMs: leaseMs / 3, turn: () => this.#live() });
  }

  async stop(graceMs: number): Promise<void> {
    const { settings } = this.#options;
    this.#isStopped = true;
    const stopped = this.#runner?.stop().catch((error: unknown) => {
      settings.log.warn('graphile-worker did not stop as it should', { error: messageOf(error) });
    });
    await this.#running.drain(graceMs, settings.settleMs);
    await stopped;
    await this.#living.stop();
  }

  async #live(): Promise<void> {
    const { db, settings, schedules } = this.#options;
    if (this.#runner === null && !this.#isStopped) {
      await this.#begin();
    }
    const ids = this.#running.ids;
    if (ids.length > 0) {
      const kept = await renewLocks(db, this.#owners, ids);
      for (const lost of ids.filter((id) => !kept.has(id))) {
        this.#running.abort(lost);
      }
    }
    await unlockLost(db, settings.leaseMs);
    await enqueueDue(db, schedules, graphileJobRecords, settings.clock.now());
  }

  async #begin(): Promise<void> {
    const { pool, handlers, concurrency, settings } = this.#options;
    const events = new EventEmitter();
    events.on('pool:create', ({ workerPool }: { readonly workerPool: { readonly id: string } }) => {
      this.#owners.push(workerPool.id);
    });
    const runner = await run({
      pgPool: pool,
      taskList: this.#tasks(kindsOf(handlers)),
      concurrency,
      pollInterval: settings.pollMs,
      parsedCronItems: [],
      noHandleSignals: true,
      logger: graphileLogger(settings.log),
      events,
      // Without them an error at the end of a job is nobody's, and would end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
    this.#runner = runner;
    const ended = (problem: string | null): void => {
      this.#runner = null;
      if (!this.#isStopped) {
        settings.log.warn('graphile-worker ended and is started again', { problem });
      }
    };
    runner.promise.then(
      () => ended(null),
      (error: unknown) => ended(messageOf(error)),
    );
    if (this.#isStopped) {
      await runner.stop();
    }
  }

  #tasks(kinds: readonly JobKind[]): TaskList {
    return Object.fromEntries(kinds.map((kind) => [kind, (payload, helpers) => this.#run(payload, helpers)]));
  }

  async #run(kept: unknown, { job }: JobHelpers): Promise<void> {
    const { db, handlers, settings } = this.#options;
    const { task_identifier: kind, attempts: attempt, max_attempts: maxAttempts } = job;
    // To graphile-worker it is text; on our pool, whose integers are numbers, it is one of these.
    const id = `${job.id}`;
    const outcome = await this.#running.run(
      id,
      async (signal) => handle(handlers, { id, kind, attempt, maxAttempts }, payloadIn(kept, id), signal),
      async ({ kind: ending }) => {
        if (ending === 'aborted') {
          await giveBackLocked(db, this.#owners, id);
        }
      },
    );
    if (outcome.kind === 'aborted') {
      // For graphile-worker it has failed, but it is not ours any more, so that nothing is written.
      throw new JobError('JOB_ABORTED', 'the job was given back', { object: `job ${id}` });
    }
    if (outcome.kind === 'failed') {
      settings.log.warn('job failed', { job: id, kind, attempt, of: maxAttempts, error: outcome.message });
      throw new Error(outcome.message);
    }
  }
}

function payloadIn(kept: unknown, id: string): ReturnType<typeof checkPayload> {
  return checkPayload(typeof kept === 'object' && kept !== null && 'payload' in kept ? kept.payload : null, id);
}
