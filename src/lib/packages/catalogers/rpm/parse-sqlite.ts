import { PackagesError } from '../../error.ts';
import { decodeText } from '../../text.ts';
import type { Damage, HeaderBlob } from './blob.ts';
import { SqlitePages } from './sqlite/pages.ts';
import { type Column, readRecord, toNatural } from './sqlite/record.ts';
import { rowsOf } from './sqlite/rows.ts';

const SCHEMA_ROOT = 1;
const TABLE = 'packages';

/**
 * The headers in `rpmdb.sqlite`: the table `Packages(hnum, blob)`. What cannot be read goes to `damage`. Throws
 * `PACKAGE_DATABASE_INVALID` for a file that is no database, or has no such table.
 */
export function* parseSqlite(bytes: Uint8Array, object: string, damage: Damage): Generator<HeaderBlob> {
  const pages = new SqlitePages(bytes, object);
  for (const { rowid, payload } of rowsOf(pages, findTable(pages, object, damage), damage.pages)) {
    const [number, blob, ...more] = readRecord(payload) ?? [];
    if (number?.kind !== 'null' || blob?.kind !== 'blob' || more.length > 0) {
      damage.packages.add('expected a row of a number and a header, found another', rowid);
    } else {
      yield { number: rowid, bytes: blob.bytes };
    }
  }
}

/** The root page of the table: `sqlite_schema` has type, name, tbl_name, rootpage and sql of everything there is. */
function findTable(pages: SqlitePages, object: string, damage: Damage): number {
  const roots: number[] = [];
  for (const { payload } of rowsOf(pages, SCHEMA_ROOT, damage.pages)) {
    const [type, name, , root] = readRecord(payload) ?? [];
    if (textOf(type) === 'table' && textOf(name).toLowerCase() === TABLE) {
      roots.push(toNatural(root) ?? 0);
    }
  }
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    throw new PackagesError('PACKAGE_DATABASE_INVALID', 'not an RPM database', {
      object,
      expected: 'one table named Packages',
      found: `${roots.length}`,
    });
  }
  return root;
}

function textOf(column: Column | undefined): string {
  return column?.kind === 'text' ? decodeText(column.bytes) : '';
}
