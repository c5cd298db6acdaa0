import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import type { Digest } from '#base/digest.ts';
import type { FeedEntry, ShardInfo } from '#model/ports.ts';
import { APPLICATION_ID, COUNTS, FORMAT_VERSION, INDEXES, TABLES } from './format.ts';
import { createInserter, modifiedOf } from './insert.ts';
import { createProseWriter } from './prose.ts';
import { sealFile } from './seal.ts';
import { replaceFile, temporaryPath } from './temporary.ts';

/** What the caller knows of a feed before it is read. */
export interface ShardOrigin {
  readonly ecosystem: string;
  /** The id of the provider. */
  readonly provider: string;
  readonly source: string;
  readonly revision: Digest;
  /** Milliseconds UTC. */
  readonly checked: number;
}

/** Of records that could not be read, as many are named. */
export const REJECTED_NAMES = 10;
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
    const info = await write(temporary, async (database) => {
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; BEGIN;`);
      database.exec(TABLES);
      const insert = createInserter(database, createProseWriter(database, true));
      let newest = 0;
      for await (const entry of entries) {
        if (insert(entry)) {
          newest = newerOf(newest, modifiedOf(entry), origin.checked);
        }
      }
      database.exec(INDEXES);
      return describe(database, origin, newest);
    });
    sealFile(temporary);
    await replaceFile(temporary, path);
    return info;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A date in the future would keep a feed from ever looking old. */
export function newerOf(newest: number, modified: number, now: number): number {
  return modified > newest && modified <= now + DAY_MS ? modified : newest;
}

/** Writes to a file that is nobody's until it is renamed; `change` begins the transaction. */
export async function write<Result>(
  path: string,
  change: (database: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  const database = new DatabaseSync(path);
  try {
    // One fsync at the end, and no journal on the disk, which a full one would leave behind. `OFF` is not to be had: Node
    // opens databases in SQLite's defensive mode, which ignores it.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;');
    const result = await change(database);
    database.exec('COMMIT');
    return result;
  } finally {
    database.close();
  }
}

/** Counts what there is now, and writes down what the shard is. */
export function describe(database: DatabaseSync, origin: ShardOrigin, newest: number): ShardInfo {
  database.exec(COUNTS);
  const rows = (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const names = database.prepare(`SELECT name FROM rejected ORDER BY rowid LIMIT ${REJECTED_NAMES}`).all();
  const info: ShardInfo = {
    ...origin,
    count: rows('advisory') + rows('signal') + rows('lifecycle'),
    rejected: rows('rejected'),
    rejectedNames: names.map((row) => String(row['name'])),
    newest,
  };
  database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run('info', JSON.stringify(info));
  return info;
}
