import { Pool, type PoolConfig, types } from 'pg';
import { MetadataError } from '../error.ts';

export interface PoolOptions {
  /** `postgres://user:password@host:port/database?…`, as libpq has it. */
  readonly url: string;
  /** 10 when not said; at least 2. */
  readonly maxConnections?: number;
  /** Milliseconds that one statement may take; 30,000 when not said. */
  readonly statementTimeoutMs?: number;
  /** Milliseconds that a connection may take; 10,000 when not said. */
  readonly connectTimeoutMs?: number;
}

const INT8 = 20;

/** A pool whose 64-bit integers are numbers: times, sizes and counts are far below 2^53. */
export function openPool(options: PoolOptions, extra: Pick<PoolConfig, 'options'> = {}): Pool {
  const { url, maxConnections = 10, statementTimeoutMs = 30_000, connectTimeoutMs = 10_000 } = options;
  const pool = new Pool({
    connectionString: url,
    application_name: 'plimsoll',
    // To migrate takes two.
    max: Math.max(2, maxConnections),
    connectionTimeoutMillis: connectTimeoutMs,
    // Statements are short: to compile one takes longer than it does.
    options: '-c jit=off',
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    types: { getTypeParser },
    ...extra,
  });
  // Nobody waits for a connection that breaks between two statements: the next statement says so, on a new one.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

/** Host and database of a URL, without the password. Throws `METADATA_UNSUITABLE` for what is no URL. */
export function nameOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new MetadataError('METADATA_UNSUITABLE', 'not the URL of a PostgreSQL', {
      object: 'metadata store',
      expected: 'postgres://user:password@host:port/database',
    });
  }
  return `PostgreSQL ${parsed.host}${parsed.pathname}`;
}

function getTypeParser(id: number, format?: 'text' | 'binary'): ReturnType<typeof types.getTypeParser> {
  return id === INT8 && format !== 'binary' ? Number : types.getTypeParser(id, format);
}
