import { digestOf } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
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
  /** When its newest advisory was modified; 0 where none says. */
  readonly newest: number;
}

/** What was announced last of a shard. */
export interface Announced extends Omit<Announcement, 'shard'> {
  /** How often it was announced. */
  readonly count: number;
}

/**
 * Says to all workers that other advisories count from now on: before anything is marked because of them, so that whoever takes what is marked knows. In the
 * caller's transaction. How often this shard was announced, with this time.
 */
export async function announce(
  { documents }: Pick<Records, 'documents'>,
  { shard, revision, newest }: Announcement,
  now: number,
): Promise<number> {
  const projectId = await documents.ensureProject(INSTALLATION, now);
  const content = JSON.stringify({ revision, newest } satisfies Said);
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

/** What was announced, by the names of the shards. */
export async function announced({ documents }: Pick<Records, 'documents'>): Promise<ReadonlyMap<string, Announced>> {
  const projectId = await documents.project(INSTALLATION);
  const found = new Map<string, Announced>();
  for (let after: string | null = null; projectId !== null; ) {
    const page = await documents.list(projectId, KIND, { after, limit: PAGE });
    for (const { name, revision: count, content } of page) {
      found.set(name, { count, ...saidIn(content, name) });
    }
    after = page.at(-1)?.name ?? null;
    if (page.length < PAGE) {
      break;
    }
  }
  return found;
}

type Said = Omit<Announcement, 'shard'>;

/** Of ourselves; what cannot be read is nothing that anybody has. */
function saidIn(content: string, shard: string): Said {
  const said = parseStrictJson(content, `announcement of ${shard}`);
  const { revision, newest } = typeof said === 'object' && said !== null ? (said as Partial<Said>) : {};
  return { revision: typeof revision === 'string' ? revision : '', newest: typeof newest === 'number' ? newest : 0 };
}
