import { defineRule, nameOf } from './rule.ts';

const LEVELS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

/** Log text is constant and the data goes into fields, so that lines can be counted and untrusted text is never the format. */
export const constantLogMessage = defineRule(
  'The log message is a constant string; put what varies into fields.',
  (report) => ({
    CallExpression: (node) => {
      const { callee } = node;
      const message = node.arguments[0];
      if (callee.type !== 'MemberExpression' || message === undefined || !LEVELS.has(nameOf(callee.property) ?? '')) {
        return;
      }
      const { object } = callee;
      const owner = object.type === 'MemberExpression' ? nameOf(object.property) : nameOf(object);
      if (owner !== null && isLog(owner) && !isConstant(message)) {
        report(message);
      }
    },
  }),
);

function isLog(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.endsWith('log') || lower.endsWith('logger');
}

function isConstant(node: { readonly type: string; readonly expressions?: readonly unknown[] }): boolean {
  return node.type === 'Literal' || (node.type === 'TemplateLiteral' && node.expressions?.length === 0);
}
