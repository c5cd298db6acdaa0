import { AppError } from '#base/error.ts';

export type JobCode =
  /** A job that cannot be kept: a priority, a number of attempts or a payload that does not fit. */
  | 'JOB_INVALID'
  /** What is kept of a job is not what was enqueued. */
  | 'JOB_DAMAGED'
  /** Workers took every job of this key the moment that it was to be replaced. */
  | 'JOB_NOT_ADDED'
  /** A worker has to stop, or took so long to say that it lives that another took the job. It is tried again. */
  | 'JOB_ABORTED';

/** What is wrong with a job. */
export class JobError extends AppError<JobCode> {}
