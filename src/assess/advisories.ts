import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { AppError } from '#base/error.ts';
import { isAppError } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { silentLog } from '#base/log.ts';
import { isEcosystemName, isStale } from '#lib/advisories/index.ts';
import type { AdvisoryRecord, ShardInfo, ShardReader } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import { openShard } from '#store/shards/index.ts';
import type { AdvisorySource, Proxies } from './advisory-source.ts';
import { createAdvisorySource } from './advisory-source.ts';
import { ecosystemsIn, foldersIn, openLocalShard, shardFolders, shardPath } from './shard-files.ts';
import type { Refreshed } from './shard-refresh.ts';
import { refreshShard } from './shard-refresh.ts';

export interface AdvisoriesOptions {
  /** A URL, or an absolute folder, in the layout of the OSV bulk export. */
  readonly source: string;
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
  /** Environment variables that name proxies. */
  readonly proxies?: Proxies;
}

/** The advisories of one source, fetched by ecosystem when they are asked for and kept as shards under the data folder. */
export interface Advisories {
  /** The shard of an ecosystem without suffix, refreshed when that is due; null, with an unknown, when there is none. */
  shard(ecosystem: string): Promise<ShardResult>;
  /** Looks at the source now: for these ecosystems, or for those that are here (for a folder: all that are in it). */
  update(ecosystems?: readonly string[]): Promise<readonly UpdateResult[]>;
  /** Every local shard, of this source and of others. */
  status(): Promise<readonly ShardStatus[]>;
  /** What the local shards say of an id, an alias or an upstream id. Throws what kept a shard from answering if no other knows it. */
  show(id: string): Promise<readonly ShownAdvisory[]>;
  /** Closes all readers that were handed out. */
  close(): void;
}

export interface ShardResult {
  readonly reader: ShardReader | null;
  readonly unknowns: readonly Unknown[];
}

export interface UpdateResult {
  readonly ecosystem: string;
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
}

export interface ShownAdvisory {
  readonly shard: ShardInfo;
  readonly record: AdvisoryRecord;
}

const DAY_MS = 86_400_000;

export function openAdvisories(options: AdvisoriesOptions): Advisories {
  return new LocalAdvisories(options);
}

/** An unknown when the newest advisory of a shard is too old to stand for today. */
export function staleUnknown(info: ShardInfo, now: number): readonly Unknown[] {
  if (!isStale(info, now)) {
    return [];
  }
  const newest =
    info.newest === 0 ? 'there is none' : `the newest is of ${new Date(info.newest).toISOString().slice(0, 10)}`;
  const reason = `the ${info.ecosystem} advisories of ${info.source} are out of date: ${newest}`;
  return [{ kind: 'stale-advisories', path: null, layer: null, analyser: 'advisories', reason }];
}

class LocalAdvisories implements Advisories {
  readonly #options: AdvisoriesOptions;
  readonly #source: AdvisorySource;
  readonly #folders: { readonly root: string; readonly own: string };
  readonly #shards = new Map<string, Promise<ShardResult>>();
  readonly #readers: ShardReader[] = [];

  constructor(options: AdvisoriesOptions) {
    this.#options = options;
    this.#source = createAdvisorySource(options.source, options.proxies);
    this.#folders = shardFolders(options.home, this.#source.label);
  }

  shard(ecosystem: string): Promise<ShardResult> {
    const known = this.#shards.get(ecosystem);
    if (known !== undefined) {
      return known;
    }
    const asked = this.#refresh(ecosystem, false);
    this.#shards.set(ecosystem, asked);
    return asked;
  }

  async update(ecosystems?: readonly string[]): Promise<readonly UpdateResult[]> {
    const results: UpdateResult[] = [];
    for (const ecosystem of ecosystems ?? (await this.#knownEcosystems())) {
      const { outcome, reader, unknowns } = await this.#refresh(ecosystem, true);
      this.#shards.set(ecosystem, Promise.resolve({ reader, unknowns }));
      results.push({ ecosystem, outcome, info: reader?.info ?? null, unknowns });
    }
    return results;
  }

  async status(): Promise<readonly ShardStatus[]> {
    const statuses: ShardStatus[] = [];
    for (const { folder, ecosystem } of await this.#localShards()) {
      const path = shardPath(folder, ecosystem);
      const { reader, problem } = await openLocalShard(folder, ecosystem);
      statuses.push({ ecosystem, path, bytes: (await stat(path)).size, info: reader?.info ?? null, problem });
      reader?.close();
    }
    return statuses;
  }

  async show(id: string): Promise<readonly ShownAdvisory[]> {
    const shown: ShownAdvisory[] = [];
    const failures: AppError[] = [];
    for (const { folder, ecosystem } of await this.#localShards()) {
      try {
        shown.push(...findIn(openShard(shardPath(folder, ecosystem)), id));
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

  async #refresh(ecosystem: string, force: boolean): Promise<Refreshed> {
    const { offline, clock, signal, log, progress, maxAgeMs } = this.#options;
    const refreshed = await refreshShard(ecosystem, {
      source: this.#source,
      folder: this.#folders.own,
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

  async #knownEcosystems(): Promise<readonly string[]> {
    const names = await (this.#source.remote ? ecosystemsIn(this.#folders.own) : foldersIn(this.#options.source));
    return names.filter(isEcosystemName);
  }

  async #localShards(): Promise<readonly { readonly folder: string; readonly ecosystem: string }[]> {
    const shards: { readonly folder: string; readonly ecosystem: string }[] = [];
    for (const name of await foldersIn(this.#folders.root)) {
      const folder = join(this.#folders.root, name);
      shards.push(...(await ecosystemsIn(folder)).map((ecosystem) => ({ folder, ecosystem })));
    }
    return shards;
  }
}

function findIn(reader: ShardReader, id: string): readonly ShownAdvisory[] {
  try {
    return reader.find(id).map((record) => ({ shard: reader.info, record }));
  } finally {
    reader.close();
  }
}
