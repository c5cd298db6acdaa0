import type { StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import type { Digest } from '#base/digest.ts';
import { isAppError, messageOf } from '#base/error.ts';
import type { Advisory, Affected } from '#model/advisory.ts';
import type { LifecycleRelease } from '#model/lifecycle.ts';
import type { AdvisoryRecord, LifecycleReader, ShardInfo, ShardReader, SignalReader } from '#model/ports.ts';
import type { Signal } from '#model/signal.ts';
import { damaged, ShardError } from './error.ts';
import { APPLICATION_ID, FORMAT_VERSION } from './format.ts';
import type { Prose } from './pack.ts';
import { unpackAdvisory, unpackAffected, unpackProse } from './pack.ts';
import { readDictionary, readProse } from './prose.ts';
import { isSealed } from './seal.ts';

export interface OpenShardOptions {
  /** When the feed was last found to be of this revision, milliseconds UTC; else the shard says when it was built. */
  readonly lastCheck?: { readonly revision: Digest; readonly checked: number };
}

/** Whatever a shard is of: what it has nothing of, it finds nothing of. */
export interface OpenShard extends ShardReader, SignalReader, LifecycleReader {
  /** Each advisory by its id, with the time at which it was modified, milliseconds UTC. */
  modified(): Iterable<readonly [id: string, modified: number]>;
}

/**
 * Opens a shard for reading. Throws `SHARD_DAMAGED` and `SHARD_FORMAT_UNKNOWN`: the answer to both is to build it anew.
 * Damage that shows later, in the middle of a file, makes the read that meets it throw `SHARD_DAMAGED`.
 */
export function openShard(path: string, options: OpenShardOptions = {}): OpenShard {
  return guarded(path, () => {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      verify(database, path);
      return new SqliteShard(database, path, readInfo(database, path, options.lastCheck));
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Whatever SQLite or JSON.parse say of a file that is not as it was written is one error of ours. */
function guarded<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw isAppError(error) ? error : damaged(path, messageOf(error), error);
  }
}

function verify(database: DatabaseSync, path: string): void {
  const application = pragma(database, 'application_id');
  const format = pragma(database, 'user_version');
  if (application !== APPLICATION_ID) {
    throw damaged(path, `application id ${application}`);
  }
  if (format !== FORMAT_VERSION) {
    throw new ShardError('SHARD_FORMAT_UNKNOWN', 'advisory shard of another format', {
      object: path,
      expected: `format ${FORMAT_VERSION}`,
      found: `format ${format}`,
      hint: 'Run `plimsoll advisories update` to fetch it again.',
    });
  }
  if (!isSealed(path)) {
    throw damaged(path, 'content that is not as it was written');
  }
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function readInfo(database: DatabaseSync, path: string, lastCheck: OpenShardOptions['lastCheck']): ShardInfo {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get('info');
  if (typeof row?.['value'] !== 'string') {
    throw damaged(path, 'no description of itself');
  }
  const info = JSON.parse(row['value']) as ShardInfo;
  return lastCheck?.revision === info.revision ? { ...info, checked: lastCheck.checked } : info;
}

class SqliteShard implements OpenShard {
  readonly info: ShardInfo;
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #dictionary: Buffer | null;
  readonly #byPackage: StatementSync;
  readonly #byName: StatementSync;
  readonly #byAdvisory: StatementSync;
  readonly #signals: StatementSync;
  readonly #releases: StatementSync;
  readonly #ecosystems: ReadonlyMap<string, number>;

  constructor(database: DatabaseSync, path: string, info: ShardInfo) {
    this.info = info;
    this.#database = database;
    this.#path = path;
    this.#dictionary = readDictionary(database);
    this.#byPackage = database.prepare(`
      SELECT name, ecosystem, affected.json, advisory.id, advisory.json AS about, advisory.prose
      FROM affected JOIN advisory ON advisory.number = affected.advisory
      WHERE name = ? AND ecosystem = ? ORDER BY affected.rowid`);
    this.#byName = database.prepare(`
      SELECT number, id, json AS about, prose FROM advisory
      WHERE number IN (SELECT number FROM advisory WHERE id = ?1 UNION SELECT advisory FROM name WHERE name = ?1)
      ORDER BY id`);
    this.#byAdvisory = database.prepare(`
      SELECT name, ecosystem, json FROM affected WHERE advisory = ? ORDER BY rowid`);
    this.#signals = database.prepare('SELECT json FROM signal WHERE id = ? ORDER BY rowid');
    this.#releases = database.prepare('SELECT json FROM lifecycle WHERE product = ? ORDER BY rowid');
    const ecosystems = database.prepare('SELECT name, rows FROM ecosystem ORDER BY name').all();
    this.#ecosystems = new Map(ecosystems.map((row) => [String(row['name']), Number(row['rows'])]));
  }

  rows(ecosystem: string): number {
    return this.#ecosystems.get(ecosystem) ?? 0;
  }

  ecosystems(): readonly string[] {
    return [...this.#ecosystems.keys()];
  }

  affected(ecosystem: string, name: string): readonly Affected[] {
    return guarded(this.#path, () =>
      this.#byPackage.all(name, ecosystem).map((row) => toAffected(row, this.#advisory(row))),
    );
  }

  find(id: string): readonly AdvisoryRecord[] {
    return guarded(this.#path, () =>
      this.#byName.all(id).map((row) => {
        const advisory = { ...this.#advisory(row) };
        const packages = this.#byAdvisory.all(Number(row['number']));
        return { advisory, affected: packages.map((item) => toAffected(item, advisory)) };
      }),
    );
  }

  #advisory(row: Row): Advisory {
    const prose = (): Prose => guarded(this.#path, () => unpackProse(readProse(row['prose'], this.#dictionary)));
    return unpackAdvisory(String(row['id']), String(row['about']), prose);
  }

  signals(id: string): readonly Signal[] {
    return guarded(this.#path, () => this.#signals.all(id).map((row) => parse<Signal>(row['json'])));
  }

  releases(product: string): readonly LifecycleRelease[] {
    return guarded(this.#path, () => this.#releases.all(product).map((row) => parse<LifecycleRelease>(row['json'])));
  }

  *modified(): Generator<readonly [string, number]> {
    for (const row of this.#database.prepare('SELECT id, modified FROM advisory').iterate()) {
      yield [String(row['id']), Number(row['modified'])];
    }
  }

  close(): void {
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }
}

type Row = Readonly<Record<string, unknown>>;

function toAffected(row: Row, advisory: Advisory): Affected {
  return unpackAffected(advisory, String(row['ecosystem']), String(row['name']), String(row['json']));
}

/** What the builder wrote and nothing else: the seal stands for its shape. */
function parse<Stored>(json: unknown): Stored {
  return JSON.parse(String(json)) as Stored;
}
