import { defineRule } from './rule.ts';

const STATEMENT =
  /^\s*(select\s[\s\S]*\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|replace\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|(create|drop|alter)\s+(\w+\s+)?(table|index|view|trigger)\s|pragma\s+\w+)/i;

/** SQL lives in src/store, behind the ports of src/model: the rest of the tree knows no database. */
export const noSqlTemplateOutsideStore = defineRule('SQL belongs into src/store, behind a port.', (report) => ({
  Literal: (node) => {
    if (typeof node.value === 'string' && STATEMENT.test(node.value)) {
      report(node);
    }
  },
  TemplateLiteral: (node) => {
    // What is interpolated may be anything, a table name for instance.
    if (STATEMENT.test(node.quasis.map((part) => part.value.cooked ?? '').join('x'))) {
      report(node);
    }
  },
}));
