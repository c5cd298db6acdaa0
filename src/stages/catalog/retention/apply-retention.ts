import type { Digest } from '#base/digest.ts';
import { WORKER } from '#model/platform/access.ts';
import type { Repository } from '#model/platform/records.ts';
import type { KeptImage } from '#model/platform/retention.ts';
import type { CatalogContext } from '../context.ts';
import { deleteIn } from '../delete.ts';
import { type Candidate, candidates, isForRepository, type RetentionRule } from './rule.ts';
import { whyKept } from './why-kept.ts';

export interface RetentionOptions {
  readonly rules: readonly RetentionRule[];
  /** Says what would go, and changes nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What became of an image that a rule lets go. */
export interface RetentionEntry {
  readonly repository: string;
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** When it was pushed or tagged last, milliseconds UTC. */
  readonly freshAt: number;
  /** The name of the rule. */
  readonly rule: string;
  /** Why it stays all the same; null for one that goes. */
  readonly kept: string | null;
}

export interface Retention {
  readonly dryRun: boolean;
  readonly gone: number;
  readonly kept: number;
  /** The first of them. */
  readonly entries: readonly RetentionEntry[];
}

const PAGE = 500;
const MAX_ENTRIES = 1000;

/**
 * Deletes images that rules let go; they can be restored until they are collected. Never what somebody runs, what is on its way, or has a tag that is never deleted: each is
 * looked at once more in the transaction that deletes it.
 */
export async function applyRetention(context: CatalogContext, options: RetentionOptions): Promise<Retention> {
  const entries: RetentionEntry[] = [];
  const counts = { gone: 0, kept: 0 };
  for await (const repository of repositoriesOf(context)) {
    for (const { image, rule } of await candidatesIn(context, repository, options)) {
      options.signal.throwIfAborted();
      const kept = options.dryRun
        ? await whyKept(context.store.records, repository, image)
        : await removeUnlessKept(context, repository, image);
      counts[kept === null ? 'gone' : 'kept'] += 1;
      if (entries.length < MAX_ENTRIES) {
        const { digest, tags, freshAt } = image;
        entries.push({ repository: repository.name, digest, tags, freshAt, rule, kept });
      }
    }
  }
  return { dryRun: options.dryRun, ...counts, entries };
}

async function* repositoriesOf({ store }: CatalogContext): AsyncGenerator<Repository> {
  for (let after: string | null = null; ; ) {
    const page = await store.records.repositories.list(null, { after, limit: PAGE });
    yield* page;
    after = page.at(-1)?.name ?? null;
    if (page.length < PAGE || after === null) {
      return;
    }
  }
}

async function candidatesIn(
  { store, clock }: CatalogContext,
  repository: Repository,
  { rules, signal }: RetentionOptions,
): Promise<readonly Candidate[]> {
  const { records } = store;
  const details = await records.catalog.details(repository.id);
  const own = rules.filter((rule) => isForRepository(rule, repository.name, details));
  const images: KeptImage[] = [];
  for (let after: string | null = null; own.length > 0; ) {
    signal.throwIfAborted();
    const page = await records.retention.images(repository.id, { after, limit: PAGE });
    images.push(...page);
    after = page.at(-1)?.digest ?? null;
    if (page.length < PAGE) {
      break;
    }
  }
  return await candidates(images, own, clock.now());
}

/** Undoes the transaction that it is thrown in. */
class TaggedMeanwhile extends Error {}

async function removeUnlessKept(
  context: CatalogContext,
  repository: Repository,
  image: KeptImage,
): Promise<string | null> {
  try {
    return await context.store.transaction(async (records) => {
      const kept = await whyKept(records, repository, image);
      if (kept === null) {
        const gone = await deleteIn(context, records, { repository, digest: image.digest, by: WORKER.id });
        if (gone.some((tag) => !image.tags.includes(tag))) {
          throw new TaggedMeanwhile();
        }
      }
      return kept;
    });
  } catch (error) {
    if (error instanceof TaggedMeanwhile) {
      return 'somebody tagged it meanwhile';
    }
    throw error;
  }
}
