import { quote } from '#base/error.ts';
import { JOB_KINDS, type Job, type JobKind, type JobRunnerOptions } from '#model/platform/job.ts';
import { JobError } from './error.ts';

type Handlers = JobRunnerOptions['handlers'];

/** A job as it is kept: what it holds was written by whoever enqueued it. */
export interface KeptJob extends Omit<Job, 'kind' | 'payload'> {
  readonly kind: string;
}

/** The kinds of jobs that are taken. */
export function kindsOf(handlers: Handlers): readonly JobKind[] {
  return JOB_KINDS.filter((kind) => handlers[kind] !== undefined);
}

/** Has a job done by the handler of its kind. */
export async function handle(
  handlers: Handlers,
  { id, kind, attempt, maxAttempts }: KeptJob,
  payload: Job['payload'],
  signal: AbortSignal,
): Promise<void> {
  const known = kindsOf(handlers).find((one) => one === kind);
  const handler = known === undefined ? undefined : handlers[known];
  if (known === undefined || handler === undefined) {
    throw new JobError('JOB_DAMAGED', 'nobody does such jobs', { object: `job ${id}`, found: quote(kind) });
  }
  await handler({ id, kind: known, payload, attempt, maxAttempts }, signal);
}
