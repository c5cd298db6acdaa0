import type { Omissions } from '../omissions.ts';
import { decodeText } from '../text.ts';
import type { SqlitePages } from './pages.ts';
import { type Column, readRecord, toNatural } from './record.ts';
import { rowsOf } from './rows.ts';

const SCHEMA_ROOT = 1;

/**
 * The root pages of the tables of a database, by name in lower case: `sqlite_schema` has type, name, tbl_name, rootpage and
 * sql of everything there is. A name that two tables have leads to neither.
 */
export function readTables(pages: SqlitePages, damage: Omissions): ReadonlyMap<string, number> {
  const roots = new Map<string, number>();
  for (const { payload } of rowsOf(pages, SCHEMA_ROOT, damage)) {
    const [type, name, , root] = readRecord(payload) ?? [];
    if (sqliteText(type) === 'table') {
      const key = sqliteText(name).toLowerCase();
      roots.set(key, roots.has(key) ? 0 : (toNatural(root) ?? 0));
    }
  }
  return roots;
}

/** Empty for what is no text. */
export function sqliteText(column: Column | undefined): string {
  return column?.kind === 'text' ? decodeText(column.bytes) : '';
}
