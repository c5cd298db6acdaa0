import type { Kysely } from 'kysely';
import { messageOf } from '#base/error.ts';
import { newId } from '#base/uuid.ts';
import type { JobKind, JobRunner, JobRunnerOptions } from '#model/platform/job.ts';
import type { JobRecords } from '#model/platform/records.ts';
import type { FullSettings } from '../driver.ts';
import { handle, kindsOf } from '../handlers.ts';
import { Loop } from '../loop.ts';
import { parsePayload } from '../request.ts';
import { retryDelay } from '../retry-delay.ts';
import { type Outcome, RunningJobs } from '../running.ts';
import { enqueueDue } from '../schedules.ts';
import type { JobRow, JobTables } from '../tables.ts';
import { fail, finish, giveBack, isAnythingDue, renew, type Taker, take } from './leases.ts';

export interface RowRunnerOptions extends JobRunnerOptions {
  readonly db: Kysely<JobTables>;
  readonly settings: FullSettings;
  readonly records: (db: Kysely<JobTables>) => JobRecords;
}

/** Takes jobs that are rows: one loop looks for them, another says that this worker is alive and enqueues what is scheduled. */
export class RowRunner implements JobRunner {
  readonly #options: RowRunnerOptions;
  readonly #owner: string;
  readonly #running = new RunningJobs();
  readonly #looking: Loop;
  readonly #living: Loop;

  constructor(options: RowRunnerOptions) {
    const { settings } = options;
    this.#options = options;
    this.#owner = newId(settings.clock.now(), settings.random);
    const { log, pollMs, leaseMs } = settings;
    this.#looking = new Loop({ log, everyMs: pollMs, turn: (isWoken) => this.#look(isWoken) });
    this.#living = new Loop({ log, everyMs: leaseMs / 3, turn: () => this.#live() });
  }

  /** Something of this kind may be there to be done. Who does none of it is left alone: to look takes a turn as a writer. */
  wake(kind: JobKind): void {
    if (this.#options.handlers[kind] !== undefined) {
      this.#looking.wake();
    }
  }

  async stop(graceMs: number): Promise<void> {
    await this.#looking.stop();
    await this.#running.drain(graceMs, this.#options.settings.settleMs);
    await this.#living.stop();
  }

  /** Who was woken asks as a writer: its turn comes after the transaction that woke it, which nobody else can see yet. */
  async #look(isWoken: boolean): Promise<void> {
    const { db, concurrency } = this.#options;
    const free = concurrency - this.#running.size;
    const taker = this.#taker();
    if (free <= 0 || taker.kinds.length === 0 || !(isWoken || (await isAnythingDue(db, taker)))) {
      return;
    }
    for (const row of await take(db, taker, free)) {
      void this.#run(row);
    }
  }

  #taker(): Taker {
    const { settings, handlers } = this.#options;
    const now = settings.clock.now();
    return { owner: this.#owner, kinds: kindsOf(handlers), now, until: now + settings.leaseMs };
  }

  async #run(row: JobRow): Promise<void> {
    const { id, kind, attempts, max_attempts: maxAttempts } = row;
    const { handlers, settings } = this.#options;
    const work = async (signal: AbortSignal): Promise<void> => {
      await handle(handlers, { id, kind, attempt: attempts, maxAttempts }, parsePayload(row.payload, id), signal);
    };
    try {
      await this.#running.run(id, work, (outcome) => this.#settle(row, outcome));
    } catch (error) {
      // Its lease runs out, and it is done again.
      settings.log.warn('how a job ended could not be written', { job: id, error: messageOf(error) });
    }
    this.#looking.wake();
  }

  async #settle(row: JobRow, outcome: Outcome): Promise<void> {
    const { db, settings } = this.#options;
    const { clock, log, random } = settings;
    if (outcome.kind === 'done') {
      await finish(db, row);
    } else if (outcome.kind === 'aborted') {
      await giveBack(db, row);
    } else {
      const { id, kind, attempts, max_attempts } = row;
      log.warn('job failed', { job: id, kind, attempt: attempts, of: max_attempts, error: outcome.message });
      const now = clock.now();
      await fail(db, row, { message: outcome.message, now, retryAt: now + retryDelay(attempts, random) });
    }
  }

  async #live(): Promise<void> {
    const { db, schedules, records, settings } = this.#options;
    const now = settings.clock.now();
    const ids = this.#running.ids;
    if (ids.length > 0) {
      const kept = await renew(db, this.#owner, ids, now + settings.leaseMs);
      for (const lost of ids.filter((id) => !kept.has(id))) {
        this.#running.abort(lost);
      }
    }
    await enqueueDue(db, schedules, records, now);
  }
}
