import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { AppError } from '#base/error.ts';
import { isAppError } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { silentLog } from '#base/log.ts';
import { assertNeededName, isStale } from '#lib/advisories/index.ts';
import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
import type { AdvisoryRecord, ShardInfo } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import type { OpenShard } from '#store/shards/index.ts';
import { openShard } from '#store/shards/index.ts';
import type { SourceAccess } from './advisory-source.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { configureSource, shardsToUpdate } from './configured-source.ts';
import { foldersIn, openLocalShard, shardPath, shardsFolder, shardsIn } from './shard-files.ts';
import type { Refreshed } from './shard-refresh.ts';
import { refreshShard } from './shard-refresh.ts';
import type { ShardArtifact } from './shard-state.ts';

export interface AdvisoriesOptions extends SourceAccess {
  /** Of several whose provider has what is needed, the first is asked. */
  readonly sources: readonly AdvisorySourceSetting[];
  /** The data folder, absolute. */
  readonly home: string;
  /** Never touches the network; a folder is still read. */
  readonly offline: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log?: Log;
  /** A line for people on what is being fetched or read. */
  readonly progress?: (text: string) => void;
  /** How old the last look at a URL may be before the next; a day by default. */
  readonly maxAgeMs?: number;
}

/** What the configured sources know, fetched when it is asked for and kept as shards under the data folder. */
export interface Advisories {
  /** Whether a source is set that may have this: an ecosystem with its release (`Alpine:v3.20`, `npm`), or what `OTHER_SHARDS` names. */
  offers(needed: string): boolean;
  /** The shard in which that is, refreshed when that is due; null, with an unknown, when there is none. */
  shard(needed: string): Promise<ShardResult>;
  /** Looks at the sources now: for these, or for those that are here (for a folder: all that are in it). */
  update(needed?: readonly string[]): Promise<readonly UpdateResult[]>;
  /** Every local shard, of these sources and of others. */
  status(): Promise<readonly ShardStatus[]>;
  /** What the local shards say of an id, an alias or an upstream id. Throws what kept a shard from answering if no other knows it. */
  show(id: string): Promise<readonly ShownAdvisory[]>;
  /** Closes all readers that were handed out. */
  close(): void;
}

export interface ShardResult {
  /** Advisories, signals and dates of support in one: what a shard has nothing of, it finds nothing of. */
  readonly reader: OpenShard | null;
  readonly unknowns: readonly Unknown[];
}

export interface UpdateResult {
  /** The shard. */
  readonly ecosystem: string;
  /** The provider; null when no source has it. */
  readonly provider: string | null;
  /** `failed`: the unknowns say why, and whether an older shard stays in use. */
  readonly outcome: Refreshed['outcome'];
  readonly info: ShardInfo | null;
  readonly unknowns: readonly Unknown[];
}

export interface ShardStatus {
  readonly ecosystem: string;
  /** The file, absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Null for a file that cannot be read; `problem` says why. */
  readonly info: ShardInfo | null;
  readonly problem: string | null;
  /** The artifact that brought it; absent for one that was built here. */
  readonly origin?: ShardArtifact;
}

export interface ShownAdvisory {
  readonly shard: ShardInfo;
  readonly record: AdvisoryRecord;
}

const DAY_MS = 86_400_000;

/** Throws `ADVISORY_PROVIDER_UNKNOWN`. */
export function openAdvisories(options: AdvisoriesOptions): Advisories {
  return new LocalAdvisories(options);
}

/** An unknown when what a shard knows is too old to stand for today. */
export function staleUnknown(info: ShardInfo, now: number): readonly Unknown[] {
  if (!isStale(info, now)) {
    return [];
  }
  const day = new Date(info.newest === 0 ? info.checked : info.newest).toISOString().slice(0, 10);
  const dated = info.newest === 0 ? `they were last looked at on ${day}` : `the newest is of ${day}`;
  const reason = `the ${info.ecosystem} advisories of ${info.source} are out of date: ${info.count === 0 ? 'there is none' : dated}`;
  return [{ kind: 'stale-advisories', path: null, layer: null, analyser: 'advisories', reason }];
}

interface Place {
  readonly source: ConfiguredSource;
  readonly shard: string;
}

class LocalAdvisories implements Advisories {
  readonly #options: AdvisoriesOptions;
  readonly #sources: readonly ConfiguredSource[];
  readonly #shards = new Map<string, Promise<ShardResult>>();
  readonly #readers: OpenShard[] = [];

  constructor(options: AdvisoriesOptions) {
    this.#options = options;
    this.#sources = options.sources.map((setting) => configureSource(setting, options));
  }

  offers(needed: string): boolean {
    return this.#placeOf(needed) !== null;
  }

  async shard(needed: string): Promise<ShardResult> {
    const place = this.#placeOf(needed);
    if (place === null) {
      return { reader: null, unknowns: [notOffered(needed)] };
    }
    const key = shardPath(place.source.folder, place.shard);
    const known = this.#shards.get(key);
    if (known !== undefined) {
      return await known;
    }
    const asked = this.#refresh(place, false);
    this.#shards.set(key, asked);
    return await asked;
  }

  async update(needed?: readonly string[]): Promise<readonly UpdateResult[]> {
    const results = new Map<string, UpdateResult>();
    for (const name of needed ?? []) {
      const place = this.#placeOf(name);
      if (place === null) {
        const unknowns = [notOffered(name)];
        results.set(name, { ecosystem: name, provider: null, outcome: 'failed', info: null, unknowns });
      } else {
        await this.#updateOnce(place, results);
      }
    }
    for (const source of needed === undefined ? this.#sources : []) {
      for (const shard of await shardsToUpdate(source)) {
        await this.#updateOnce({ source, shard }, results);
      }
    }
    return [...results.values()];
  }

  async status(): Promise<readonly ShardStatus[]> {
    const statuses: ShardStatus[] = [];
    for (const { folder, shard } of await this.#localShards()) {
      const path = shardPath(folder, shard);
      const { reader, state, problem } = await openLocalShard(folder, shard);
      const origin = state?.origin;
      statuses.push({
        ecosystem: shard,
        path,
        bytes: (await stat(path)).size,
        info: reader?.info ?? null,
        problem,
        ...(origin && { origin }),
      });
      reader?.close();
    }
    return statuses;
  }

  async show(id: string): Promise<readonly ShownAdvisory[]> {
    const shown: ShownAdvisory[] = [];
    const failures: AppError[] = [];
    for (const { folder, shard } of await this.#localShards()) {
      try {
        shown.push(...findIn(openShard(shardPath(folder, shard)), id));
      } catch (error) {
        if (!isAppError(error)) {
          throw error;
        }
        failures.push(error);
      }
    }
    const [failure] = failures;
    if (shown.length === 0 && failure !== undefined) {
      throw failure;
    }
    return shown;
  }

  close(): void {
    for (const reader of this.#readers.splice(0)) {
      reader.close();
    }
  }

  /** The first source that speaks for it. Throws `ADVISORY_ECOSYSTEM_INVALID`. */
  #placeOf(needed: string): Place | null {
    assertNeededName(needed);
    for (const source of this.#sources) {
      const shard = source.shardFor(needed);
      if (shard !== null) {
        return { source, shard };
      }
    }
    return null;
  }

  /** Several names may be of one shard. */
  async #updateOnce(place: Place, results: Map<string, UpdateResult>): Promise<void> {
    const key = shardPath(place.source.folder, place.shard);
    if (results.has(key)) {
      return;
    }
    const { outcome, reader, unknowns } = await this.#refresh(place, true);
    this.#shards.set(key, Promise.resolve({ reader, unknowns }));
    const provider = place.source.provider.id;
    results.set(key, { ecosystem: place.shard, provider, outcome, info: reader?.info ?? null, unknowns });
  }

  async #refresh({ source, shard }: Place, force: boolean): Promise<Refreshed> {
    const { offline, clock, signal, log, progress, maxAgeMs } = this.#options;
    const refreshed = await refreshShard(shard, {
      ...source,
      offline,
      clock,
      signal,
      log: log ?? silentLog,
      progress: progress ?? (() => undefined),
      maxAgeMs: maxAgeMs ?? DAY_MS,
      force,
    });
    if (refreshed.reader !== null) {
      this.#readers.push(refreshed.reader);
    }
    return refreshed;
  }

  async #localShards(): Promise<readonly { readonly folder: string; readonly shard: string }[]> {
    const root = shardsFolder(this.#options.home);
    const shards: { readonly folder: string; readonly shard: string }[] = [];
    for (const name of await foldersIn(root)) {
      const folder = join(root, name);
      shards.push(...(await shardsIn(folder)).map((shard) => ({ folder, shard })));
    }
    return shards;
  }
}

function notOffered(needed: string): Unknown {
  const reason = `no source is set that has ${needed} advisories`;
  return { kind: 'no-advisories', path: null, layer: null, analyser: 'advisories', reason };
}

function findIn(reader: OpenShard, id: string): readonly ShownAdvisory[] {
  try {
    return reader.find(id).map((record) => ({ shard: reader.info, record }));
  } finally {
    reader.close();
  }
}
