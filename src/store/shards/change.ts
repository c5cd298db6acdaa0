import { constants, copyFile, rm, stat, truncate } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Digest } from '#base/digest.ts';
import type { FeedEntry, ShardInfo } from '#model/ports.ts';
import type { ShardOrigin } from './build.ts';
import { describe, newerOf, write } from './build.ts';
import { ShardError } from './error.ts';
import { createInserter, modifiedOf, namesOf } from './insert.ts';
import { openShard } from './open.ts';
import { unpackAdvisory } from './pack.ts';
import { createProseWriter } from './prose.ts';
import { SEAL_BYTES, sealFile } from './seal.ts';
import { replaceFile, temporaryPath } from './temporary.ts';

export interface ShardChanges {
  /** The revision that these are changes of. */
  readonly base: Digest;
  /** Ids of what is not there any more. */
  readonly removed: readonly string[];
  /** What is new, and takes the place of what had the same id. What is rejected leaves the old record as it was. */
  readonly entries: AsyncIterable<FeedEntry>;
}

/**
 * Applies changes to a copy of a shard and puts that in its place, as `buildShard` does. Throws `SHARD_CHANGED` when what is
 * there is not of the revision that the changes are of, and `SHARD_DAMAGED`.
 */
export async function changeShard(path: string, origin: ShardOrigin, changes: ShardChanges): Promise<ShardInfo> {
  const temporary = temporaryPath(path);
  try {
    await copyFile(path, temporary, constants.COPYFILE_FICLONE);
    const old = infoOf(temporary);
    const { size } = await stat(temporary);
    if (old.revision !== changes.base) {
      throw new ShardError('SHARD_CHANGED', 'advisory shard of another revision', {
        object: path,
        expected: changes.base,
        found: old.revision,
      });
    }
    await truncate(temporary, size - SEAL_BYTES);
    const info = await write(temporary, async (database) => await apply(database, origin, changes, old.newest));
    sealFile(temporary);
    await replaceFile(temporary, path);
    return info;
  } finally {
    await rm(temporary, { force: true });
  }
}

function infoOf(path: string): ShardInfo {
  const shard = openShard(path);
  shard.close();
  return shard.info;
}

async function apply(
  database: DatabaseSync,
  origin: ShardOrigin,
  { removed, entries }: ShardChanges,
  before: number,
): Promise<ShardInfo> {
  database.exec('BEGIN');
  const remove = createRemover(database);
  const insert = createInserter(database, createProseWriter(database, false));
  const seen = new Set<string>();
  let newest = before;
  removed.forEach(remove);
  for await (const entry of entries) {
    const id = idOf(entry);
    if (id !== null && !seen.has(id)) {
      remove(id);
      seen.add(id);
    }
    if (insert(entry)) {
      newest = newerOf(newest, modifiedOf(entry), origin.checked);
    }
  }
  return describe(database, origin, newest);
}

/** What the entries of a table are told apart by. */
function idOf(entry: FeedEntry): string | null {
  switch (entry.kind) {
    case 'record':
      return entry.record.advisory.id;
    case 'signal':
      return entry.id;
    case 'lifecycle':
      return entry.release.product;
    case 'rejected':
      return null;
  }
}

function createRemover(database: DatabaseSync): (id: string) => void {
  const find = database.prepare('SELECT number, json FROM advisory WHERE id = ?');
  const name = database.prepare('DELETE FROM name WHERE name = ? AND advisory = ?');
  const byNumber = ['DELETE FROM affected WHERE advisory = ?', 'DELETE FROM advisory WHERE number = ?'];
  const byId = ['DELETE FROM signal WHERE id = ?', 'DELETE FROM lifecycle WHERE product = ?'];
  const ofNumber = byNumber.map((statement) => database.prepare(statement));
  const ofId = byId.map((statement) => database.prepare(statement));
  // A feed names a record by its id, or by the file that it is in.
  const rejected = database.prepare('DELETE FROM rejected WHERE name IN (?, ?)');
  return (id) => {
    const row = find.get(id);
    if (row !== undefined) {
      const number = Number(row['number']);
      const old = unpackAdvisory(id, String(row['json']), () => ({ details: '', references: [] }));
      namesOf(old).forEach((alias) => name.run(alias, number));
      ofNumber.forEach((statement) => statement.run(number));
    }
    ofId.forEach((statement) => statement.run(id));
    rejected.run(id, `${id}.json`);
  };
}
