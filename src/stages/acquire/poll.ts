import { messageOf } from '#base/error.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { AcquiringSource, ActiveSources, CopyContext, Taken } from './context.ts';
import { objectionTo } from './history.ts';
import { enqueueAcquisition } from './job.ts';
import { nameOf } from './reference.ts';
import { beginAcquisition } from './request.ts';
import { digestOf } from './resolve.ts';

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
  /** Acquisitions whose job was lost. */
  readonly revived: number;
}

const LIMITS: PollLimits = { repositories: 200, tags: 500, requests: 100 };
/** So long nobody has said anything of an acquisition when its job is taken for lost; a copy says something every second. */
const STALLED_MS = 30 * 60 * 1000;
const PAGE = 200;
const MAX_PAGES = 50;

/** Looks at the sources whose time has come, each by one of many workers, and has new images taken. What fails of one source is for the next run. */
export async function pollSources(
  context: CopyContext,
  signal: AbortSignal,
  limits: PollLimits = LIMITS,
): Promise<Polled> {
  const { store, clock, log } = context;
  const active = await context.sources.active();
  const polled = { sources: 0, tags: 0, requested: 0, revived: await revive(context) };
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
    const { one, limits } = this.#poll;
    const { into, repositories } = one.acquire;
    const named = repositories.filter((pattern) => !pattern.includes('*')).map((path) => `${into}/${path}`);
    const page = { after: null, limit: limits.repositories };
    const known = await this.#context.store.records.repositories.list([`${into}/`], page);
    return [...new Set([...named, ...known.map(({ name }) => name)])].slice(0, limits.repositories);
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

  async #isNew(taken: Taken, tag: string, digest: NonNullable<Acquisition['digest']>): Promise<boolean> {
    const { records } = this.#context.store;
    const here = await records.manifests.resolve(taken.repository, { tag }, null);
    if (here?.digest === digest) {
      return false;
    }
    const { changedAt } = this.#poll.active;
    const asked = { repository: taken.repository, upstream: nameOf(taken), digest, changedAt };
    return (await objectionTo(records, asked)) === null;
  }
}

const ANY = `sha256:${'0'.repeat(64)}` as NonNullable<Acquisition['digest']>;

/** As many as are allowed, each time others. */
function turn(tags: readonly string[], count: number, round: number): readonly string[] {
  if (tags.length <= count) {
    return tags;
  }
  const start = (round * count) % tags.length;
  return [...tags.slice(start), ...tags.slice(0, start)].slice(0, count);
}

/** Enqueues again what nobody goes on with: its job died as often as it may. Its progress stays. */
async function revive(context: CopyContext): Promise<number> {
  const { store, clock } = context;
  const before = clock.now() - STALLED_MS;
  let revived = 0;
  for (const state of ['waiting', 'copying'] as const) {
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const found: readonly Acquisition[] = await store.records.acquisitions.list({
        prefixes: null,
        source: null,
        state,
        after,
        limit: PAGE,
      });
      for (const one of found.filter(({ updatedAt }) => updatedAt < before)) {
        await store.transaction(async (records) => {
          const now = clock.now();
          if (await records.acquisitions.update(one.id, one.version, {}, now)) {
            await enqueueAcquisition(records, one, now);
          }
        });
        revived += 1;
      }
      after = found.at(-1)?.id ?? null;
      if (found.length < PAGE) {
        break;
      }
    }
  }
  return revived;
}
