import { defineRule, nameOf } from './rule.ts';

/** The present time is a parameter (`Clock`): a verdict that reads the clock by itself cannot be replayed. */
export const noDateNow = defineRule('Pass a Clock (src/base/clock.ts) instead of reading the time here.', (report) => ({
  MemberExpression: (node) => {
    const object = nameOf(node.object);
    if ((object === 'Date' || object === 'Temporal') && ['now', 'Now'].includes(nameOf(node.property) ?? '')) {
      report(node);
    }
  },
  NewExpression: (node) => {
    if (nameOf(node.callee) === 'Date' && node.arguments.length === 0) {
      report(node);
    }
  },
  CallExpression: (node) => {
    if (nameOf(node.callee) === 'Date') {
      report(node);
    }
  },
}));
