import { type Dictionary, loadMoving, type MovingAdvisories, type ShardNews } from '#assess/index.ts';
import type { Records } from '#model/platform/records.ts';
import { askForReview } from '../review/ask.ts';
import { type Announcement, announce, updatedEvent } from './announced.ts';
import type { AdvisoriesContext } from './context.ts';
import { type Followed, follow, type NewsToFollow } from './follow.ts';
import { haveUnknownJudged, setTroubled, troubledShards } from './troubled.ts';

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
  const { advisories, store, clock, home, log } = context;
  const { groupsIn, newsOf, settle, isStale } = await loadMoving();
  const dictionary = dictionaryOf(store.records);
  const groups = await groupsIn(dictionary, signal);
  const needed = new Set(groups.flatMap(({ ecosystems }) => [...ecosystems]));
  const asked = [...needed, ...(groups.length > 0 ? WITHOUT_PACKAGES : [])].filter((name) => advisories.offers(name));
  const sum = { changed: 0, unchanged: 0, failed: 0, packages: 0, images: 0 };
  const announced = new Map<string, number>();
  const troubled = await troubledShards(store.records);
  for (const result of await advisories.update([...new Set(asked)].toSorted())) {
    signal.throwIfAborted();
    if (result.outcome === 'failed') {
      sum.failed += 1;
      log.warn('advisories not updated', { ecosystem: result.ecosystem, reason: result.unknowns[0]?.reason ?? '' });
    }
    const isUsable = result.outcome !== 'failed' && result.info !== null && !isStale(result.info, clock.now());
    const recovered = await followTrouble(context, result, {
      isTroubled: !isUsable,
      wasTroubled: troubled.has(result.ecosystem),
    });
    sum.images += recovered.images;
    const path = await advisories.pathOf(result);
    const news: ShardNews = path === null ? { kind: 'none' } : await newsOf(home, path, signal, log);
    if (path === null || news.kind === 'none') {
      sum.unchanged += result.outcome === 'failed' ? 0 : 1;
      if (recovered.count !== null) {
        announced.set(result.ecosystem, recovered.count);
      }
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
  const announcement = announcementOf(news.shard, info);
  const count = await store.transaction((records) => announce(records, announcement, clock.now()));
  const followed = await follow(context, news, signal);
  await store.transaction(async (records) => {
    await records.events.append(updatedEvent(context, { ...announcement, ...followed }));
    await askForReview(records, clock.now());
  });
  return { ...followed, count };
}

/**
 * What was judged while advisories could not be had, or were out of date, is judged again when they can: nothing of it need have changed for that. It is announced
 * as well, so that other workers look again that could not.
 */
async function followTrouble(
  { store, clock }: AdvisoriesContext,
  { ecosystem, info }: Result,
  { isTroubled, wasTroubled }: { readonly isTroubled: boolean; readonly wasTroubled: boolean },
): Promise<{ readonly images: number; readonly count: number | null }> {
  if (isTroubled === wasTroubled) {
    return { images: 0, count: null };
  }
  const now = clock.now();
  return await store.transaction(async (records) => {
    await setTroubled(records, ecosystem, isTroubled, now);
    if (isTroubled) {
      return { images: 0, count: null };
    }
    const count = await announce(records, announcementOf(ecosystem, info), now);
    return { images: await haveUnknownJudged(records, now), count };
  });
}

function announcementOf(shard: string, info: Result['info']): Announcement {
  return { shard, revision: info?.revision ?? '', newest: info?.newest ?? 0 };
}

function dictionaryOf({ inventories, findings }: Pick<Records, 'inventories' | 'findings'>): Dictionary {
  return {
    packages: (prefix, page) => inventories.packages(prefix, page),
    versionsOf: (names, page) => findings.versionsOf(names, page),
  };
}
