import type { Expression, Policy } from '#model/policy.ts';

/** An expression of a policy with its path in the document. */
export interface PlacedExpression {
  readonly expression: Expression;
  readonly path: readonly (string | number)[];
  /** What becomes of its value: that of a variable is not judged. */
  readonly role: 'condition' | 'variable' | 'rule' | 'message';
}

/** All of them, in the order of the document. */
export function expressionsOf({ match, variables, validations }: Policy): readonly PlacedExpression[] {
  return [
    ...match.conditions.map(
      ({ expression }, index): PlacedExpression => ({
        expression,
        path: ['match', 'conditions', index, 'expression'],
        role: 'condition',
      }),
    ),
    ...variables.map(
      ({ expression }, index): PlacedExpression => ({
        expression,
        path: ['variables', index, 'expression'],
        role: 'variable',
      }),
    ),
    ...validations.flatMap(({ expression, messageExpression }, index): readonly PlacedExpression[] => [
      { expression, path: ['validations', index, 'expression'], role: 'rule' },
      ...(messageExpression === null
        ? []
        : [
            {
              expression: messageExpression,
              path: ['validations', index, 'messageExpression'],
              role: 'message',
            } as const,
          ]),
    ]),
  ];
}
