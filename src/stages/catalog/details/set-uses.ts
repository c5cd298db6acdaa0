import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { administers, isEnvironmentName, reportsUses } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records } from '#model/platform/records.ts';
import type { CatalogContext } from '../context.ts';
import { UsesError } from './error.ts';

/** Something that runs. */
export interface ReportedUse {
  /** Its name. */
  readonly repository: string;
  /** Of an image or of the index it was chosen from. */
  readonly digest: Digest;
  readonly environment: string | null;
}

export interface TakenUses {
  readonly known: number;
  /** Images that are not here. */
  readonly unknown: number;
}

const MAX_USES = 20_000;
const MAX_PLACE = 128;

/**
 * Takes what runs at a place, in place of what was said of it before. Whoever says so deploys there, or administers. A place belongs to who
 * speaks of it: `robot:agent/cluster`, and `cluster` alone for who administers all. Throws `UsesError`.
 */
export async function setUses(
  { store, clock }: Pick<CatalogContext, 'store' | 'clock'>,
  actor: Subject,
  place: string,
  uses: readonly ReportedUse[],
): Promise<TakenUses> {
  assertSound(place, uses);
  for (const { repository, environment } of uses) {
    if (!reportsUses(actor, repository, environment)) {
      throw denied(actor, `what runs of ${quote(repository)} in ${environment ?? 'no environment'}`);
    }
  }
  // Who has no such role anywhere says nothing of any place, not even that nothing runs.
  if (!actor.grants.some(({ role }) => role === 'deployer' || role === 'admin')) {
    throw denied(actor, 'what runs anywhere');
  }
  const own = administers(actor, '*') ? place : `${actor.id}/${place}`;
  return await store.transaction(async (records) => {
    const found = await imagesOf(records, uses);
    await records.catalog.setUses(own, found.images, clock.now());
    return { known: uses.length - found.unknown, unknown: found.unknown };
  });
}

type UsedImage = Parameters<Records['catalog']['setUses']>[1][number];

/** What is here of it. */
async function imagesOf(
  records: Records,
  uses: readonly ReportedUse[],
): Promise<{ readonly images: readonly UsedImage[]; readonly unknown: number }> {
  const images: UsedImage[] = [];
  for (const { repository: name, digest, environment } of uses) {
    const repository = await records.repositories.find(name);
    const manifest = repository && (await records.manifests.find(repository.id, digest, null));
    if (repository !== null && manifest !== null) {
      images.push({ repositoryId: repository.id, digest, environment });
    }
  }
  return { images, unknown: uses.length - images.length };
}

function assertSound(place: string, uses: readonly ReportedUse[]): void {
  if (!/^[0-9A-Za-z][0-9A-Za-z._:-]*$/.test(place) || place.length > MAX_PLACE) {
    const expected = `at most ${MAX_PLACE} letters, digits, . _ : and -`;
    throw new UsesError('USES_INVALID', 'not a place', { object: 'place', expected, found: quote(place) });
  }
  if (uses.length > MAX_USES) {
    const [expected, found] = [`at most ${MAX_USES}`, `${uses.length}`];
    throw new UsesError('USES_INVALID', 'too many uses', { object: quote(place), expected, found });
  }
  const wrong = uses.find(({ environment }) => environment !== null && !isEnvironmentName(environment));
  if (wrong !== undefined) {
    const expected = 'a name of lower-case letters, digits and dashes';
    throw new UsesError('USES_INVALID', 'not an environment', { expected, found: quote(wrong.environment ?? '') });
  }
}

function denied({ id }: Subject, what: string): UsesError {
  const found = `${id} has no role to say ${what}`;
  return new UsesError('USES_DENIED', 'not allowed', { object: id, expected: 'a deployer of it', found });
}
