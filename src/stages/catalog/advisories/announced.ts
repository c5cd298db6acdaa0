import { digestOf } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import { WORKER } from '#model/platform/access.ts';
import type { PlatformEvent } from '#model/platform/event.ts';
import type { Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import type { AdvisoriesContext } from './context.ts';
import type { Followed } from './follow.ts';

/** Of the documents of the installation that say which advisories are used; their names are those of shards. */
const KIND = 'Advisories';
const PAGE = 200;

export interface Announcement {
  /** The name of the shard. */
  readonly shard: string;
  readonly revision: string;
}

/**
 * Says to all workers that other advisories count from now on: before anything is marked because of them, so that whoever takes what is marked knows. In the
 * caller's transaction. How often this shard was announced, with this time.
 */
export async function announce(
  { documents }: Pick<Records, 'documents'>,
  { shard, revision }: Announcement,
  now: number,
): Promise<number> {
  const projectId = await documents.ensureProject(INSTALLATION, now);
  const content = JSON.stringify({ revision });
  const count = ((await documents.find(projectId, KIND, shard))?.revision ?? 0) + 1;
  const isWritten = await documents.write(projectId, {
    kind: KIND,
    name: shard,
    revision: count,
    digest: digestOf(content),
    content,
    createdAt: now,
    createdBy: WORKER.id,
    isRemoved: false,
  });
  if (!isWritten) {
    throw new Error(`somebody else announced ${shard} at the same time: it is tried again`);
  }
  return count;
}

/** What follows from other advisories is written. */
export function updatedEvent(
  { clock, random }: Pick<AdvisoriesContext, 'clock' | 'random'>,
  { shard, revision, packages, images }: Announcement & Followed,
): PlatformEvent {
  const time = clock.now();
  return {
    id: newId(time, random),
    type: 'advisories.updated.v1',
    subject: `advisories:${shard}`,
    actor: WORKER.id,
    time,
    projectId: null,
    data: { ecosystem: shard, revision, packages, images },
  };
}

/** How often each shard was announced, by its name. */
export async function announced({ documents }: Pick<Records, 'documents'>): Promise<ReadonlyMap<string, number>> {
  const projectId = await documents.project(INSTALLATION);
  const found = new Map<string, number>();
  for (let after: string | null = null; projectId !== null; ) {
    const page = await documents.list(projectId, KIND, { after, limit: PAGE });
    for (const { name, revision } of page) {
      found.set(name, revision);
    }
    after = page.at(-1)?.name ?? null;
    if (page.length < PAGE) {
      break;
    }
  }
  return found;
}
