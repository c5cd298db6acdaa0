import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Damage } from '#lib/packages/catalogers/rpm/blob.ts';
import { parseSqlite } from '#lib/packages/catalogers/rpm/parse-sqlite.ts';
import { mutatePage, realHeaders, runRpm } from '#test/fixtures/fuzz-rpm.ts';
import { sqliteDatabase } from '#test/fixtures/rpm-headers.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const PAGE_SIZES: readonly number[] = [512, 4096];

/** RPM's SQLite database: what is accepted without a doubt is what SQLite itself reads. */
export const rpmdbSqlite: FuzzTarget = {
  id: 'rpmdb-sqlite',
  seeds: () => PAGE_SIZES.map((size) => sqliteDatabase(realHeaders().slice(0, 6), size)),
  maxMillis: 500,
  mutate: (input, random, bytes) =>
    random.oneIn(4) ? bytes(input) : mutatePage(input, random, bytes, random.pick(PAGE_SIZES)),
  fixUp: (mutated, random) => (random.oneIn(4) ? mutated : fixUp(mutated)),
  run: (input) => {
    runRpm('var/lib/rpm/rpmdb.sqlite', input);
    const ours = readOurs(input);
    const theirs = ours === null ? null : readTheirs(input);
    if (theirs !== null) {
      invariant('the rows are those that SQLite reads', () => assert.deepEqual(ours, theirs));
    }
  },
};

/** The magic, a page size of the seeds, and as many pages as there are. */
function fixUp(mutated: Uint8Array): Uint8Array {
  if (mutated.length < 1024) {
    return mutated;
  }
  const bytes = Buffer.from(mutated);
  bytes.write('SQLite format 3\0', 0, 'latin1');
  if (!PAGE_SIZES.includes(bytes.readUInt16BE(16))) {
    bytes.writeUInt16BE(512, 16);
  }
  const size = bytes.readUInt16BE(16);
  bytes.set([1, 1, 0, 64, 32, 32], 18);
  bytes.writeUInt32BE(Math.floor(bytes.length / size), 28);
  bytes.writeUInt32BE(bytes.readUInt32BE(24), 92);
  bytes.writeUInt32BE(1, 56);
  return bytes.subarray(0, bytes.length - (bytes.length % size));
}

/** Each row as its number and the hash of its header; null when there is any doubt. */
function readOurs(input: Uint8Array): readonly string[] | null {
  const damage = new Damage();
  const rows = [...parseSqlite(input, 'input', damage)].map(({ number, bytes }) => rowOf(number, bytes));
  return damage.reasons().length > 0 ? null : rows.toSorted();
}

/** Null when SQLite refuses the file, or the schema in it. */
function readTheirs(input: Uint8Array): readonly string[] | null {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-fuzz-'));
  try {
    const file = join(folder, 'rpmdb.sqlite');
    writeFileSync(file, input);
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const rows = database.prepare('SELECT rowid AS number, blob FROM Packages').all();
      return rows
        .map(({ number, blob }) => (blob instanceof Uint8Array ? rowOf(Number(number), blob) : 'no header'))
        .toSorted();
    } finally {
      database.close();
    }
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR', String(error));
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(number: number, bytes: Uint8Array): string {
  return `${number} ${createHash('sha256').update(bytes).digest('hex')}`;
}
