import type { Clock } from '#base/clock.ts';
import type { Digest } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import { staleFrom } from '#lib/advisories/index.ts';
import type { Inventory } from '#model/inventory.ts';
import type { Advisories, ShardResult } from '../advisories.ts';
import { assessLifecycle } from '../lifecycle.ts';
import { match } from '../match.ts';
import type { AssessedLifecycle, Matched } from '../report.ts';
import type { WholeInventory } from './inventory-schema.ts';
import { unpackInventory } from './kept-inventory.ts';
import { rememberedShard } from './remembered-shard.ts';

/** What is in a set of layers, and what the advisories of now say of it. */
export interface LayerKnowledge {
  readonly whole: WholeInventory;
  readonly matched: Matched;
  /** Null when no source of such dates is set. */
  readonly lifecycle: AssessedLifecycle | null;
}

export interface MatchOptions {
  readonly advisories: Pick<Advisories, 'shard' | 'offers'>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Entry {
  readonly knowledge: LayerKnowledge;
  /** What was asked of the advisories, and what they answered. */
  readonly asked: ReadonlyMap<string, ShardResult>;
  /** From when on it has to be matched again, milliseconds. */
  readonly until: number;
  readonly bytes: number;
}

const DAY_MS = 86_400_000;
/** Bytes that an inventory takes in memory, with what was found in it and the facts and texts made of it, for one as it is kept. */
const WEIGHT = 80;
const DEFAULT_BYTES = 32 * 1024 ** 2;

/**
 * Inventories that were looked at lately with what was found in them, so that thousands of images of a few sets of layers are matched once for each
 * revision of the advisories. Bounded by bytes; those not asked for longest go first.
 */
export class KnownLayers {
  readonly #maxBytes: number;
  /** The latest that was asked for is the last. */
  readonly #entries = new Map<Digest, Entry>();
  #bytes = 0;

  constructor(maxBytes = DEFAULT_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Null where there is no content, or none that can be read; it is asked for only when it is not at hand. */
  async of(
    layerSet: Digest,
    read: () => Promise<Uint8Array | null>,
    options: MatchOptions,
  ): Promise<LayerKnowledge | null> {
    const kept = this.#entries.get(layerSet);
    const isKept = kept !== undefined && kept.until > options.clock.now() && (await isOfNow(kept, options));
    if (isKept) {
      this.#entries.delete(layerSet);
      this.#entries.set(layerSet, kept);
      return kept.knowledge;
    }
    const content = kept === undefined ? await read() : null;
    const whole = kept?.knowledge.whole ?? (content === null ? null : unpackInventory(content));
    if (whole === null) {
      return null;
    }
    const entry = await matchedNow(whole, kept?.bytes ?? WEIGHT * (content?.length ?? 0), options);
    this.#keep(layerSet, entry);
    return entry.knowledge;
  }

  #keep(layerSet: Digest, entry: Entry): void {
    this.#drop(layerSet);
    if (entry.bytes > this.#maxBytes) {
      return;
    }
    this.#entries.set(layerSet, entry);
    this.#bytes += entry.bytes;
    for (const [oldest] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) {
        break;
      }
      this.#drop(oldest);
    }
  }

  #drop(layerSet: Digest): void {
    this.#bytes -= this.#entries.get(layerSet)?.bytes ?? 0;
    this.#entries.delete(layerSet);
  }
}

/** Whether the advisories give the same answers: an update gives others. */
async function isOfNow({ asked }: Entry, { advisories }: MatchOptions): Promise<boolean> {
  for (const [needed, answer] of asked) {
    if ((await advisories.shard(needed)) !== answer) {
      return false;
    }
  }
  return true;
}

async function matchedNow(whole: WholeInventory, bytes: number, options: MatchOptions): Promise<Entry> {
  const { advisories, clock } = options;
  const asked = new Map<string, ShardResult>();
  const asking = {
    offers: (needed: string) => advisories.offers(needed),
    shard: async (needed: string): Promise<ShardResult> => {
      const answer = await advisories.shard(needed);
      asked.set(needed, answer);
      return answer.reader === null ? answer : { ...answer, reader: rememberedShard(answer.reader) };
    },
  };
  const inventory: Inventory = { ...whole.inventory, content: 'cached' };
  const matched = await match(inventory, asking, options);
  const lifecycle = advisories.offers('Lifecycle') ? await assessLifecycle(inventory, asking, clock) : null;
  return {
    knowledge: { whole, matched, lifecycle },
    asked,
    until: turnsAt(asked, clock.now()),
    bytes,
  };
}

/** Advisories get too old at some instant, and support ends with a day. */
function turnsAt(asked: ReadonlyMap<string, ShardResult>, now: number): number {
  const ages = [...asked.values()].flatMap(({ reader }) => (reader === null ? [] : staleFrom(reader.info)));
  const nextDay = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
  return Math.min(nextDay, ...ages.filter((at) => at > now));
}
