import type { Acquisition } from '#model/platform/acquisition.ts';
import type { Job } from '#model/platform/job.ts';
import type { Records } from '#model/platform/records.ts';

/** Attempts, with longer and longer waits between: those of a registry that is away for a while. */
const ATTEMPTS = 8;

/** At most one that waits for each acquisition. */
export async function enqueueAcquisition(
  { jobs }: Pick<Records, 'jobs'>,
  { id, repository }: Pick<Acquisition, 'id' | 'repository'>,
  now: number,
): Promise<void> {
  await jobs.enqueue(
    {
      kind: 'acquire-image',
      payload: { acquisition: id },
      key: `acquire-image ${id}`,
      projectId: repository.projectId,
      maxAttempts: ATTEMPTS,
    },
    now,
  );
}

/** The id; null for a payload that is none of ours. */
export function acquisitionOf({ payload }: Pick<Job, 'payload'>): string | null {
  const { acquisition } = payload;
  return typeof acquisition === 'string' ? acquisition : null;
}
