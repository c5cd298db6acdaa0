import type { RuleTester } from 'oxlint/plugins-dev';

type AnyRule = Parameters<RuleTester['run']>[1];

/**
 * A house rule as oxlint's `jsPlugins` runs it. Where a rule does not apply (tests, tools, the one folder that may) is said
 * by the `overrides` of `.oxlintrc.json`, so that a rule is only about syntax.
 */
export type Rule = Extract<AnyRule, { readonly create: unknown }>;
type Visitors = ReturnType<Rule['create']>;

/** A rule with one message. */
export function defineRule(message: string, visitors: (report: (node: Reported) => void) => Visitors): Rule {
  return {
    meta: { type: 'problem', messages: { found: message } },
    create: (context) => visitors((node) => context.report({ messageId: 'found', node })),
  };
}

/** A node, as far as a report needs it: the span of its text. */
export interface Reported {
  range: [number, number];
}

/** The nodes that rules look into, as far as they look. */
export interface NamedNode {
  readonly type: string;
  readonly name?: unknown;
  readonly value?: unknown;
}

/** The name of an identifier, or the text of a string literal; null for anything else. */
export function nameOf(node: object): string | null {
  const { type, name, value } = node as NamedNode;
  const text = type === 'Literal' ? value : name;
  return typeof text === 'string' ? text : null;
}
