import { type Dictionary, loadMoving, type MovingAdvisories, type ShardNews } from '#assess/index.ts';
import type { Records } from '#model/platform/records.ts';
import { askForReview } from '../review/ask.ts';
import { announce, updatedEvent } from './announced.ts';
import type { AdvisoriesContext } from './context.ts';
import { type Followed, follow, type NewsToFollow } from './follow.ts';

/** What became of a look at all sources. */
export interface UpdatedAdvisories {
  /** Shards that say something new. */
  readonly changed: number;
  readonly unchanged: number;
  /** Shards that could not be looked at: what is here is used, and said to be old. */
  readonly failed: number;
  /** Package versions that the news may be about. */
  readonly packages: number;
  /** Images that are due because of them; one that several shards speak of counts for each. */
  readonly images: number;
  /** How often each shard that says something new was announced. */
  readonly announced: ReadonlyMap<string, number>;
}

type Result = Awaited<ReturnType<MovingAdvisories['update']>>[number];

/** Signals, ratings and dates of support, which are of no package. */
const WITHOUT_PACKAGES = ['KEV', 'EPSS', 'NVD', 'Lifecycle'];

/**
 * Looks at the sources of the advisories that stored images need, and has those images judged again that the news are about: found by the names of packages, no
 * inventory is read. News are settled shard by shard, each only when all that follows from it is written. Throws what the stores throw.
 */
export async function updateAdvisories(context: AdvisoriesContext, signal: AbortSignal): Promise<UpdatedAdvisories> {
  const { advisories, store, home, log } = context;
  const { groupsIn, newsOf, settle } = await loadMoving();
  const dictionary = dictionaryOf(store.records);
  const groups = await groupsIn(dictionary, signal);
  const needed = new Set(groups.flatMap(({ ecosystems }) => [...ecosystems]));
  const asked = [...needed, ...(groups.length > 0 ? WITHOUT_PACKAGES : [])].filter((name) => advisories.offers(name));
  const sum = { changed: 0, unchanged: 0, failed: 0, packages: 0, images: 0 };
  const announced = new Map<string, number>();
  for (const result of await advisories.update([...new Set(asked)].toSorted())) {
    signal.throwIfAborted();
    if (result.outcome === 'failed') {
      sum.failed += 1;
      log.warn('advisories not updated', { ecosystem: result.ecosystem, reason: result.unknowns[0]?.reason ?? '' });
    }
    const path = await advisories.pathOf(result);
    const news: ShardNews = path === null ? { kind: 'none' } : await newsOf(home, path, signal, log);
    if (path === null || news.kind === 'none') {
      sum.unchanged += result.outcome === 'failed' ? 0 : 1;
      continue;
    }
    const followed = await followAndSay(context, { shard: result.ecosystem, news, dictionary, groups }, result, signal);
    await settle(home, path);
    announced.set(result.ecosystem, followed.count);
    sum.changed += 1;
    sum.packages += followed.packages;
    sum.images += followed.images;
  }
  return { ...sum, announced };
}

async function followAndSay(
  context: AdvisoriesContext,
  news: NewsToFollow,
  { info }: Result,
  signal: AbortSignal,
): Promise<Followed & { readonly count: number }> {
  const { store, clock } = context;
  const announcement = { shard: news.shard, revision: info?.revision ?? '' };
  const count = await store.transaction((records) => announce(records, announcement, clock.now()));
  const followed = await follow(context, news, signal);
  await store.transaction(async (records) => {
    await records.events.append(updatedEvent(context, { ...announcement, ...followed }));
    await askForReview(records, clock.now());
  });
  return { ...followed, count };
}

function dictionaryOf({ inventories, findings }: Pick<Records, 'inventories' | 'findings'>): Dictionary {
  return {
    packages: (prefix, page) => inventories.packages(prefix, page),
    versionsOf: (names, page) => findings.versionsOf(names, page),
  };
}
