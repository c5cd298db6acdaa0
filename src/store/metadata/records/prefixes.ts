import type { Expression, ExpressionBuilder, ReferenceExpression, SqlBool } from 'kysely';

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
  const end = `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
  return eb.and([eb(column, '>=', prefix as never), eb(column, '<', end as never)]);
}
