import { type Kysely, sql } from 'kysely';
import { quote } from '#base/error.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Records } from '#model/platform/records.ts';
import { MetadataError } from '../error.ts';
import { atomically } from '../records/atomically.ts';
import { deriveImages } from '../records/derive-images.ts';
import type { Dialect } from '../records/dialect.ts';
import { recordsOf } from '../records.ts';
import { partsOf } from '../store.ts';
import type { Tables } from '../tables.ts';
import { DUMPED_TABLES, type DumpedRow, type DumpValue } from './tables.ts';

/** SQLite takes 32,766 values in a statement; PostgreSQL gets them as one. */
const ROWS: Readonly<Record<Dialect, number>> = { sqlite: 200, postgres: 5000 };
/** Manifests are up to 4 MiB. */
const BATCH_BYTES = 8 * 1024 * 1024;

export interface LoadOptions {
  /** Called again for each attempt. In the order of a dump. */
  readonly rows: () => AsyncIterable<DumpedRow>;
  /** In the same transaction, after the rows. */
  readonly after: (records: Records) => Promise<void>;
}

/** Fills a database that holds nothing, with all of a dump or none of it. Throws `METADATA_NOT_EMPTY`. */
export async function loadMetadata(store: MetadataStore, { rows, after }: LoadOptions): Promise<void> {
  const parts = partsOf(store);
  await atomically(parts.db, async (db) => {
    await assertEmpty(db);
    await insertAll(db, parts.dialect, rows());
    if (parts.dialect === 'postgres') {
      await advanceIdentities(db);
    }
    await settle(db, parts.dialect);
    await after(recordsOf(db, parts));
  });
  if (parts.dialect === 'postgres') {
    await analyse(parts.db);
  }
}

/** PostgreSQL does so by itself, minutes later: until then it plans as if there were hardly any rows. All is there already, whatever comes of this. */
async function analyse(db: Kysely<Tables>): Promise<void> {
  for (const { name } of DUMPED_TABLES) {
    await sql`ANALYZE ${sql.table(name)}`.execute(db).catch(() => undefined);
  }
}

/** What was under way is not any more, and a dump of an earlier version has less than there is now. */
async function settle(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  await sql`
    UPDATE acquisitions SET state = 'failed', reason = 'it was under way when the backup was made', version = version + 1,
      finished_at = updated_at
    WHERE finished_at IS NULL`.execute(db);
  await sql`UPDATE due_images SET leased_until = NULL, lease = NULL WHERE lease IS NOT NULL`.execute(db);
  await deriveImages(db, dialect);
}

/** Throws `METADATA_NOT_EMPTY` for a database in which somebody worked already. */
export async function assertEmptyMetadata(store: MetadataStore): Promise<void> {
  await assertEmpty(partsOf(store).db);
}

async function assertEmpty(db: Kysely<Tables>): Promise<void> {
  for (const table of ['accounts', 'projects', 'events'] as const) {
    const found = await db.selectFrom(table).select('id').limit(1).execute();
    if (found.length > 0) {
      throw new MetadataError('METADATA_NOT_EMPTY', 'the database is in use', {
        object: 'metadata store',
        expected: 'one that holds nothing',
        found: `rows in ${table}`,
        hint: 'Restore into another data folder or another database, and start the server after that.',
      });
    }
  }
}

async function insertAll(db: Kysely<Tables>, dialect: Dialect, rows: AsyncIterable<DumpedRow>): Promise<void> {
  let batch: DumpedRow[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) {
      await insert(db, dialect, batch);
    }
    batch = [];
    bytes = 0;
  };
  for await (const one of rows) {
    const first = batch[0];
    if (first !== undefined && (first.table !== one.table || batch.length >= ROWS[dialect] || bytes > BATCH_BYTES)) {
      await flush();
    }
    batch.push(one);
    bytes += Object.values(one.row).reduce<number>((sum, value) => sum + sizeOf(value), 0);
  }
  await flush();
}

function sizeOf(value: DumpValue): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
}

async function insert(db: Kysely<Tables>, dialect: Dialect, batch: readonly DumpedRow[]): Promise<void> {
  const table = DUMPED_TABLES.find(({ name }) => name === batch[0]?.table);
  if (table === undefined) {
    throw unknown(`table ${quote(String(batch[0]?.table))}`);
  }
  const columns = Object.keys(batch[0]?.row ?? {});
  if (batch.some(({ row }) => Object.keys(row).join() !== columns.join())) {
    throw unknown(`a row of ${table.name} with other columns than the one before`);
  }
  const names = sql.join(columns.map((name) => sql.ref(name)));
  const into = sql`INSERT INTO ${sql.table(table.name)} (${names})`;
  if (dialect === 'sqlite') {
    const values = batch.map(({ row }) => sql`(${sql.join(Object.values(row))})`);
    await sql`${into} VALUES ${sql.join(values)}`.execute(db);
    return;
  }
  const overriding = sql.raw(table.identity === undefined ? '' : 'OVERRIDING SYSTEM VALUE');
  const rows = JSON.stringify(
    batch.map(({ row }) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, inText(value)]))),
  );
  await sql`
    ${into} ${overriding}
    SELECT ${names} FROM json_populate_recordset(NULL::${sql.table(table.name)}, ${rows}::json)`.execute(db);
}

/** Bytes as PostgreSQL writes them in text. */
function inText(value: DumpValue): DumpValue {
  const isBytes = value instanceof Uint8Array;
  return isBytes ? `\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}` : value;
}

function unknown(what: string): MetadataError {
  return new MetadataError('METADATA_DUMP_INVALID', 'the dump does not fit this version', {
    object: what,
    expected: 'tables and columns that there are',
    hint: 'A backup of a later version needs that version.',
  });
}

async function advanceIdentities(db: Kysely<Tables>): Promise<void> {
  for (const { name, identity } of DUMPED_TABLES) {
    if (identity !== undefined) {
      await sql`SELECT setval(pg_get_serial_sequence(${name}, ${identity}), coalesce((SELECT max(${sql.ref(identity)}) FROM ${sql.table(name)}), 0) + 1, false)`.execute(
        db,
      );
    }
  }
}
