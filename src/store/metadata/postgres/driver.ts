import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { MetadataError } from '../error.ts';
import { isLost, toError } from './failure.ts';
import { OftenUsed } from './often-used.ts';

/** A driver of Kysely over a pool. Connections that are lost are thrown away; the pool makes new ones. */
export class PostgresDriver implements Driver {
  readonly #pool: Pool;
  /** Host and database, for errors. */
  readonly #object: string;
  readonly #often = new OftenUsed();

  constructor(pool: Pool, object: string) {
    this.#pool = pool;
    this.#object = object;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<PostgresConnection> {
    try {
      return new PostgresConnection(await this.#pool.connect(), this.#object, this.#often);
    } catch (error) {
      throw toError(error, this.#object);
    }
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    await connection.control('BEGIN ISOLATION LEVEL READ COMMITTED');
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    const command = await connection.control('COMMIT');
    if (command !== 'COMMIT') {
      throw new MetadataError('METADATA_UNAVAILABLE', 'the database has undone a transaction', {
        object: this.#object,
      });
    }
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.undo();
  }

  releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #object: string;
  readonly #often: OftenUsed;
  #isBroken = false;

  constructor(client: PoolClient, object: string, often: OftenUsed) {
    this.#client = client;
    this.#object = object;
    this.#often = often;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const statement = { text: query.sql, values: [...query.parameters] };
    const name = 'name' in query && typeof query.name === 'string' ? query.name : this.#often.nameOf(query.sql);
    const named = name === null ? statement : { ...statement, name };
    const { rows, rowCount } = await this.#guarded(() => this.#client.query(named));
    return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) };
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncGenerator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }

  /** What PostgreSQL says that it did. */
  async control(sql: string): Promise<string> {
    const { command } = await this.#guarded(() => this.#client.query(sql));
    return command;
  }

  /** A connection that cannot undo is thrown away, and PostgreSQL undoes by itself. The error before this one says what happened. */
  async undo(): Promise<void> {
    try {
      await this.#client.query('ROLLBACK');
    } catch {
      this.#isBroken = true;
    }
  }

  release(): void {
    this.#client.release(this.#isBroken);
  }

  async #guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#isBroken ||= isLost(error);
      throw toError(error, this.#object);
    }
  }
}
