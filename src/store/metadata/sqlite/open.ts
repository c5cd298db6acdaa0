import { access, chmod, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { newId } from '#base/uuid.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { type JobSettings, rowJobs } from '#store/jobs/index.ts';
import { MetadataError } from '../error.ts';
import { readMigrations } from '../migrations.ts';
import { composeStore, type MetadataReader } from '../store.ts';
import type { Tables } from '../tables.ts';
import { SqliteThreadDialect } from './dialect.ts';
import { toError } from './failure.ts';
import { isBusy } from './lock.ts';
import { checkSchema, migrate } from './migrate.ts';
import { Statements } from './statements.ts';
import { Writer } from './writer.ts';

export interface SqliteStoreOptions extends JobSettings {
  /** The file; it and its folder are made when they are not there, for their owner alone. */
  readonly path: string;
  /** Milliseconds to wait for other processes that write; 30,000 when not said. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 30_000;
/** Reading waits for next to nothing: only for whoever repairs the log after a crash. It blocks the main thread. */
const READ_PATIENCE_MS = 5_000;
const WAL_PAUSE_MS = 10;

/** Opens the database, which any number of processes may do at once, and brings its schema up to date. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<MetadataStore> {
  const { path, clock, patienceMs = PATIENCE_MS } = options;
  await makeFile(path);
  try {
    await prepare(path, patienceMs, clock.now());
    const reader = openForReading(path);
    const writer = new Writer({ path, patienceMs });
    return compose({ path, reader, writer }, options);
  } catch (error) {
    throw toError(error, path);
  }
}

/** Opens a database that a server of this version has made. Throws `METADATA_NOT_READY` when it has not. */
export async function openSqliteReader({ path }: Pick<SqliteStoreOptions, 'path'>): Promise<MetadataReader> {
  await requireFile(path);
  const reader = openForReading(path);
  try {
    checkSchema(reader, await readMigrations('sqlite'), path);
  } catch (error) {
    reader.close();
    throw toError(error, path);
  }
  // Nothing is ever made with these.
  const unused = { clock: { now: () => 0 }, random: (length: number) => new Uint8Array(length) };
  return compose({ path, reader, writer: null }, unused);
}

async function requireFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch (cause) {
    throw new MetadataError('METADATA_NOT_READY', 'there is no database yet', {
      object: path,
      hint: 'Start the server on it.',
      cause,
    });
  }
}

interface Opened {
  readonly path: string;
  readonly reader: DatabaseSync;
  readonly writer: Writer | null;
}

function compose({ path, reader, writer }: Opened, settings: JobSettings): MetadataStore {
  const statements = new Statements(reader);
  const connections = { path, reader: statements, writer };
  const db = new Kysely<Tables>({ dialect: new SqliteThreadDialect({ ...connections, isHasty: false }) });
  const hasty = new Kysely<Tables>({ dialect: new SqliteThreadDialect({ ...connections, isHasty: true }) });
  const jobs = rowJobs(db, settings);
  return composeStore({
    db,
    hasty,
    dialect: 'sqlite',
    newId: (now) => newId(now, settings.random),
    jobs: (transaction) => jobs.records(transaction),
    work: jobs,
    probe: async () => {
      await db.selectFrom('projects').select('id').limit(1).execute();
      await writer?.probe();
    },
    close: async () => {
      await writer?.close();
      if (reader.isOpen) {
        reader.close();
      }
    },
  });
}

function openForReading(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: READ_PATIENCE_MS });
    database.exec('PRAGMA temp_store = MEMORY');
    // Kibibytes, in each process; what is not in it is in the cache of the system.
    database.exec('PRAGMA cache_size = -12288');
    return database;
  } catch (error) {
    throw toError(error, path);
  }
}

/** SQLite gives the files beside it the same mode. */
async function makeFile(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a', 0o600);
    await file.close();
    await chmod(path, 0o600);
  } catch (error) {
    throw new MetadataError('METADATA_UNAVAILABLE', 'the database cannot be opened', { object: path, cause: error });
  }
}

async function prepare(path: string, patienceMs: number, now: number): Promise<void> {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: patienceMs });
  try {
    await useLog(database, path, patienceMs);
    database.exec('PRAGMA synchronous = FULL');
    migrate(database, await readMigrations('sqlite'), { path, patienceMs, now });
  } finally {
    database.close();
  }
}

/** The mode stays with the file. To change it takes a lock for which SQLite does not wait. */
async function useLog(database: DatabaseSync, path: string, patienceMs: number): Promise<void> {
  for (let left = patienceMs; ; left -= WAL_PAUSE_MS) {
    try {
      const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
      if (mode !== 'wal') {
        throw new MetadataError('METADATA_UNSUITABLE', 'no write-ahead log is possible where the database is', {
          object: path,
          found: `journal mode ${String(mode)}`,
          hint: 'Put it on a local disk.',
        });
      }
      return;
    } catch (error) {
      if (left <= 0 || !isBusy(error)) {
        throw error;
      }
      await sleep(WAL_PAUSE_MS);
    }
  }
}
