import type { SQLInputValue } from 'node:sqlite';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import { MetadataError } from '../error.ts';
import { toError } from './failure.ts';
import type { StatementResult, Statements } from './statements.ts';
import type { Writer } from './writer.ts';

export interface SqliteConnections {
  readonly path: string;
  /** Of the main thread, for reading. */
  readonly reader: Statements;
  /** Null for a store that is open for reading. */
  readonly writer: Writer | null;
  /** Statements outside of transactions do not wait for the disk. */
  readonly isHasty: boolean;
}

/** A driver of Kysely: what only reads, outside of transactions, is done at once; all else by the thread that writes. */
export class SqliteDriver implements Driver {
  readonly #connections: SqliteConnections;

  constructor(connections: SqliteConnections) {
    this.#connections = connections;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<SqliteConnection> {
    return Promise.resolve(new SqliteConnection(this.#connections));
  }

  beginTransaction(connection: SqliteConnection): Promise<void> {
    return connection.begin();
  }

  commitTransaction(connection: SqliteConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: SqliteConnection): Promise<void> {
    return connection.rollback();
  }

  releaseConnection(connection: SqliteConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #path: string;
  readonly #reader: Statements;
  readonly #writer: Writer | null;
  readonly #isHasty: boolean;
  /** Set while it has the writer. */
  #giveBack: (() => void) | null = null;

  constructor({ path, reader, writer, isHasty }: SqliteConnections) {
    this.#isHasty = isHasty;
    this.#path = path;
    this.#reader = reader;
    this.#writer = writer;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const parameters = query.parameters as readonly SQLInputValue[];
    if (this.#giveBack === null && onlyReads(query)) {
      return this.#read(query.sql, parameters);
    }
    const writer = this.#writable();
    if (this.#giveBack !== null) {
      return toResult(await writer.execute(query.sql, parameters, false));
    }
    const giveBack = await writer.acquire();
    try {
      return toResult(await writer.execute(query.sql, parameters, true, this.#isHasty));
    } finally {
      giveBack();
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncGenerator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }

  async begin(): Promise<void> {
    const writer = this.#writable();
    this.#giveBack = await writer.acquire();
    await writer.begin();
  }

  async commit(): Promise<void> {
    await this.#writable().commit();
  }

  async rollback(): Promise<void> {
    await this.#writable().rollback();
  }

  release(): void {
    this.#giveBack?.();
    this.#giveBack = null;
  }

  #read<Row>(sql: string, parameters: readonly SQLInputValue[]): QueryResult<Row> {
    try {
      return toResult(this.#reader.execute(sql, parameters));
    } catch (error) {
      throw toError(error, this.#path);
    }
  }

  #writable(): Writer {
    if (this.#writer === null) {
      throw new MetadataError('METADATA_READ_ONLY', 'the metadata store is open for reading', { object: this.#path });
    }
    return this.#writer;
  }
}

function onlyReads({ query, sql }: CompiledQuery): boolean {
  return query.kind === 'SelectQueryNode' || (query.kind === 'RawNode' && /^\s*select\s/i.test(sql));
}

function toResult<Row>({ rows, changes }: StatementResult): QueryResult<Row> {
  return { rows: rows as Row[], numAffectedRows: BigInt(changes) };
}
