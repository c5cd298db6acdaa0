import {
  type DatabaseIntrospector,
  type Dialect,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { Pool } from 'pg';
import { PostgresDriver } from './driver.ts';

/** PostgreSQL as Kysely sees it. */
export class PostgresPoolDialect implements Dialect {
  readonly #pool: Pool;
  readonly #object: string;

  constructor(pool: Pool, object: string) {
    this.#pool = pool;
    this.#object = object;
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createDriver(): PostgresDriver {
    return new PostgresDriver(this.#pool, this.#object);
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(db);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }
}
