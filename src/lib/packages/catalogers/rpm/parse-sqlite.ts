import { PackagesError } from '../../error.ts';
import { SqlitePages } from '../../sqlite/pages.ts';
import { readRecord } from '../../sqlite/record.ts';
import { rowsOf } from '../../sqlite/rows.ts';
import { readTables } from '../../sqlite/table.ts';
import type { Damage, HeaderBlob } from './blob.ts';

const TABLE = 'packages';

/**
 * The headers in `rpmdb.sqlite`: the table `Packages(hnum, blob)`. What cannot be read goes to `damage`. Throws
 * `PACKAGE_DATABASE_INVALID` for a file that is no database, or has no such table.
 */
export function* parseSqlite(bytes: Uint8Array, object: string, damage: Damage): Generator<HeaderBlob> {
  const pages = new SqlitePages(bytes, object);
  const root = readTables(pages, damage.pages).get(TABLE) ?? 0;
  if (root === 0) {
    throw new PackagesError('PACKAGE_DATABASE_INVALID', 'not an RPM database', {
      object,
      expected: 'one table named Packages',
    });
  }
  for (const { rowid, payload } of rowsOf(pages, root, damage.pages)) {
    const [number, blob, ...more] = readRecord(payload) ?? [];
    if (number?.kind !== 'null' || blob?.kind !== 'blob' || more.length > 0) {
      damage.packages.add('expected a row of a number and a header, found another', rowid);
    } else {
      yield { number: rowid, bytes: blob.bytes };
    }
  }
}
