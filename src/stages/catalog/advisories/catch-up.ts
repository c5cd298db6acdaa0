import { announced } from './announced.ts';
import type { AdvisoriesContext } from './context.ts';

/**
 * Brings the advisories of this process to what another worker has announced, so that nobody judges by older ones what is due because of newer ones.
 * What a source does not give now is left: it is used as it is, and said to be old.
 */
export class CatchUp {
  readonly #context: AdvisoriesContext;
  #seen: ReadonlyMap<string, number> = new Map();

  constructor(context: AdvisoriesContext) {
    this.#context = context;
  }

  /** Looks at the sources of what was announced since the last time; one read when nothing was. */
  async run(): Promise<void> {
    const { store, advisories, log } = this.#context;
    const now = await announced(store.records);
    const shards = [...now].filter(([shard, count]) => this.#seen.get(shard) !== count).map(([shard]) => shard);
    const offered = shards.filter((shard) => advisories.offers(shard));
    if (offered.length > 0) {
      const results = await advisories.update(offered);
      for (const { outcome, ecosystem, unknowns } of results) {
        log[outcome === 'failed' ? 'warn' : 'info']('advisories of another worker', {
          ecosystem,
          outcome,
          reason: unknowns[0]?.reason ?? '',
        });
      }
    }
    this.#seen = now;
  }

  /** What this process announced itself it has: how often each shard was announced then. */
  noted(announcements: ReadonlyMap<string, number>): void {
    this.#seen = new Map([...this.#seen, ...announcements]);
  }
}
