import assert from 'node:assert/strict';
import { AppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { check } from '#lib/policy/language/check/check.ts';
import type { Checked } from '#lib/policy/language/check/checked.ts';
import { CelBudgetError, CelError } from '#lib/policy/language/error.ts';
import { LIBRARIES } from '#lib/policy/language/library/list.ts';
import { standard } from '#lib/policy/language/library/standard/index.ts';
import { parse } from '#lib/policy/language/parse/parse.ts';
import { print } from '#lib/policy/language/parse/print.ts';
import { createMeter } from '#lib/policy/language/run/meter.ts';
import { programOf } from '#lib/policy/language/run/program.ts';
import { DYN } from '#lib/policy/language/type.ts';
import type { CelValue } from '#lib/policy/language/value.ts';
import { celCases } from '#test/fixtures/cel-spec.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const ENVIRONMENT = {
  variables: new Map([
    ['x', DYN],
    ['msg', DYN],
  ]),
  libraries: [standard, ...LIBRARIES],
  container: 'cel.test',
  checked: true,
};

const VALUES: readonly CelValue[] = [1n, 'text', [1n, 2.5, 'a'], true];
const BUDGET = 20_000;

/** Expressions: what is read is printed as text that is printed as the same, has types or issues within the text, and ends with a value or an error of ours. */
export const cel: FuzzTarget = {
  id: 'cel',
  seeds: () =>
    celCases()
      .filter((_, index) => index % 12 === 0)
      .map(({ text }) => Buffer.from(text)),
  maxMillis: 500,
  dictionary: [
    '.all(x, ',
    '.map(x, ',
    '.transformMap(k, v, ',
    'cel.bind(x, ',
    'has(x.y)',
    'optional.none()',
    '[?',
    '.?',
    '{?',
    "r'''",
    '\\u',
    'b"',
    '0x',
    'u',
    ' ? ',
    ' : ',
    ' && ',
    ' in ',
    '`',
    '(((((((((((((((((((((((',
  ],
  run: (input) => {
    const text = Buffer.from(input).toString();
    const parsed = parse(text);
    invariant('an expression or issues within the text', () => {
      const found = parsed.ok ? check(parsed.ast, ENVIRONMENT) : parsed;
      for (const { offset, length } of found.ok ? [] : found.issues) {
        assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length);
      }
      if (found.ok && 'checked' in found) {
        evaluate(found.checked);
      }
      if (parsed.ok) {
        assert.ok(text.length <= LIMITS.expressionLength && parsed.ast.nodes <= LIMITS.expressionNodes + 1);
      }
    });
    if (!parsed.ok) {
      throw new AppError('EXPRESSION_INVALID', 'a text that is no expression', { object: 'input' });
    }
    invariant('printed text is read as the same', () => {
      const printed = print(parsed.ast.root);
      const again = parse(printed);
      // Printed, a text may be longer than it was, and past the limit.
      assert.ok(again.ok ? print(again.ast.root) === printed : printed.length > LIMITS.expressionLength);
    });
  },
};

function evaluate(checked: Checked): void {
  const program = programOf(checked);
  for (const value of VALUES) {
    try {
      program.evaluate(() => value, createMeter(BUDGET, 0n));
    } catch (error) {
      assert.ok(error instanceof CelError || error instanceof CelBudgetError, String(error));
    }
  }
  program.watch(() => VALUES[0] ?? null, createMeter(BUDGET, 0n), 40);
}
