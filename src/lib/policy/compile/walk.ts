import type { Expression } from '../language/parse/ast.ts';

/** The expressions right below one. */
export function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'constant':
    case 'identifier':
      return [];
    case 'select':
      return [node.operand];
    case 'call':
      return node.target === null ? node.arguments : [node.target, ...node.arguments];
    case 'list':
      return node.elements.map(({ value }) => value);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return node.fields.map(({ value }) => value);
    case 'comprehension':
      return [node.range, ...(node.condition === null ? [] : [node.condition]), node.result];
    case 'bind':
      return [node.value, node.body];
    case 'optional-map':
      return [node.target, node.body];
    case 'block':
      return [...node.values, node.body];
  }
}
