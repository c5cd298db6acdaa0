import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readFileBounded } from '#base/limits.ts';
import { MetadataError } from './error.ts';
import type { Dialect } from './records/dialect.ts';

/** One step of the schema, applied once and never changed after it was released. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
  /** Programs that do not know it cannot work with the database any more. Its first line is `-- breaking`. */
  readonly isBreaking: boolean;
}

/** What a database says of one that was applied to it. */
export interface AppliedMigration {
  readonly number: number;
  readonly isBreaking: boolean;
}

/** Beside `src/`. */
const FOLDER = resolve(import.meta.dirname, '../../../sql');
const MAX_BYTES = 1024 * 1024;

/** All migrations of a dialect, `sql/<dialect>/<six digits>.sql`, in order. */
export async function readMigrations(dialect: Dialect): Promise<readonly Migration[]> {
  const names = (await readdir(join(FOLDER, dialect))).filter((name) => /^\d{6}\.sql$/.test(name)).sort();
  return await Promise.all(
    names.map(async (name) => {
      const sql = Buffer.from(await readFileBounded(join(FOLDER, dialect, name), MAX_BYTES)).toString('utf8');
      return { number: Number.parseInt(name, 10), sql, isBreaking: sql.startsWith('-- breaking\n') };
    }),
  );
}

/** Throws `METADATA_NEWER` for a breaking migration that this program does not know. `object` names the database. */
export function refuseNewer(known: readonly Migration[], applied: readonly AppliedMigration[], object: string): void {
  const newest = known.at(-1)?.number ?? 0;
  const unknown = applied.filter(({ number, isBreaking }) => isBreaking && number > newest);
  if (unknown.length > 0) {
    throw new MetadataError('METADATA_NEWER', 'the database is of a later Plimsoll', {
      object,
      expected: `at most migration ${newest}`,
      found: `migration ${Math.min(...unknown.map(({ number }) => number))}, which earlier versions cannot work with`,
      hint: 'Run the version that it is of, or restore a backup from before.',
    });
  }
}

/** Throws `METADATA_NOT_READY` for a migration that is to be applied yet, for whoever may not do that. */
export function requireAll(known: readonly Migration[], applied: readonly AppliedMigration[], object: string): void {
  const missing = known.find(({ number }) => !applied.some((one) => one.number === number));
  if (missing !== undefined) {
    throw new MetadataError('METADATA_NOT_READY', 'the database is not up to date', {
      object,
      expected: `migration ${missing.number}`,
      found: `${applied.length} of ${known.length} migrations`,
      hint: 'Start the server of this version on it.',
    });
  }
}
