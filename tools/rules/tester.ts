import { describe, it } from 'node:test';
import { RuleTester } from 'oxlint/plugins-dev';
import type { Rule } from './rule.ts';

/** Runs a rule over snippets: each of `good` passes, each of `bad` is reported exactly once. */
export function testRule(
  name: string,
  rule: Rule,
  snippets: { readonly good: readonly string[]; readonly bad: readonly string[] },
): void {
  RuleTester.describe = (text, run) => void describe(text, run);
  RuleTester.it = (text, run) => void it(text, run);
  new RuleTester({ languageOptions: { sourceType: 'module', parserOptions: { lang: 'ts' } } }).run(name, rule, {
    valid: [...snippets.good],
    invalid: snippets.bad.map((code) => ({ code, errors: 1 })),
  });
}
