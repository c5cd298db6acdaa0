import type { Digest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import type { Repository } from '#model/platform/records.ts';
import type { AcquiringSource, ActiveSources, CopyContext, Taken } from './context.ts';
import { objectionTo } from './history.ts';
import { nameOf } from './reference.ts';
import { beginAcquisition } from './request.ts';
import { digestOf } from './resolve.ts';
import { reviveAcquisitions } from './revive.ts';

export interface PollLimits {
  /** Repositories of a source that are looked at in one run. */
  readonly repositories: number;
  /** Tags of a repository that are asked about in one run; the next run goes on with others. */
  readonly tags: number;
  /** Acquisitions that one run begins for one source. */
  readonly requests: number;
}

export interface Polled {
  readonly sources: number;
  readonly tags: number;
  readonly requested: number;
  /** Acquisitions that nobody went on with. */
  readonly revived: number;
}

const LIMITS: PollLimits = { repositories: 200, tags: 500, requests: 100 };
/** Repositories of a source that are known, and have their turn. */
const MAX_KNOWN = 10_000;
const PAGE = 500;
/** So long a tag that could not be taken is not asked for again by itself, while it means the same. */
const FAILED_MS = 24 * 60 * 60 * 1000;

/** Looks at the sources whose time has come, each by one of many workers, and has new images taken. What fails of one source is for the next run. */
export async function pollSources(
  context: CopyContext,
  signal: AbortSignal,
  limits: PollLimits = LIMITS,
): Promise<Polled> {
  const { store, clock, log } = context;
  const active = await context.sources.active();
  const polled = { sources: 0, tags: 0, requested: 0, revived: await reviveAcquisitions(context) };
  for (const one of active.acquiring) {
    signal.throwIfAborted();
    const { everyMs } = one.acquire;
    const now = clock.now();
    if (everyMs === null || !(await store.records.acquisitions.look(`source ${one.source.name}`, now - everyMs, now))) {
      continue;
    }
    polled.sources += 1;
    try {
      await new SourcePoll(context, { active, one, round: Math.floor(now / everyMs), limits }).run(polled, signal);
    } catch (error) {
      signal.throwIfAborted();
      log.warn('source not looked at', { source: one.source.name, error: messageOf(error) });
    }
  }
  return polled;
}

interface Poll {
  readonly active: ActiveSources;
  readonly one: AcquiringSource;
  /** Another number each time, so that the tags of a large repository have their turn. */
  readonly round: number;
  readonly limits: PollLimits;
}

interface Counts {
  tags: number;
  requested: number;
}

class SourcePoll {
  readonly #context: CopyContext;
  readonly #poll: Poll;
  #requests = 0;

  constructor(context: CopyContext, poll: Poll) {
    this.#context = context;
    this.#poll = poll;
  }

  async run(counts: Counts, signal: AbortSignal): Promise<void> {
    const { log } = this.#context;
    for (const repository of await this.#repositories()) {
      signal.throwIfAborted();
      try {
        await this.#look(repository, counts, signal);
      } catch (error) {
        signal.throwIfAborted();
        log.warn('repository not looked at', { repository, error: messageOf(error) });
      }
      if (this.#requests >= this.#poll.limits.requests) {
        log.info('more is new than one run takes', { source: this.#poll.one.source.name });
        return;
      }
    }
  }

  /** Of ours: those that the source names in full, and those that something was taken of before. */
  async #repositories(): Promise<readonly string[]> {
    const { one, limits, round } = this.#poll;
    const { into, repositories } = one.acquire;
    const named = repositories.filter((pattern) => !pattern.includes('*')).map((path) => `${into}/${path}`);
    const known = new Set(named);
    for (let after: string | null = null; known.size < MAX_KNOWN; ) {
      const page: readonly Repository[] = await this.#context.store.records.repositories.list([`${into}/`], {
        after,
        limit: PAGE,
      });
      page.forEach(({ name }) => known.add(name));
      after = page.at(-1)?.name ?? null;
      if (page.length < PAGE) {
        break;
      }
    }
    // A pull of what is nowhere leaves a repository as well: with these each has its turn.
    return turn([...known], limits.repositories, round);
  }

  async #look(repository: string, counts: Counts, signal: AbortSignal): Promise<void> {
    const { active, one, limits, round } = this.#poll;
    // By any digest: whether the source takes the repository at all.
    const taken = active.upstreamOf(repository, { digest: ANY });
    if (taken?.kind !== 'taken') {
      return;
    }
    const upstream = await this.#context.openUpstream(taken);
    try {
      const listed = await upstream.tags(signal);
      const wanted = listed.filter((tag) => active.acceptsTag(one.acquire.tags, tag));
      for (const tag of turn(wanted, limits.tags, round)) {
        if (this.#requests >= limits.requests) {
          return;
        }
        counts.tags += 1;
        if (await this.#isNew(taken, tag, await digestOf(upstream, tag, signal))) {
          const by = `source:${one.source.name}`;
          const { isNew } = await beginAcquisition(this.#context, by, { taken, reference: tag });
          this.#requests += 1;
          counts.requested += isNew ? 1 : 0;
        }
      }
    } finally {
      upstream.close();
    }
  }

  async #isNew(taken: Taken, tag: string, digest: Digest): Promise<boolean> {
    const { records } = this.#context.store;
    const here = await records.manifests.resolve(taken.repository, { tag }, null);
    if (here?.digest === digest) {
      return false;
    }
    const { changedAt } = this.#poll.active;
    if (await this.#hasFailed(taken, tag, digest)) {
      return false;
    }
    const asked = { repository: taken.repository, upstream: nameOf(taken), digest, changedAt };
    return (await objectionTo(records, asked)) === null;
  }

  /** Lately, and nothing has changed since, here or there: what fails for good would use up what a run may begin. */
  async #hasFailed({ repository }: Taken, tag: string, digest: Digest): Promise<boolean> {
    const { store, clock } = this.#context;
    const found = await store.records.repositories.find(repository);
    const latest = found === null ? null : await store.records.acquisitions.latest(found.id, tag);
    return (
      latest?.state === 'failed' &&
      latest.digest === digest &&
      latest.finishedAt !== null &&
      latest.finishedAt >= this.#poll.active.changedAt &&
      latest.finishedAt > clock.now() - FAILED_MS
    );
  }
}

const ANY = `sha256:${'0'.repeat(64)}` as Digest;

/** As many as are allowed, each time others. */
function turn(tags: readonly string[], count: number, round: number): readonly string[] {
  if (tags.length <= count) {
    return tags;
  }
  const start = (round * count) % tags.length;
  return [...tags.slice(start), ...tags.slice(0, start)].slice(0, count);
}
