import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isAppError, messageOf, quote } from '#base/error.ts';
import type { ShardInfo } from '#model/ports.ts';
import { REJECTED_NAMES } from './build.ts';
import { damaged, ShardError } from './error.ts';
import { APPLICATION_ID, FORMAT_VERSION, INDEXES, TABLES } from './format.ts';
import { isSealed } from './seal.ts';

/** What whoever hands over a shard says of it. */
export type ShardClaims = Pick<ShardInfo, 'ecosystem' | 'provider' | 'source' | 'revision' | 'count' | 'newest'>;

/** What another machine can read of shards. */
export const SHARD_FORMAT: number = FORMAT_VERSION;

/** The first hundred bytes of a database (SQLite file format, section 1.3). */
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/**
 * Whether a file that another machine built is a shard as this one builds them, and what was said of it: sealed, of this
 * format, with these tables and nothing else that SQLite would run, and sound. The file is not written to and nothing is
 * believed that it says of how it is to be read. Throws `SHARD_DAMAGED`, `SHARD_FORMAT_UNKNOWN` and `SHARD_REFUSED`.
 */
export function assertForeignShard(path: string, object: string, claims: ShardClaims): void {
  // SQLite sees it when these say that it was built by a program of ours, and whole.
  assertHeader(path, object);
  if (!isSealed(path)) {
    throw damaged(object, 'content that is not as it was sealed');
  }
  try {
    const database = new DatabaseSync(path, { readOnly: true, defensive: true, allowExtension: false });
    try {
      database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;');
      assertSchema(database, object);
      assertSound(database, object);
      assertClaims(database, object, claims);
    } finally {
      database.close();
    }
  } catch (error) {
    throw isAppError(error) ? error : damaged(object, messageOf(error), error);
  }
}

function assertHeader(path: string, object: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  // A database in WAL mode would have SQLite look for, and make, files beside it.
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC || header[18] !== 1 || header[19] !== 1) {
    throw refused(object, 'a SQLite database with a rollback journal', 'something else');
  }
  const application = header.readUInt32BE(68);
  if (application !== APPLICATION_ID) {
    throw refused(object, `application id ${APPLICATION_ID}`, `application id ${application}`);
  }
  const format = header.readUInt32BE(60);
  if (format !== FORMAT_VERSION) {
    throw new ShardError('SHARD_FORMAT_UNKNOWN', 'advisory shard of another format', {
      object,
      expected: `format ${FORMAT_VERSION}`,
      found: `format ${format}`,
      hint: 'Export and import with the same version of Plimsoll.',
    });
  }
}

/** The text of every table and index has to be the one that a shard is made with: no trigger, no view, no expression more. */
function assertSchema(database: DatabaseSync, object: string): void {
  const model = new DatabaseSync(':memory:');
  try {
    model.exec(TABLES);
    model.exec(INDEXES);
    const [expected, found] = [schemaOf(model), schemaOf(database)];
    const odd =
      found.find((row) => !expected.includes(row)) ?? expected.find((row) => !found.includes(row)) ?? 'rows twice';
    if (found.length !== expected.length || found.some((row, at) => row !== expected[at])) {
      throw refused(object, 'the tables and indexes of a shard', quote(odd));
    }
  } finally {
    model.close();
  }
}

function schemaOf(database: DatabaseSync): readonly string[] {
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT 100').all();
  return rows.map((row) => Object.values(row).map(String).join(' ')).toSorted();
}

function assertSound(database: DatabaseSync, object: string): void {
  const found = String(Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]);
  if (found !== 'ok') {
    throw damaged(object, quote(found));
  }
}

function assertClaims(database: DatabaseSync, object: string, claims: ShardClaims): void {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get('info');
  const info = JSON.parse(String(row?.['value'])) as Readonly<Record<string, unknown>>;
  for (const [name, claimed] of Object.entries(claims)) {
    if (info[name] !== claimed) {
      throw refused(object, `${name} ${quote(String(claimed))}, as its artifact says`, quote(String(info[name])));
    }
  }
  const { rejected, rejectedNames, checked } = info;
  const named =
    Array.isArray(rejectedNames) &&
    rejectedNames.length <= REJECTED_NAMES &&
    rejectedNames.every((name) => typeof name === 'string');
  if (!isCount(rejected) || !isCount(checked) || !named) {
    throw refused(object, 'a description of itself', 'something else');
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function refused(object: string, expected: string, found: string): ShardError {
  return new ShardError('SHARD_REFUSED', 'not an advisory shard of another machine', { object, expected, found });
}
