import { compareText } from '#base/compare.ts';
import type { AskedShard, ExplainedRecord } from '#model/explanation.ts';
import type { AdvisoryRecord, ShardInfo, ShardReader } from '#model/ports.ts';

/** A record of one shard; `asked` when the image was matched with that. */
export interface FoundRecord {
  readonly shard: ShardInfo;
  readonly record: AdvisoryRecord;
  readonly asked: boolean;
}

export interface FoundRecords {
  /** The id as records write it, and the names that they join it with. */
  readonly names: ReadonlySet<string>;
  /** Sorted by id and shard. */
  readonly records: readonly FoundRecord[];
}

/** Real vulnerabilities have a handful. */
const MAX_NAMES = 100;
const NAMED = 10;

/**
 * The records of an id and of all its aliases, over any number of steps. What a record derives from is a name of it when it is one vulnerability; of an advisory
 * for many each goes by itself. `lookUp` finds the same in advisories that the image was not matched with.
 */
export function collectRecords(
  id: string,
  readers: readonly ShardReader[],
  lookUp: (id: string) => readonly { readonly shard: ShardInfo; readonly record: AdvisoryRecord }[],
): FoundRecords {
  const names = new Map<string, string>([[id.toLowerCase(), id]]);
  const records = new Map<string, FoundRecord>();
  const asked = new Set(readers.map(({ info }) => shardKey(info)));
  const waiting = [id];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const found = [
      ...readers.flatMap((reader) => reader.find(name).map((record) => ({ shard: reader.info, record, asked: true }))),
      ...lookUp(name).flatMap((shown) => (asked.has(shardKey(shown.shard)) ? [] : [{ ...shown, asked: false }])),
    ];
    for (const item of found) {
      records.set(`${item.record.advisory.id} ${shardKey(item.shard)}`, item);
      for (const other of namesOf(item.record, name)) {
        const key = other.toLowerCase();
        if (!names.has(key) && names.size < MAX_NAMES) {
          waiting.push(other);
        }
        if (!names.has(key) || key === id.toLowerCase()) {
          names.set(key, other);
        }
      }
    }
  }
  const sorted = [...records].toSorted(([a], [b]) => compareText(a, b)).map(([, found]) => found);
  return { names: new Set(names.values()), records: sorted };
}

/** An advisory for many is known by its own names to whoever asks for one of these, and not to whoever asks for one of the many. */
function namesOf({ advisory: { id, aliases, upstream } }: AdvisoryRecord, asked: string): readonly string[] {
  const cves = upstream.filter((name) => name.startsWith('CVE-'));
  if (cves.length <= 1) {
    return [id, ...aliases, ...cves];
  }
  const own = [id, ...aliases];
  return own.some((name) => name.toLowerCase() === asked.toLowerCase()) ? own : [];
}

function shardKey({ provider, source, ecosystem, revision }: ShardInfo): string {
  return [provider, source, ecosystem, revision].join('\0');
}

export function describeShard({ ecosystem, provider, source, revision, count }: ShardInfo): AskedShard {
  return { ecosystem, provider, source, revision, count };
}

export function describeRecord({ shard, record, asked }: FoundRecord): ExplainedRecord {
  const { advisory, affected } = record;
  return {
    id: advisory.id,
    shard: describeShard(shard),
    asked,
    modified: advisory.modified,
    withdrawn: advisory.withdrawn ?? null,
    about: [...new Set(affected.map(({ ecosystem, name }) => `${ecosystem} ${name}`))]
      .toSorted(compareText)
      .slice(0, NAMED),
  };
}
