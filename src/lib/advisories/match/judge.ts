import type { Package } from '#model/package.ts';
import type { Evaluation, Match, Schemes } from './evaluate.ts';
import type { Denial } from './groups.ts';
import type { Statement } from './statements.ts';
import { evaluateStatement, isAbout } from './statements.ts';

/** An advisory that could not be held against a version. */
export interface Undecided {
  readonly id: string;
  readonly reason: string;
}

export interface Judgement {
  readonly matches: readonly Match[];
  readonly denials: readonly Denial[];
  readonly undecided: readonly Undecided[];
}

/** `evaluate` is handed in by whoever traces what it does. */
export function judge(
  item: Package,
  statements: readonly Statement[],
  schemes: Schemes,
  evaluate: (statement: Statement) => Evaluation = (statement) => evaluateStatement(statement, item, schemes),
): Judgement {
  const matches: Match[] = [];
  const denials: Denial[] = [];
  const undecided: Undecided[] = [];
  const basic = ecosystemsOf(statements.filter(({ place }) => place.extended !== true));
  for (const statement of statements) {
    const { advisory, ecosystem } = statement;
    const result = evaluate(statement);
    if (result.kind === 'affected') {
      matches.push(result.match);
    } else if (result.kind === 'denied') {
      denials.push({ advisory, ecosystem });
    } else if (result.kind === 'unknown') {
      undecided.push({ id: advisory.id, reason: result.reason });
    } else if (statement.place.extended === true && isAbout(statement, item)) {
      // A package that has the repair of those who pay has it for everybody's advisories too.
      denials.push(...basic.map((name) => ({ advisory, ecosystem: name })));
    }
  }
  return { matches, denials, undecided };
}

function ecosystemsOf(statements: readonly Statement[]): readonly string[] {
  return [...new Set(statements.map(({ ecosystem }) => ecosystem))];
}
