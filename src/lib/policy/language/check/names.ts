import type { Expression, Identifier, Select } from '../parse/ast.ts';
import { type CelType, DYN } from '../type.ts';
import type { CheckContext } from './context.ts';
import { candidateNames } from './declarations.ts';

/** `a.b.c` of an identifier or selects of one; null for anything else, and for names that no declaration has. */
export function qualifiedName(expression: Expression): string | null {
  const parts: string[] = [];
  let at = expression;
  while (at.kind === 'select' && !at.test && !at.optional && !at.field.includes('.')) {
    parts.push(at.field);
    at = at.operand;
  }
  return at.kind === 'identifier' ? [at.name, ...parts.reverse()].join('.') : null;
}

/** Whether the name begins with a variable of a macro, which hides all other meanings. */
export function beginsWithLocal({ scope }: CheckContext, name: string): boolean {
  const dot = name.indexOf('.');
  return scope.find(dot === -1 ? name : name.slice(0, dot)) !== undefined;
}

/** The type of a variable or constant of that name, kept as what `node` refers to; null where there is none. */
export function resolveDeclared(context: CheckContext, node: Identifier | Select, name: string): CelType | null {
  const { environment, declarations } = context;
  for (const candidate of candidateNames(environment.container, name)) {
    const type = environment.variables.get(candidate);
    if (type !== undefined) {
      context.variables.add(candidate);
      context.references[node.id] = { kind: 'variable', name: candidate };
      return type;
    }
    const declaration = declarations.constants.get(candidate);
    if (declaration !== undefined) {
      context.references[node.id] = { kind: 'constant', declaration };
      return declaration.type;
    }
  }
  return null;
}

export function checkIdentifier(context: CheckContext, node: Identifier): CelType {
  const local = context.scope.find(node.name);
  if (local !== undefined) {
    context.references[node.id] = { kind: 'local', slot: local.slot };
    return local.type;
  }
  const type = resolveDeclared(context, node, node.name);
  if (type !== null) {
    return type;
  }
  context.references[node.id] = { kind: 'unknown', name: node.name };
  if (!context.environment.checked) {
    return DYN;
  }
  const { environment, scope, declarations } = context;
  const hint = context.hint(node.name, () => [
    ...scope.names(),
    ...environment.variables.keys(),
    ...declarations.constants.keys(),
  ]);
  return context.refuse(node, `there is no variable '${node.name}'${hint}`);
}
