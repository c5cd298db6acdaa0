import type { DatabaseSync } from 'node:sqlite';
import { type AppliedMigration, type Migration, refuseNewer, requireAll } from '../migrations.ts';
import { beginImmediate } from './lock.ts';

/** Brings the schema up to date. Any number of processes may do so at once: each step is one transaction that counts itself first. */
export function migrate(
  database: DatabaseSync,
  migrations: readonly Migration[],
  options: { readonly path: string; readonly patienceMs: number; readonly now: number },
): void {
  within(database, options.patienceMs, () => {
    database.exec(`CREATE TABLE IF NOT EXISTS migrations (
      number INTEGER PRIMARY KEY,
      is_breaking INTEGER NOT NULL,
      applied_at INTEGER NOT NULL
    ) STRICT`);
  });
  for (const migration of migrations) {
    within(database, options.patienceMs, () => {
      const applied = readApplied(database);
      refuseNewer(migrations, applied, options.path);
      if (!applied.some(({ number }) => number === migration.number)) {
        database
          .prepare('INSERT INTO migrations (number, is_breaking, applied_at) VALUES (?, ?, ?)')
          .run(migration.number, migration.isBreaking ? 1 : 0, options.now);
        database.exec(migration.sql);
      }
    });
  }
}

/** Throws `METADATA_NEWER` and `METADATA_NOT_READY`, for whoever only reads and so may not change the schema. */
export function checkSchema(database: DatabaseSync, migrations: readonly Migration[], path: string): void {
  const made = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  const applied = made === undefined ? [] : readApplied(database);
  refuseNewer(migrations, applied, path);
  requireAll(migrations, applied, path);
}

function readApplied(database: DatabaseSync): readonly AppliedMigration[] {
  return database
    .prepare('SELECT number, is_breaking FROM migrations')
    .all()
    .map((row) => ({ number: Number(row['number']), isBreaking: row['is_breaking'] === 1 }));
}

function within(database: DatabaseSync, patienceMs: number, work: () => void): void {
  beginImmediate(database, patienceMs);
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    throw error;
  }
}
