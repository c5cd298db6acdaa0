import type { Kysely } from 'kysely';
import type { JobKind, JobRunnerOptions } from '#model/platform/job.ts';
import type { JobRecords } from '#model/platform/records.ts';
import { type JobDriver, type JobSettings, withDefaults } from '../driver.ts';
import { announceSchedules } from '../schedules.ts';
import type { JobTables } from '../tables.ts';
import { countJobs, forgetFailedJobs } from './leases.ts';
import { rowJobRecords } from './records.ts';
import { RowRunner } from './runner.ts';

/** Jobs as rows of the database that the records are in. */
export function rowJobs(db: Kysely<JobTables>, given: JobSettings): JobDriver {
  const settings = withDefaults(given);
  const runners = new Set<RowRunner>();
  const wake = (kind: JobKind): void => runners.forEach((runner) => runner.wake(kind));
  const records = (transaction: Kysely<JobTables>): JobRecords => rowJobRecords(transaction, settings.random, wake);
  return {
    records,
    counts: () => countJobs(db),
    forgetFailed: (before) => forgetFailedJobs(db, before),
    start: async (options: JobRunnerOptions) => {
      await announceSchedules(db, options.schedules, settings.clock.now());
      const runner = new RowRunner({ ...options, db, settings, records });
      runners.add(runner);
      return {
        stop: async (graceMs) => {
          runners.delete(runner);
          await runner.stop(graceMs);
        },
      };
    },
  };
}
