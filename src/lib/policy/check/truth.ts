import type { Call, Expression } from '../language/parse/ast.ts';
import { print } from '../language/parse/print.ts';

/** The comparison that is true where another is not. Of numbers that are none (NaN) neither may be: nobody has them in facts. */
const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ['_==_', '_!=_'],
  ['_!=_', '_==_'],
  ['_<_', '_>=_'],
  ['_>=_', '_<_'],
  ['_>_', '_<=_'],
  ['_<=_', '_>_'],
]);

/** What an expression is whatever it is asked of, as far as its form tells; null where it depends. */
export function truthOf(node: Expression): boolean | null {
  if (node.kind === 'constant') {
    return typeof node.value === 'boolean' ? node.value : null;
  }
  if (node.kind !== 'call' || node.target !== null) {
    return null;
  }
  const [first, second] = node.arguments;
  switch (node.name) {
    case '!_':
      return first === undefined ? null : negated(truthOf(first));
    case '_&&_':
      return joined(node, false);
    case '_||_':
      return joined(node, true);
    case '_==_':
    case '_!=_':
      return first !== undefined && second !== undefined && print(first) === print(second)
        ? node.name === '_==_'
        : null;
    default:
      return null;
  }
}

/** Of a chain of which one argument of this value decides; so do two that are opposites of each other. */
function joined({ arguments: parts }: Call, decisive: boolean): boolean | null {
  const truths = parts.map(truthOf);
  const texts = new Set(parts.map((part) => normalForm(part)));
  if (truths.includes(decisive) || parts.some((part) => texts.has(opposite(part)))) {
    return decisive;
  }
  return truths.every((truth) => truth === !decisive) ? !decisive : null;
}

function negated(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth;
}

/** The text of an expression without what does not matter: `!(a == b)` and `a != b` have one. */
export function normalForm(node: Expression): string {
  const inner = negatedBy(node);
  return inner === null ? print(node) : opposite(inner);
}

/** The normal form of an expression that is true where this one is not. */
export function opposite(node: Expression): string {
  const inner = negatedBy(node);
  if (inner !== null) {
    return normalForm(inner);
  }
  const name = node.kind === 'call' && node.target === null ? OPPOSITES.get(node.name) : undefined;
  return node.kind === 'call' && name !== undefined
    ? print({ ...node, name })
    : print({ kind: 'call', id: 0, offset: 0, length: 0, name: '!_', target: null, arguments: [node] });
}

function negatedBy(node: Expression): Expression | null {
  return node.kind === 'call' && node.name === '!_' && node.target === null ? (node.arguments[0] ?? null) : null;
}
