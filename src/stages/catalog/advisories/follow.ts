import { type Dictionary, loadMoving, type PackageGroup, type ShardNews } from '#assess/index.ts';
import type { Affected } from '#model/platform/judgement.ts';
import { askForReview } from '../review/ask.ts';
import type { AdvisoriesContext } from './context.ts';

/** Package versions and images that are marked in one transaction. */
const BATCH = 500;
const PAGE = 1000;
const CAUSE = 'advisories';

/** News of one shard, and whom they may be about. */
export interface NewsToFollow {
  /** The name of the shard. */
  readonly shard: string;
  readonly news: Exclude<ShardNews, { readonly kind: 'none' }>;
  readonly dictionary: Dictionary;
  readonly groups: readonly PackageGroup[];
}

export interface Followed {
  readonly packages: number;
  readonly images: number;
}

/**
 * Matches the package versions again that news may be about, keeps what is found, and marks the images that hold them. Signals are about findings that there
 * are; dates of support, and signals that are compared with nothing, are about every image.
 */
export async function follow(
  context: AdvisoriesContext,
  { shard, news, dictionary, groups }: NewsToFollow,
  signal: AbortSignal,
): Promise<Followed> {
  const isOfPackages = groups.some(({ ecosystems, type }) => type !== 'generic' && ecosystems.has(shard));
  if (news.kind === 'all' ? !isOfPackages && shard !== 'NVD' : news.products.size > 0) {
    return { packages: 0, images: await mark(context, { kind: 'repositories', prefixes: null }) };
  }
  const { affectedPurls } = await loadMoving();
  let packages = 0;
  let images = 0;
  for await (const found of affectedPurls(dictionary, groups, new Map([[shard, news]]), signal)) {
    for (let start = 0; start < found.length; start += BATCH) {
      const purls = found.slice(start, start + BATCH);
      images += await refind(context, purls);
      packages += purls.length;
      signal.throwIfAborted();
    }
  }
  // Ratings of the NVD are for what others find as well.
  const ids = news.kind === 'some' ? [...news.signals, ...(shard === 'NVD' ? news.advisories : [])] : [];
  for (const id of ids) {
    images += await markFound(context, id);
    signal.throwIfAborted();
  }
  return { packages, images };
}

/** Of packages that a CPE alone names nothing is found by their package URLs: their images are judged, and that is all. */
async function refind(context: AdvisoriesContext, purls: readonly string[]): Promise<number> {
  const { store, clock } = context;
  const known = purls.filter((purl) => !purl.startsWith('pkg:generic/'));
  const { findingsOf } = await loadMoving();
  const findings = await findingsOf(known, context);
  return await store.transaction(async (records) => {
    const now = clock.now();
    if (known.length > 0) {
      await records.findings.replace(known, findings, now);
    }
    const images = await records.judgements.mark({ kind: 'packages', purls }, CAUSE, now);
    if (images > 0) {
      // What runs is judged while the rest is still looked for.
      await askForReview(records, now);
    }
    return images;
  });
}

async function markFound(context: AdvisoriesContext, id: string): Promise<number> {
  let images = 0;
  for (let after: string | null = null; ; ) {
    const page = await context.store.records.findings.withId(id, { after, limit: PAGE });
    const last = page.at(-1);
    if (last !== undefined) {
      images += await mark(context, { kind: 'packages', purls: page.map(({ purl }) => purl) });
      after = `${last.purl} ${last.id}`;
    }
    if (page.length < PAGE) {
      return images;
    }
  }
}

async function mark({ store, clock }: AdvisoriesContext, affected: Affected): Promise<number> {
  return await store.records.judgements.mark(affected, CAUSE, clock.now());
}
