import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOB_KINDS, type JobRunnerOptions, type Jobs } from '#model/platform/job.ts';
import type { JobHandlers } from './context.ts';
import { startLanes } from './lanes.ts';

const handle = (): Promise<void> => Promise.resolve();
const every: JobHandlers = Object.fromEntries(JOB_KINDS.map((kind) => [kind, handle]));

/** What is asked of the jobs of a store, and no job. */
async function lanesOf(handlers: JobHandlers, schedules: JobRunnerOptions['schedules'] = {}) {
  const lanes: JobRunnerOptions[] = [];
  const stop = (): Promise<void> => Promise.resolve();
  const jobs: Pick<Jobs, 'start'> = {
    start: (options) => {
      lanes.push(options);
      return Promise.resolve({ stop });
    },
  };
  await startLanes(jobs, { handlers, analyses: 3, schedules });
  return lanes;
}

test('each kind of job is done in one lane', async () => {
  const lanes = await lanesOf(every);
  assert.deepEqual(lanes.flatMap(({ handlers }) => Object.keys(handlers)).toSorted(), [...JOB_KINDS].toSorted());
});

test('a lane enqueues by time what it does itself', async () => {
  const schedules = Object.fromEntries(JOB_KINDS.map((kind, index) => [kind, index]));
  for (const lane of await lanesOf(every, schedules)) {
    assert.deepEqual(Object.keys(lane.schedules ?? {}).toSorted(), Object.keys(lane.handlers).toSorted());
  }
});

test('what nobody here can do has no lane', async () => {
  assert.deepEqual(
    (await lanesOf({ 'judge-images': handle })).map(({ handlers, concurrency }) => [
      Object.keys(handlers),
      concurrency,
    ]),
    [[['judge-images'], 1]],
  );
});
