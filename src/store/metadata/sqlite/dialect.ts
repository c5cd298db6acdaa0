import {
  type DatabaseIntrospector,
  type Dialect,
  type Kysely,
  type SelectModifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { type SqliteConnections, SqliteDriver } from './driver.ts';

/** SQLite as Kysely sees it: many connections, of which one at a time writes. */
export class SqliteThreadDialect implements Dialect {
  readonly #connections: SqliteConnections;

  constructor(connections: SqliteConnections) {
    this.#connections = connections;
  }

  createAdapter(): SqliteAdapter {
    return new Adapter();
  }

  createDriver(): SqliteDriver {
    return new SqliteDriver(this.#connections);
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new Compiler();
  }
}

class Adapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class Compiler extends SqliteQueryCompiler {
  /** Locks of rows are for PostgreSQL: a transaction of SQLite has the lock of all of them. */
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === 'Distinct' || node.rawModifier !== undefined) {
      super.visitSelectModifier(node);
    }
  }
}
