import type { Acquisition } from '#model/platform/acquisition.ts';
import type { Job } from '#model/platform/job.ts';
import type { Records } from '#model/platform/records.ts';

/** Attempts, with longer and longer waits between: those of a registry that is away for a while. */
const ATTEMPTS = 8;

export interface AcquireJob {
  /** The id. */
  readonly acquisition: string;
  /** An approver wants it whatever was decided before. */
  readonly isForced: boolean;
}

/** At most one that waits for each acquisition. */
export async function enqueueAcquisition(
  { jobs }: Pick<Records, 'jobs'>,
  { id, repository }: Pick<Acquisition, 'id' | 'repository'>,
  now: number,
  { isForced }: { readonly isForced: boolean },
): Promise<void> {
  await jobs.enqueue(
    {
      kind: 'acquire-image',
      payload: { acquisition: id, isForced },
      key: `acquire-image ${id}`,
      projectId: repository.projectId,
      maxAttempts: ATTEMPTS,
    },
    now,
  );
}

/** Null for a payload that is none of ours. */
export function readJob({ payload }: Pick<Job, 'payload'>): AcquireJob | null {
  const { acquisition, isForced } = payload;
  return typeof acquisition === 'string' ? { acquisition, isForced: isForced === true } : null;
}
