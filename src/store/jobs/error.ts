import { AppError } from '#base/error.ts';

export type JobCode =
  /** A job that cannot be kept: a priority, a number of attempts or a payload that does not fit. */
  | 'JOB_INVALID'
  /** What is kept of a job is not what was enqueued. */
  | 'JOB_DAMAGED';

/** What is wrong with a job. */
export class JobError extends AppError<JobCode> {}
