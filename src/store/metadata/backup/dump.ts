import { DatabaseSync } from 'node:sqlite';
import { MetadataError } from '../error.ts';
import { toError } from '../sqlite/failure.ts';
import { DUMPED_TABLES, type DumpedRow, type DumpedTable, type DumpValue } from './tables.ts';

/** A database that may be in use. */
export type DumpSource =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** All rows of one moment, whatever is written meanwhile. The snapshot is held until the last row was taken. */
export async function* dumpMetadata(source: DumpSource): AsyncGenerator<DumpedRow> {
  if (source.kind === 'sqlite') {
    yield* dumpSqlite(source.path);
    return;
  }
  const { dumpPostgres } = await import('./dump-postgres.ts');
  yield* dumpPostgres(source.url);
}

function* dumpSqlite(path: string): Generator<DumpedRow> {
  const database = open(path);
  try {
    database.exec('BEGIN');
    for (const table of DUMPED_TABLES) {
      const rows = database.prepare(`SELECT * FROM ${table.name} ORDER BY ${table.order.join(', ')}`).iterate();
      for (const row of rows) {
        yield toDumped(table, row as Record<string, DumpValue>);
      }
    }
  } catch (error) {
    throw toError(error, path);
  } finally {
    database.close();
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true, timeout: 30_000 });
  } catch (cause) {
    throw new MetadataError('METADATA_NOT_READY', 'there is no database', {
      object: path,
      hint: 'The server makes it at its first start.',
      cause,
    });
  }
}

/** A row without what belongs to its database alone. */
export function toDumped(table: DumpedTable, row: Readonly<Record<string, DumpValue>>): DumpedRow {
  const omitted = new Set(table.omitted);
  return { table: table.name, row: Object.fromEntries(Object.entries(row).filter(([name]) => !omitted.has(name))) };
}
