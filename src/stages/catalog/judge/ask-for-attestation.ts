import type { Digest } from '#base/digest.ts';
import type { Records, Repository } from '#model/platform/records.ts';

/** An image that is to be attested, by the name of its repository. */
export interface AttestedImage {
  readonly repository: string;
  readonly digest: Digest;
}

/** Behind all that decides: what is signed says later what was decided here. */
const PRIORITY = 10;

/** One job for all of one project, since tens of thousands of images may be judged in minutes. In the transaction that decides about them. */
export async function askForAttestation(
  records: Pick<Records, 'jobs'>,
  images: readonly (readonly [Repository, AttestedImage])[],
  now: number,
): Promise<void> {
  for (const [projectId, some] of Map.groupBy(images, ([{ projectId: project }]) => project)) {
    const [first] = some;
    const isOne = first !== undefined && some.length === 1;
    const named = some.map(([, { repository, digest }]) => ({ repository, digest }));
    const job = {
      kind: 'attest-image',
      payload: { images: JSON.stringify(named) },
      // What is waiting for one image is enough for it; of several each may be asked for anew.
      ...(isOne && { key: `attest-image ${first[0].id} ${first[1].digest}` }),
      projectId,
      priority: PRIORITY,
    } as const;
    await records.jobs.enqueue(job, now);
  }
}
