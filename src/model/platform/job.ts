/** Work for later, done by any worker. */
export interface JobRequest {
  readonly kind: JobKind;
  /** Plain data. */
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
  /** At most one job that waits has this key: another one replaces it, and its payload. */
  readonly key?: string;
  readonly projectId?: string | null;
  /** Milliseconds UTC; now when not said. */
  readonly runAt?: number;
  /** Lower first; 0 when not said. */
  readonly priority?: number;
  /** How often it is tried, with longer and longer waits between; 5 when not said. */
  readonly maxAttempts?: number;
}

export const JOB_KINDS = [
  'analyse-image',
  'acquire-image',
  'judge-images',
  'attest-image',
  'retire-image',
  'update-advisories',
  'poll-sources',
  'apply-retention',
  'collect-garbage',
  'scrub-blobs',
  'expire-uploads',
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** A job that a worker has. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
  /** 1 for the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
}

/** What does the jobs of one kind. Throwing is failing: it is tried again, and kept as failed in the end. Done twice is as done once. */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<void>;

export interface JobRunnerOptions {
  readonly handlers: Readonly<Partial<Record<JobKind, JobHandler>>>;
  /** Jobs at once. */
  readonly concurrency: number;
  /** Milliseconds between two jobs of a kind; each is enqueued once for all workers. */
  readonly schedules?: Readonly<Partial<Record<JobKind, number>>>;
}

/** Takes jobs until it is stopped. A worker that dies loses its lease, and another takes the job. */
export interface JobRunner {
  /** Waits for the jobs at hand, at most so long; then their signals abort, and they are tried again elsewhere. */
  stop(graceMs: number): Promise<void>;
}

/** Jobs, in one metadata store. To enqueue is in its `Records`, in the caller's transaction. */
export interface Jobs {
  start(options: JobRunnerOptions): Promise<JobRunner>;
  counts(): Promise<JobCounts>;
  /** Forgets those that failed for good before then (milliseconds UTC). How many they were. */
  forgetFailed(before: number): Promise<number>;
}

export interface JobCounts {
  readonly waiting: number;
  readonly running: number;
  /** Tried as often as allowed. */
  readonly failed: number;
}
