import { z } from 'zod';
import { namePrefixes } from '#lib/access/index.ts';
import type { Severity } from '#model/advisory.ts';
import type { Subject } from '#model/platform/access.ts';
import type { CatalogEntry, CatalogQuery } from '#model/platform/judgement.ts';
import type { Records } from '#model/platform/records.ts';
import { LIFECYCLES } from '#model/platform/state.ts';
import { judgement, severityCounts, shownJudgement, time, timeOf, timeOrNull } from './schemas.ts';

/** An image of one platform, as lists show it. */
export const catalogEntry = z.strictObject({
  repository: z.string(),
  digest: z.string(),
  /** Of the index that it is in. */
  index: z.string().nullable(),
  tags: z.array(z.string()),
  platform: z.string().nullable(),
  state: z.enum(LIFECYCLES),
  reason: z.string(),
  since: time,
  createdAt: time.nullable(),
  base: z.string().nullable(),
  owner: z.string().nullable(),
  packages: z.int().nullable(),
  unknowns: z.int(),
  counts: severityCounts,
  score: z.number().nullable(),
  inUse: z.boolean(),
  judgements: z.array(judgement),
  /** Waits to be judged again. */
  isDue: z.boolean(),
});

export function shownEntry({ cursor: _, ...entry }: CatalogEntry): z.input<typeof catalogEntry> {
  return {
    ...entry,
    repository: entry.repository.name,
    tags: [...entry.tags],
    since: timeOf(entry.since),
    createdAt: timeOrNull(entry.createdAt),
    counts: { ...entry.counts },
    judgements: entry.judgements.map(shownJudgement),
  };
}

/** A search for everything. */
export const ANYTHING: Omit<CatalogQuery, 'prefixes' | 'after' | 'limit'> = {
  text: null,
  state: null,
  environment: null,
  outcome: null,
  package: null,
  finding: null,
  severity: null as Severity | null,
  minScore: null,
  maxScore: null,
  base: null,
  owner: null,
  createdBefore: null,
  createdAfter: null,
  inUse: null,
  order: 'name',
};

/** A page of what is asked for, without what is in repositories that somebody may not read about. */
export async function searchCatalog(
  { catalog }: Pick<Records, 'catalog'>,
  subject: Subject,
  query: Omit<CatalogQuery, 'prefixes'>,
): Promise<{ readonly entries: readonly CatalogEntry[]; readonly next: string | null }> {
  const prefixes = namePrefixes(subject, 'read');
  if (prefixes?.length === 0) {
    return { entries: [], next: null };
  }
  // Only what they may read is looked at: a cursor is of an image that is shown. Those that went meanwhile are left out, so that a short page is not the last.
  const entries = await catalog.search({ ...query, prefixes });
  return { entries, next: entries.at(-1)?.cursor ?? null };
}
