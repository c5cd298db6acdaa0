import assert from 'node:assert/strict';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Severity } from '#model/advisory.ts';
import type { CatalogEntry, CatalogQuery, ImageSummary } from '#model/platform/judgement.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Repository } from '#model/platform/records.ts';
import { manifest, push } from './samples.ts';

export const QUERY: CatalogQuery = {
  prefixes: null,
  text: null,
  state: null,
  environment: null,
  outcome: null,
  package: null,
  finding: null,
  severity: null,
  minScore: null,
  maxScore: null,
  base: null,
  owner: null,
  createdBefore: null,
  createdAfter: null,
  inUse: null,
  order: 'name',
  after: null,
  limit: 100,
};
export const NONE: Readonly<Record<Severity, number>> = {
  critical: 0,
  high: 0,
  medium: 0,
  low: 0,
  none: 0,
  unknown: 0,
};
const SUMMARY: ImageSummary = { platform: 'linux/amd64', createdAt: 100, base: null, counts: NONE, score: null };

/** An image of the catalogue. */
export interface Made {
  readonly repository: Repository;
  readonly digest: Digest;
}

/** An image that is analysed and summarised. */
export async function made(
  store: MetadataStore,
  name: string,
  text: string,
  summary: Partial<ImageSummary> = {},
  packages: readonly string[] = ['pkg:npm/everywhere@1'],
): Promise<Made> {
  const repository = await store.records.repositories.ensure(name, 1);
  const { digest } = await push(store, repository, manifest(`${name} ${text}`));
  const layerSet = digestOf(packages.join());
  await store.records.inventories.write({ layerSet, packages, unknowns: [], analysedAt: 1, content: null });
  await store.records.inventories.assign(repository, digest, { layerSet, unknowns: [], analysedAt: 1 });
  await store.records.catalog.summarise(repository, digest, { ...SUMMARY, ...summary });
  return { repository, digest };
}

/** All pages of two. */
export async function pages(store: MetadataStore, query: Partial<CatalogQuery>): Promise<readonly CatalogEntry[]> {
  const found: CatalogEntry[] = [];
  for (let after: string | null = null; found.length < 1000; ) {
    const page: readonly CatalogEntry[] = await store.records.catalog.search({ ...QUERY, ...query, after, limit: 2 });
    found.push(...page);
    after = page.at(-1)?.cursor ?? null;
    if (after === null) {
      break;
    }
  }
  const all = await store.records.catalog.search({ ...QUERY, ...query, limit: 1000 });
  assert.deepEqual(found, all);
  return all;
}

export const namesOf = (entries: readonly CatalogEntry[]): readonly string[] =>
  entries.map(({ repository }) => repository.name);
