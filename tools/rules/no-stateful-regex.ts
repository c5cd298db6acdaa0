import { defineRule, nameOf } from './rule.ts';

interface TreeNode {
  readonly type: string;
  readonly parent?: TreeNode | null;
}

/** A `g` or `y` RegExp at module level keeps `lastIndex` between calls: the same input then gives another answer. */
export const noStatefulRegex = defineRule(
  'A RegExp with the g or y flag at module level keeps state between calls; make it where it is used.',
  (report) => ({
    Literal: (node) => {
      if ('regex' in node && isStateful(node.regex.flags) && atModuleLevel(node)) {
        report(node);
      }
    },
    NewExpression: (node) => {
      const flags = node.arguments[1];
      if (nameOf(node.callee) === 'RegExp' && flags !== undefined && isStateful(nameOf(flags) ?? '')) {
        if (atModuleLevel(node)) {
          report(node);
        }
      }
    },
  }),
);

function isStateful(flags: string): boolean {
  return flags.includes('g') || flags.includes('y');
}

function atModuleLevel(node: TreeNode): boolean {
  for (let at = node.parent; at !== null && at !== undefined; at = at.parent) {
    if (at.type.includes('Function')) {
      return false;
    }
  }
  return true;
}
