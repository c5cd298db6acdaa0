import {
  type Expression,
  type ExpressionBuilder,
  type RawBuilder,
  type ReferenceExpression,
  type SqlBool,
  sql,
} from 'kysely';
import { type Dialect, valuesOf } from './dialect.ts';

/*
 * Names of repositories that somebody asks for: `team/app` is that one alone, `team/` all below it, and the empty text all of them. What starts with the
 * name of one is another one, which whoever asks may not know of.
 */

/** Those that no other one covers, sorted: what they stand for does not overlap, and follows each other. */
export function coveringPrefixes(prefixes: readonly string[]): readonly string[] {
  const covering: string[] = [];
  for (const prefix of prefixes.toSorted()) {
    const last = covering.at(-1);
    if (last === undefined || !(prefix === last || (isOfMany(last) && prefix.startsWith(last)))) {
      covering.push(prefix);
    }
  }
  return covering;
}

/** Whether it stands for all that starts with it, and not for one name. */
export function isOfMany(prefix: string): boolean {
  return prefix === '' || prefix.endsWith('/');
}

/** Whether a column is what one of ASCII characters stands for, so that an index on it is used. */
export function isWithin<Database, Table extends keyof Database>(
  eb: ExpressionBuilder<Database, Table>,
  column: ReferenceExpression<Database, Table>,
  prefix: string,
): Expression<SqlBool> {
  if (prefix === '') {
    return eb.val(1).$castTo<SqlBool>();
  }
  if (!isOfMany(prefix)) {
    return eb(column, '=', prefix as never);
  }
  return eb.and([eb(column, '>=', prefix as never), eb(column, '<', endOf(prefix) as never)]);
}

/** Sorts after all that starts with this, and before all else. ASCII, not empty. */
export function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}

/** Whether a text is what one of these stands for, however many they are. */
export function isWithinOne(
  dialect: Dialect,
  column: RawBuilder<unknown>,
  prefixes: readonly string[],
): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (
    SELECT 1 FROM ${valuesOf(dialect, coveringPrefixes(prefixes))} AS w
    WHERE w.value = ${column}
      OR ((w.value = '' OR w.value LIKE '%/') AND substr(${column}, 1, length(w.value)) = w.value)
  )`;
}
