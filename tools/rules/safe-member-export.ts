import type { Reported, Rule } from './rule.ts';

interface Declaration {
  readonly type: string;
  readonly kind?: string;
  readonly declare?: boolean;
  readonly declarations?: readonly { readonly id: { readonly type: string; readonly typeAnnotation?: unknown } }[];
}

/**
 * The `index.ts` of a family member exports exactly one value: a constant typed as the family's interface. A class, a helper
 * or a second constant would let callers depend on one member, and the family stops being exchangeable.
 */
export const safeMemberExport: Rule = {
  meta: {
    type: 'problem',
    messages: {
      value: 'A family member exports only `const member: Interface`, with its type written out.',
      count: 'A family member exports exactly one value; found {{count}}.',
    },
  },
  create: (context) => {
    let count = 0;
    let refused = false;
    const refuse = (node: Reported): void => {
      refused = true;
      context.report({ messageId: 'value', node });
    };
    return {
      ExportDefaultDeclaration: refuse,
      ExportAllDeclaration: (node) => {
        if (node.exportKind !== 'type') {
          refuse(node);
        }
      },
      ExportNamedDeclaration: (node) => {
        if (node.exportKind === 'type') {
          return;
        }
        if (node.declaration === null || !isTypedConstant(node.declaration)) {
          refuse(node);
        } else {
          count += 1;
        }
      },
      'Program:exit': (node) => {
        if (count > 1 || (count === 0 && !refused)) {
          context.report({ messageId: 'count', data: { count: String(count) }, node });
        }
      },
    };
  },
};

function isTypedConstant(node: Declaration): boolean {
  const [first, ...rest] = node.declarations ?? [];
  return (
    node.type === 'VariableDeclaration' &&
    node.kind === 'const' &&
    first?.id.type === 'Identifier' &&
    first.id.typeAnnotation !== null &&
    first.id.typeAnnotation !== undefined &&
    rest.length === 0
  );
}
