/** Where records are: SQLite or PostgreSQL, behind one port. */
export { MetadataError } from './error.ts';
export { openSqliteReader, openSqliteStore, type SqliteStoreOptions } from './sqlite/open.ts';
export type { MetadataReader } from './store.ts';
