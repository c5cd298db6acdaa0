import {
  type Expression,
  type ExpressionBuilder,
  type RawBuilder,
  type ReferenceExpression,
  type SqlBool,
  sql,
} from 'kysely';
import { type Dialect, valuesOf } from './dialect.ts';

/** The prefixes that no other one covers, sorted: what they stand for does not overlap, and follows each other. */
export function coveringPrefixes(prefixes: readonly string[]): readonly string[] {
  const covering: string[] = [];
  for (const prefix of prefixes.toSorted()) {
    const last = covering.at(-1);
    if (last === undefined || !prefix.startsWith(last)) {
      covering.push(prefix);
    }
  }
  return covering;
}

/** Whether a column starts with a prefix of ASCII characters, so that an index on it is used. */
export function isWithin<Database, Table extends keyof Database>(
  eb: ExpressionBuilder<Database, Table>,
  column: ReferenceExpression<Database, Table>,
  prefix: string,
): Expression<SqlBool> {
  if (prefix === '') {
    return eb.val(1).$castTo<SqlBool>();
  }
  return eb.and([eb(column, '>=', prefix as never), eb(column, '<', endOf(prefix) as never)]);
}

/** Sorts after all that starts with this, and before all else. ASCII, not empty. */
export function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}

/** Whether a text starts with one of these, however many they are. */
export function isWithinOne(
  dialect: Dialect,
  column: RawBuilder<unknown>,
  prefixes: readonly string[],
): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (
    SELECT 1 FROM ${valuesOf(dialect, coveringPrefixes(prefixes))} AS w WHERE substr(${column}, 1, length(w.value)) = w.value
  )`;
}
