import type { Kysely } from 'kysely';
import type { Digest } from '#base/digest.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { CatalogRecords, ImageSummary } from '#model/platform/judgement.ts';
import type { Repository } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { catalogEntries } from './catalog-entries.ts';
import { catalogPage } from './catalog-page.ts';
import type { Dialect } from './dialect.ts';
import { setUses, usesOf } from './image-uses.ts';
import { imageIdOf } from './images.ts';
import { detailsOf, setDetails } from './repository-details.ts';

/** Images as people search them. */
export function catalogRecords(db: Kysely<Tables>, dialect: Dialect): CatalogRecords {
  return {
    search: async (query) => await catalogEntries(db, dialect, await catalogPage(db, dialect, query)),
    summarise: (repository, digest, summary) => atomically(db, (all) => summarise(all, repository, digest, summary)),
    details: (repositoryId) => detailsOf(db, repositoryId),
    setDetails: (repository, change, by, now) => setDetails(db, repository, change, { by, now }),
    setUses: (place, uses, now) => atomically(db, (all) => setUses(all, dialect, place, uses, now)),
    uses: (repositoryId, digest) => usesOf(db, repositoryId, digest),
  };
}

/** What is longer is not searched by: whoever built the image has written it. */
const MAX_TEXT_CHARS = 512;
/** How much of one thing counts, so that the next worse one counts more. */
const SCALE = [10_000, 10_000, 1000, 1000] as const;

async function summarise(
  db: Kysely<Tables>,
  repository: Repository,
  digest: Digest,
  { platform, createdAt, base, counts, score }: ImageSummary,
): Promise<void> {
  const columns = {
    platform: bounded(platform),
    base: bounded(base),
    created_at: createdAt !== null && Number.isSafeInteger(createdAt) && createdAt >= 0 ? createdAt : -1,
    counts: JSON.stringify(counts),
    severities: SEVERITIES.reduce((bits, severity, index) => bits + (counts[severity] > 0 ? 2 ** index : 0), 0),
    badness: badnessOf(counts),
    score: score === null ? null : Math.round(score * 100),
  };
  const write = async (): Promise<bigint> => {
    const { numUpdatedRows } = await db
      .updateTable('images')
      .set(columns)
      .where('repository_id', '=', repository.id)
      .where('digest', '=', digest)
      .executeTakeFirstOrThrow();
    return numUpdatedRows;
  };
  if ((await write()) === 0n) {
    await imageIdOf(db, repository, digest);
    await write();
  }
}

function bounded(text: string | null): string | null {
  return text === null || text.length > MAX_TEXT_CHARS || text.includes('\0') ? null : text;
}

/** One number that sorts by how many are critical, then high, medium and low. */
function badnessOf(counts: ImageSummary['counts']): number {
  return SCALE.reduce((sum, scale, index) => {
    const severity = SEVERITIES[index];
    return sum * scale + (severity === undefined ? 0 : Math.min(scale - 1, counts[severity]));
  }, 0);
}
