import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { Judgement, JudgementRecords } from '#model/platform/judgement.ts';
import type { Repository } from '#model/platform/records.ts';
import type { JudgementRow, Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { dueCounts, dueSince, giveBack, isHeld, judged, markExpired, markImages, takeImages } from './due-images.ts';
import { keptDigest } from './error.ts';
import { idOf, imageIdOf } from './images.ts';

/** What policy says of images, and which are to be judged again. */
export function judgementRecords(
  db: Kysely<Tables>,
  dialect: Dialect,
  newId: (now: number) => string,
): JudgementRecords {
  return {
    set: (repository, judgement) => atomically(db, (all) => set(all, repository, judgement)),
    keepOnly: async (environments) => {
      const { numAffectedRows } = await sql`
        DELETE FROM judgements WHERE environment NOT IN (SELECT value FROM ${valuesOf(dialect, environments)} AS w)`.execute(
        db,
      );
      return Number(numAffectedRows ?? 0);
    },
    ofImage: (repositoryId, digest) => ofImage(db, repositoryId, digest),
    dueSince: (repositoryId, digest) => dueSince(db, repositoryId, digest),
    mark: (affected, cause, now) => atomically(db, (all) => markImages(all, dialect, affected, { cause, now })),
    markExpired: (now) => atomically(db, (all) => markExpired(all, now)),
    take: (limit, now, leasedUntil) =>
      atomically(db, (all) => takeImages(all, dialect, { limit, now, leasedUntil, lease: newId(now) })),
    holds: (repositoryId, digest, lease) => isHeld(db, repositoryId, digest, lease),
    giveBack: (lease) => giveBack(db, lease),
    done: (images, lease) => judged(db, images, lease),
    due: () => dueCounts(db),
  };
}

async function set(db: Kysely<Tables>, repository: Repository, judgement: Judgement): Promise<void> {
  const { digest, environment, outcome, reason, verdict, validUntil, judgedAt } = judgement;
  const said = { outcome, reason, verdict, valid_until: validUntil, judged_at: judgedAt };
  const { numUpdatedRows } = await db
    .updateTable('judgements')
    .set(said)
    .where('environment', '=', environment)
    .where('image_id', '=', idOf(repository.id, digest))
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) {
    return;
  }
  const image = await imageIdOf(db, repository, digest);
  await db
    .insertInto('judgements')
    .values({ project_id: repository.projectId, image_id: image, environment, ...said })
    .onConflict((conflict) => conflict.columns(['image_id', 'environment']).doUpdateSet(said))
    .execute();
}

async function ofImage(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<readonly Judgement[]> {
  const rows = await db
    .selectFrom('judgements as j')
    .innerJoin('images as i', 'i.id', 'j.image_id')
    .select(['j.environment', 'j.outcome', 'j.reason', 'j.verdict', 'j.valid_until', 'j.judged_at'])
    .where('i.repository_id', '=', repositoryId)
    .where('i.digest', '=', digest)
    .orderBy('j.environment')
    .execute();
  return rows.map((row) => judgementOf(row, repositoryId, digest));
}

function judgementOf(
  row: Omit<JudgementRow, 'project_id' | 'image_id'>,
  repositoryId: string,
  digest: Digest,
): Judgement {
  const { environment, outcome, reason, verdict, valid_until, judged_at } = row;
  return {
    repositoryId,
    digest,
    environment,
    outcome,
    reason,
    verdict: keptDigest(verdict, `judgement of ${digest} for ${environment}`),
    validUntil: valid_until,
    judgedAt: judged_at,
  };
}
