/** Where records are: SQLite or PostgreSQL, behind one port. */
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { PostgresStoreOptions } from './postgres/open.ts';
import type { PoolOptions } from './postgres/pool.ts';
import type { MetadataReader } from './store.ts';

export { type DumpSource, dumpMetadata } from './backup/dump.ts';
export { assertEmptyMetadata, loadMetadata } from './backup/load.ts';
export { DUMPED_TABLES, type DumpedRow, type DumpValue } from './backup/tables.ts';

export type { PostgresStoreOptions } from './postgres/open.ts';
export { openSqliteReader, openSqliteStore } from './sqlite/open.ts';
export type { MetadataReader } from './store.ts';

/** As `openSqliteStore`. The client of PostgreSQL is loaded only now: most installations never need it. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<MetadataStore> {
  const driver = await import('./postgres/open.ts');
  return await driver.openPostgresStore(options);
}

/** As `openSqliteReader`. */
export async function openPostgresReader(options: PoolOptions): Promise<MetadataReader> {
  const driver = await import('./postgres/open.ts');
  return await driver.openPostgresReader(options);
}
