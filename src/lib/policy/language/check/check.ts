import type { CelIssue } from '../error.ts';
import type { Ast } from '../parse/ast.ts';
import type { Environment } from '../program.ts';
import { type CelType, DYN } from '../type.ts';
import type { Checked } from './checked.ts';
import { Checker } from './checker.ts';
import { CheckContext } from './context.ts';
import { mapParts, TooManySteps } from './inference.ts';
import { withoutNull } from './nullable.ts';

export type CheckedOrNot =
  | { readonly ok: true; readonly checked: Checked }
  | { readonly ok: false; readonly issues: readonly CelIssue[] };

/**
 * Resolves the names of an expression and finds its types. Type names (`int`, `google.protobuf.Timestamp`) are constants of the libraries, and
 * all operators but `_&&_`, `_||_` and `_?_:_` functions of them. Never throws.
 */
export function check(ast: Ast, environment: Environment): CheckedOrNot {
  const context = new CheckContext(environment, ast.nodes);
  try {
    return finished(ast, context);
  } catch (error) {
    if (!(error instanceof TooManySteps)) {
      throw error;
    }
    const issue = { offset: 0, length: ast.text.length, message: 'the types of the expression take too long to find' };
    return { ok: false, issues: [...context.issues, issue] };
  }
}

function finished(ast: Ast, context: CheckContext): CheckedOrNot {
  const checker = new Checker(context);
  const type = checker.check(ast.root);
  if (context.issues.length > 0) {
    return { ok: false, issues: context.issues.toSorted((a, b) => a.offset - b.offset) };
  }
  const final = finalTypes(context);
  const checked: Checked = {
    ast,
    type: final(type),
    types: context.types.map((found) => found && final(found)),
    references: context.references,
    variables: context.variables,
    readsTime: context.readsTime,
    depth: checker.depth,
    slots: context.scope.most,
  };
  return { ok: true, checked };
}

/** Types as others see them: nothing is left of parameters nobody said anything of, nor of null. Many nodes share a type. */
function finalTypes({ inference }: CheckContext): (type: CelType) => CelType {
  const made = new Map<CelType, CelType>();
  function erase(type: CelType): CelType {
    const known = withoutNull(type);
    return known.kind === 'parameter' ? DYN : mapParts(known, erase);
  }
  return (type) => {
    const known = made.get(type) ?? erase(inference.resolve(type));
    made.set(type, known);
    return known;
  };
}
