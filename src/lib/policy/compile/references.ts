import type { NamedExpression } from '#model/policy.ts';
import type { Expression } from '../language/parse/ast.ts';
import { parse } from '../language/parse/parse.ts';
import { children } from './walk.ts';

/** A place where `variables.NAME` is read. */
export interface VariableReference {
  readonly name: string;
  readonly offset: number;
}

/** Where the text of a variable reads variables of its policy; nothing for a text that cannot be read. */
function referencesOf(text: string): readonly VariableReference[] {
  const parsed = parse(text);
  if (!parsed.ok) {
    return [];
  }
  const found: VariableReference[] = [];
  const pending: Expression[] = [parsed.ast.root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'select' && node.operand.kind === 'identifier' && node.operand.name === 'variables') {
      found.push({ name: node.field, offset: node.offset });
    }
    pending.push(...children(node));
  }
  return found;
}

/** A variable that reads itself or one behind it, and on which way it comes back to itself: `a`, `b`, `a`; null where it does not. */
export interface ForwardReference extends VariableReference {
  /** Of the variable that reads. */
  readonly index: number;
  readonly cycle: readonly string[] | null;
}

/** In the order of the variables; of each the first. */
export function forwardReferences(variables: readonly NamedExpression[]): readonly ForwardReference[] {
  const indexes = new Map(variables.map(({ name }, index) => [name, index]));
  const references = variables.map(({ expression }) => referencesOf(expression.text));
  return variables.flatMap(({ name: from }, index) => {
    const forward = references[index]?.filter(({ name }) => (indexes.get(name) ?? -1) >= index) ?? [];
    const [reference] = forward.toSorted((a, b) => a.offset - b.offset);
    if (reference === undefined) {
      return [];
    }
    const path = pathBetween(reference.name, from, (name) => references[indexes.get(name) ?? -1] ?? []);
    return [{ ...reference, index, cycle: path === null ? null : [from, ...path] }];
  });
}

/** The shortest way from one variable to another along what they read; null where there is none. */
function pathBetween(
  from: string,
  to: string,
  readsOf: (name: string) => readonly VariableReference[],
): readonly string[] | null {
  const before = new Map<string, string | null>([[from, null]]);
  for (const name of before.keys()) {
    if (name === to) {
      const path: string[] = [];
      for (let at: string | null = name; at !== null; at = before.get(at) ?? null) {
        path.unshift(at);
      }
      return path;
    }
    for (const read of readsOf(name)) {
      if (!before.has(read.name)) {
        before.set(read.name, name);
      }
    }
  }
  return null;
}
