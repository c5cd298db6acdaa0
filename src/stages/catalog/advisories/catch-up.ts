import { type Announced, announced } from './announced.ts';
import type { AdvisoriesContext } from './context.ts';

/** A source that did not give what was announced is not asked again before. */
const AGAIN_MS = 30 * 1000;

interface Behind {
  /** How often each shard that is missing was announced. */
  readonly shards: string;
  readonly lookedAt: number;
}

/**
 * Brings the advisories of this process to what another worker has announced, so that nobody judges by older ones what is due because of newer ones. Where a
 * source does not give them, or gives older ones, this process is behind, and has to leave judging to others.
 */
export class CatchUp {
  readonly #context: AdvisoriesContext;
  #seen: ReadonlyMap<string, number> = new Map();
  #behind: Behind | null = null;

  constructor(context: AdvisoriesContext) {
    this.#context = context;
  }

  /** Looks at the sources of what was announced since the last time; one read when nothing was. False while this process is behind. */
  async run(): Promise<boolean> {
    const { store, advisories, clock } = this.#context;
    const open = new Map<string, Announced>();
    for (const [shard, said] of await announced(store.records)) {
      if (this.#seen.get(shard) !== said.count && advisories.offers(shard)) {
        open.set(shard, said);
      }
    }
    const isKnown = this.#behind?.shards === textOf(open);
    if (this.#behind !== null && isKnown && clock.now() < this.#behind.lookedAt + AGAIN_MS) {
      return false;
    }
    for (const [shard, said] of open) {
      if (await this.#has(shard, said)) {
        open.delete(shard);
      }
    }
    const why = open.size === 0 ? '' : await this.#look(open);
    if (open.size > 0) {
      this.#tell(isKnown, open, why);
      this.#behind = { shards: textOf(open), lookedAt: clock.now() };
    } else {
      this.#behind = null;
    }
    return open.size === 0;
  }

  /** What this process announced itself it has: how often each shard was announced then. */
  noted(announcements: ReadonlyMap<string, number>): void {
    this.#seen = new Map([...this.#seen, ...announcements]);
  }

  /** After a restart, mostly. A copy that could not be looked at is asked for again: others could by now. */
  async #has(shard: string, { count, revision }: Announced): Promise<boolean> {
    const { reader, unknowns } = await this.#context.advisories.shard(shard);
    const isSame = reader?.info.revision === revision && unknowns.length === 0;
    if (isSame) {
      this.noted(new Map([[shard, count]]));
    }
    return isSame;
  }

  /** Takes what is there now from `open`. Why something is missing, if it is. */
  async #look(open: Map<string, Announced>): Promise<string> {
    const { advisories, log } = this.#context;
    let why = '';
    for (const result of await advisories.update([...open.keys()])) {
      const { ecosystem, outcome, unknowns } = result;
      const said = open.get(ecosystem);
      const [unknown] = unknowns;
      if (said !== undefined && isAsNew(result, said)) {
        log.info('advisories of another worker', { ecosystem, outcome });
        this.noted(new Map([[ecosystem, said.count]]));
        open.delete(ecosystem);
      } else {
        why = unknown?.reason ?? `the source gives older ${ecosystem} advisories than it gave another worker`;
      }
    }
    return why;
  }

  /** Once for what is missing, however often it is asked for. */
  #tell(isKnown: boolean, open: ReadonlyMap<string, Announced>, reason: string): void {
    if (!isKnown) {
      const shards = [...open.keys()].join(', ');
      this.#context.log.warn('nothing is judged here: advisories that another worker has cannot be had', {
        shards,
        reason,
      });
    }
  }
}

type Result = Awaited<ReturnType<AdvisoriesContext['advisories']['update']>>[number];

/**
 * Revisions say how a shard came about, whole or by changes, so that two that say the same may differ: then the newest advisory counts. A feed without dates is as
 * new as the look at it.
 */
function isAsNew({ info, outcome }: Result, { revision, newest }: Announced): boolean {
  if (info === null) {
    return false;
  }
  return info.revision === revision || (newest > 0 ? info.newest >= newest : outcome !== 'failed');
}

function textOf(open: ReadonlyMap<string, Announced>): string {
  return JSON.stringify([...open].map(([shard, { count }]) => [shard, count]));
}
