import { type Compilable, type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import { digestOf } from '#base/digest.ts';
import type { Tables } from '../tables.ts';

type Value = string | number | null;
type Placeholders<Name extends string> = Readonly<Record<Name, RawBuilder<never>>>;

/**
 * A statement whose SQL is made once, at its first use: for the hot paths, where making it would take longer than running it.
 * `build` puts a placeholder where each value will be.
 */
export function prepared<Name extends string, Row>(
  db: Kysely<Tables>,
  names: readonly Name[],
  build: (placeholders: Placeholders<Name>) => Compilable<Row>,
): (values: Readonly<Record<Name, Value>>) => Promise<readonly Row[]> {
  let made: PreparedQuery<Row> | null = null;
  return async (values) => {
    made ??= named(build(placeholdersFor(names)).compile());
    const parameters = made.parameters.map((value) =>
      value instanceof Placeholder ? values[value.name as Name] : value,
    );
    const { rows } = await db.executeQuery<Row>({ ...made, parameters });
    return rows;
  };
}

/** A statement that a driver may keep prepared under its name. */
export interface PreparedQuery<Row = unknown> extends CompiledQuery<Row> {
  readonly name: string;
}

function named<Row>(query: CompiledQuery<Row>): PreparedQuery<Row> {
  return { ...query, name: `plimsoll_${digestOf(query.sql).slice(7, 23)}` };
}

class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function placeholdersFor<Name extends string>(names: readonly Name[]): Placeholders<Name> {
  const entries = names.map((name) => [name, sql<never>`${new Placeholder(name)}`] as const);
  return Object.fromEntries(entries) as Placeholders<Name>;
}
