import { rm } from 'node:fs/promises';
import type { SQLInputValue } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import type { Digest } from '#base/digest.ts';
import type { AdvisoryRecord, FeedEntry, ShardInfo } from '#model/ports.ts';
import { APPLICATION_ID, FORMAT_VERSION, INDEXES, TABLES } from './format.ts';
import { sealFile } from './seal.ts';
import { replaceFile, temporaryPath } from './temporary.ts';

/** What the caller knows of a feed before it is read. */
export interface ShardOrigin {
  readonly ecosystem: string;
  readonly source: string;
  readonly revision: Digest;
  /** Milliseconds UTC. */
  readonly checked: number;
}

const REJECTED_NAMES = 10;
const REJECTED_NAME_CHARS = 120;
const DAY_MS = 86_400_000;

/**
 * Writes a shard under another name in the same folder, then puts it in place of `path`: readers of the old file keep it,
 * and of two builders at once the last one wins, whole. Entries that fail leave no trace; an id that comes twice counts
 * as rejected.
 */
export async function buildShard(
  path: string,
  origin: ShardOrigin,
  entries: AsyncIterable<FeedEntry> | Iterable<FeedEntry>,
): Promise<ShardInfo> {
  const temporary = temporaryPath(path);
  try {
    const info = await write(temporary, origin, entries);
    sealFile(temporary);
    await replaceFile(temporary, path);
    return info;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function write(
  path: string,
  origin: ShardOrigin,
  entries: AsyncIterable<FeedEntry> | Iterable<FeedEntry>,
): Promise<ShardInfo> {
  const database = new DatabaseSync(path);
  try {
    // The file is nobody's until it is renamed: one fsync at the end, and no journal on the disk, which a full one would
    // leave behind. `OFF` is not to be had: Node opens databases in SQLite's defensive mode, which ignores it.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;');
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; BEGIN;`);
    database.exec(TABLES);
    const counts = await insertAll(database, entries, origin.checked + DAY_MS);
    const info: ShardInfo = { ...origin, ...counts };
    database.prepare('INSERT INTO meta VALUES (?, ?)').run('info', JSON.stringify(info));
    database.exec(INDEXES);
    database.exec('COMMIT');
    return info;
  } finally {
    database.close();
  }
}

type Counts = Pick<ShardInfo, 'count' | 'rejected' | 'rejectedNames' | 'newest'>;

async function insertAll(
  database: DatabaseSync,
  entries: AsyncIterable<FeedEntry> | Iterable<FeedEntry>,
  latest: number,
): Promise<Counts> {
  const insert = createInserter(database);
  const rejectedNames: string[] = [];
  let count = 0;
  let rejected = 0;
  let newest = 0;
  for await (const entry of entries) {
    if (entry.kind === 'record' && insert(entry.record)) {
      count += 1;
      const modified = Date.parse(entry.record.advisory.modified);
      // A date in the future would keep a feed from ever looking old.
      newest = modified > newest && modified <= latest ? modified : newest;
    } else {
      rejected += 1;
      if (rejectedNames.length < REJECTED_NAMES) {
        const name = entry.kind === 'record' ? entry.record.advisory.id : entry.name;
        rejectedNames.push(name.slice(0, REJECTED_NAME_CHARS));
      }
    }
  }
  return { count, rejected, rejectedNames, newest };
}

/** False when the advisory's id is there already. */
function createInserter(database: DatabaseSync): (record: AdvisoryRecord) => boolean {
  const advisories = database.prepare('INSERT OR IGNORE INTO advisory (id, json) VALUES (?, ?)');
  const affected = database.prepare('INSERT INTO affected VALUES (?, ?, ?, ?)');
  const names = database.prepare('INSERT INTO name VALUES (?, ?)');
  return ({ advisory, affected: packages }) => {
    const { changes, lastInsertRowid } = advisories.run(advisory.id, JSON.stringify(advisory));
    if (Number(changes) === 0) {
      return false;
    }
    const number: SQLInputValue = lastInsertRowid;
    for (const { advisory: _same, name, ecosystem, ...rest } of packages) {
      affected.run(number, name, ecosystem, JSON.stringify(rest));
    }
    for (const name of new Set([advisory.id, ...advisory.aliases, ...advisory.upstream])) {
      names.run(name, number);
    }
    return true;
  };
}
