import type { DocumentHead, Expression, Position } from '#model/policy.ts';

/** Where a character of an expression stands in its file. `offset` in UTF-16 code units of its text. */
export function positionAt(expression: Expression, offset: number): Position {
  const jump = expression.jumps?.findLast((each) => each.offset <= offset) ?? { ...expression, offset: 0 };
  return { line: jump.line, column: jump.column + Math.max(0, offset) - jump.offset };
}

/** Where a member of a document stands, or the innermost one around it that is known. Line 0 where it was not read from a file. */
export function positionOf({ positions }: Pick<DocumentHead, 'positions'>, place: string): Position {
  let steps = place;
  for (;;) {
    const found = positions?.get(steps);
    if (found !== undefined || steps === '') {
      return found ?? { line: 0, column: 0 };
    }
    steps = steps.slice(0, Math.max(0, steps.lastIndexOf(' > ')));
  }
}
