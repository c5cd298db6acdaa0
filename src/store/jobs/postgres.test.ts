import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Job, JobRunner } from '#model/platform/job.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { openPostgresStore } from '#store/metadata/index.ts';
import { evidence } from '#test/evidence.ts';
import { Gate, JOB_TIMES, KIND, NO_JOBS, noting, until } from '#test/fixtures/job-bench.ts';
import { postgresJobs } from '#test/fixtures/job-drivers.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { jobContract } from './contract.ts';

evidence('platform/jobs-postgresql', 'real tool', 'PostgreSQL of Debian, which goes away in between');

jobContract(postgresJobs);

describe('jobs on a PostgreSQL that goes away', { skip: missing('postgresql') }, () => {
  let postgres: Postgres | null = null;
  let store: MetadataStore | null = null;
  let runner: JobRunner | null = null;
  after(async () => {
    await runner?.stop(0);
    await store?.close();
    await postgres?.stop();
  });

  it('are done when it is back, those at hand as well', async () => {
    postgres = await startPostgres();
    const url = await postgres.createDatabase();
    const opened = await openPostgresStore({ url, clock: systemClock, random: randomBytes, ...JOB_TIMES });
    store = opened;
    const seen: Job[] = [];
    const gate = new Gate();
    const enqueue = (name: string): Promise<void> =>
      opened.transaction(({ jobs }) => jobs.enqueue({ kind: KIND, payload: { name } }, systemClock.now()));
    runner = await opened.jobs.start({ handlers: { [KIND]: noting(seen, () => gate.pass()) }, concurrency: 2 });
    await enqueue('at hand');
    await gate.reached();
    await postgres.halt();
    gate.open();
    await assert.rejects(opened.jobs.counts(), { code: 'METADATA_UNAVAILABLE' });
    await postgres.start();
    await until('the database answers', () => enqueue('later'));
    await until('all jobs are done', async () => assert.deepEqual(await opened.jobs.counts(), NO_JOBS));
    const names = new Set(seen.map(({ payload }) => payload['name']));
    assert.ok(names.has('at hand') && names.has('later'), [...names].join());
  });
});
