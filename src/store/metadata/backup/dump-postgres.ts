import { toError } from '../postgres/failure.ts';
import { nameOf, openPool } from '../postgres/pool.ts';
import { toDumped } from './dump.ts';
import { DUMPED_TABLES, type DumpedRow, type DumpValue } from './tables.ts';

const ROWS = 500;

/** One transaction that sees the moment of its first statement. */
export async function* dumpPostgres(url: string): AsyncGenerator<DumpedRow> {
  const pool = openPool({ url, maxConnections: 1, statementTimeoutMs: 10 * 60_000 });
  try {
    const client = await pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      for (const table of DUMPED_TABLES) {
        await client.query(
          `DECLARE dump NO SCROLL CURSOR FOR SELECT * FROM ${table.name} ORDER BY ${table.order.join(', ')}`,
        );
        for (;;) {
          const { rows } = await client.query<Record<string, DumpValue>>(`FETCH ${table.atOnce ?? ROWS} FROM dump`);
          if (rows.length === 0) {
            break;
          }
          yield* rows.map((row) => toDumped(table, row));
        }
        await client.query('CLOSE dump');
      }
      await client.query('COMMIT');
    } finally {
      // Closed and not kept: a dump that was left half-way holds its transaction.
      client.release(true);
    }
  } catch (error) {
    throw toError(error, nameOf(url));
  } finally {
    await pool.end();
  }
}
