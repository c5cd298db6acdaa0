import { type Dictionary, loadMoving, type PackageGroup, type ShardNews } from '#assess/index.ts';
import type { Affected } from '#model/platform/judgement.ts';
import { askForReview } from '../review/ask.ts';
import type { AdvisoriesContext } from './context.ts';

/** Package versions that are matched at once. */
const BATCH = 500;
/** Package versions whose images are marked at once: most images hold hundreds of them, and each mark has what it finds judged anew. */
const MOST_COLLECTED = 20_000;
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
  const collected = new Set<string>();
  let packages = 0;
  let images = 0;
  const collect = async (purls: readonly string[]): Promise<void> => {
    purls.forEach((purl) => collected.add(purl));
    images += collected.size < MOST_COLLECTED ? 0 : await markHolders(context, collected);
    signal.throwIfAborted();
  };
  for await (const found of affectedPurls(dictionary, groups, new Map([[shard, news]]), signal)) {
    for (let start = 0; start < found.length; start += BATCH) {
      const purls = found.slice(start, start + BATCH);
      await refind(context, purls);
      packages += purls.length;
      await collect(purls);
    }
  }
  // Ratings of the NVD are for what others find as well.
  const ids = news.kind === 'some' ? [...news.signals, ...(shard === 'NVD' ? news.advisories : [])] : [];
  for (const id of ids) {
    for await (const purls of holding(context, id)) {
      await collect(purls);
    }
  }
  images += await markHolders(context, collected);
  return { packages, images };
}

/** Of packages that a CPE alone names nothing is found by their package URLs: their images are judged, and that is all. */
async function refind(context: AdvisoriesContext, purls: readonly string[]): Promise<void> {
  const known = purls.filter((purl) => !purl.startsWith('pkg:generic/'));
  if (known.length > 0) {
    const { findingsOf } = await loadMoving();
    await context.store.records.findings.replace(known, await findingsOf(known, context), context.clock.now());
  }
}

/** The package versions in which something is found, page by page. */
async function* holding(context: AdvisoriesContext, id: string): AsyncGenerator<readonly string[]> {
  for (let after: string | null = null; ; ) {
    const page = await context.store.records.findings.withId(id, { after, limit: PAGE });
    const last = page.at(-1);
    if (last !== undefined) {
      yield page.map(({ purl }) => purl);
      after = `${last.purl} ${last.id}`;
    }
    if (page.length < PAGE) {
      return;
    }
  }
}

/** How many. Nothing is collected any more. */
async function markHolders(context: AdvisoriesContext, collected: Set<string>): Promise<number> {
  const purls = [...collected];
  collected.clear();
  return purls.length === 0 ? 0 : await mark(context, { kind: 'packages', purls });
}

async function mark({ store, clock }: AdvisoriesContext, affected: Affected): Promise<number> {
  return await store.transaction(async (records) => {
    const images = await records.judgements.mark(affected, CAUSE, clock.now());
    if (images > 0) {
      // What runs is judged while the rest is still looked for.
      await askForReview(records, clock.now());
    }
    return images;
  });
}
