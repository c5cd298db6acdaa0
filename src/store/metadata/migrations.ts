import { readdirSync, readFileSync } from 'node:fs';
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

/** Where `sql/` is, beside `src/`. */
const folder = new URL('../../../sql/', import.meta.url);

/** All migrations of a dialect, `sql/<dialect>/<six digits>.sql`, in order. */
export function readMigrations(dialect: Dialect): readonly Migration[] {
  const files = new URL(`${dialect}/`, folder);
  return readdirSync(files)
    .filter((name) => /^\d{6}\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, files), 'utf8');
      return { number: Number.parseInt(name, 10), sql, isBreaking: sql.startsWith('-- breaking\n') };
    });
}

/** The lowest number of a breaking migration that this program does not know; null when it can work with the database. */
export function tooNew(known: readonly Migration[], applied: readonly AppliedMigration[]): number | null {
  const newest = known.at(-1)?.number ?? 0;
  const unknown = applied.filter(({ number, isBreaking }) => isBreaking && number > newest);
  return unknown.length === 0 ? null : Math.min(...unknown.map(({ number }) => number));
}
