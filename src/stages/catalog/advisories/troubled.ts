import { digestOf } from '#base/digest.ts';
import { WORKER } from '#model/platform/access.ts';
import type { Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import { askForReview } from '../review/ask.ts';

/** Of the documents of the installation that say which advisories could not be had, or were out of date, at the last look; their names are those of shards. */
const KIND = 'TroubledAdvisories';
const PAGE = 200;
const TROUBLED = JSON.stringify({ isTroubled: true });
const SOUND = JSON.stringify({ isTroubled: false });

/** Shards by which images may have been judged as not known. */
export async function troubledShards({ documents }: Pick<Records, 'documents'>): Promise<ReadonlySet<string>> {
  const projectId = await documents.project(INSTALLATION);
  const found = new Set<string>();
  for (let after: string | null = null; projectId !== null; ) {
    const page = await documents.list(projectId, KIND, { after, limit: PAGE });
    for (const { name, digest } of page) {
      if (digest === digestOf(TROUBLED)) {
        found.add(name);
      }
    }
    after = page.at(-1)?.name ?? null;
    if (page.length < PAGE) {
      break;
    }
  }
  return found;
}

/** From now on, or not any more. In the caller's transaction. */
export async function setTroubled(
  { documents }: Pick<Records, 'documents'>,
  shard: string,
  isTroubled: boolean,
  now: number,
): Promise<void> {
  const projectId = await documents.ensureProject(INSTALLATION, now);
  const content = isTroubled ? TROUBLED : SOUND;
  const revision = ((await documents.find(projectId, KIND, shard))?.revision ?? 0) + 1;
  const isWritten = await documents.write(projectId, {
    kind: KIND,
    name: shard,
    revision,
    digest: digestOf(content),
    content,
    createdAt: now,
    createdBy: WORKER.id,
    isRemoved: false,
  });
  if (!isWritten) {
    throw new Error(`somebody else looked at ${shard} at the same time: it is tried again`);
  }
}

/** Advisories are there again: what was not known may be known by now. How many images. In the caller's transaction. */
export async function haveUnknownJudged(records: Pick<Records, 'judgements' | 'jobs'>, now: number): Promise<number> {
  const images = await records.judgements.mark({ kind: 'unknown' }, 'advisories', now);
  if (images > 0) {
    await askForReview(records, now);
  }
  return images;
}
