import type { Kysely } from 'kysely';
import type { Clock } from '#base/clock.ts';
import { type Log, silentLog } from '#base/log.ts';
import type { RandomBytes } from '#base/uuid.ts';
import type { Jobs } from '#model/platform/job.ts';
import type { JobRecords } from '#model/platform/records.ts';
import type { JobTables } from './tables.ts';

/** Jobs of one metadata store, for whoever opens it. */
export interface JobDriver extends Jobs {
  /** Enqueues in the transaction that `db` is, or by itself. */
  records(db: Kysely<JobTables>): JobRecords;
}

export interface JobSettings {
  readonly clock: Clock;
  /** For ids, and for the waits between attempts. */
  readonly random: RandomBytes;
  readonly log?: Log;
  /** A worker that has not said for so long that it is alive has lost its jobs. Milliseconds, as all of these. */
  readonly leaseMs?: number;
  /** How often it is looked for jobs that another process has enqueued. */
  readonly pollMs?: number;
  /** How long a job may take to end after its signal has aborted. */
  readonly settleMs?: number;
}

export type FullSettings = Required<JobSettings>;

/** A dead worker's jobs wait half a minute: workers that live say so every ten seconds, and a busy disk may take some. */
export function withDefaults(settings: JobSettings): FullSettings {
  const { clock, random, log = silentLog, leaseMs = 30_000, pollMs = 500, settleMs = 5_000 } = settings;
  return { clock, random, log, leaseMs, pollMs, settleMs };
}
