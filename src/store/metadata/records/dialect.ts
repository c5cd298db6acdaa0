import { type RawBuilder, sql } from 'kysely';

/** Whose SQL it is, where the two differ. */
export type Dialect = 'sqlite' | 'postgres';

/** A list of texts or numbers as one parameter: a table with the column `value`, however many they are. */
export function valuesOf(dialect: Dialect, values: readonly (string | number)[]): RawBuilder<{ value: string }> {
  const json = JSON.stringify(values);
  return dialect === 'sqlite' ? sql`json_each(${json})` : sql`json_array_elements_text(${json}::json)`;
}
