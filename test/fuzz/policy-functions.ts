import assert from 'node:assert/strict';
import { AppError } from '#base/error.ts';
import { CelBudgetError, CelError } from '#lib/policy/language/error.ts';
import { LIBRARIES } from '#lib/policy/language/library/list.ts';
import type { Overload } from '#lib/policy/language/library.ts';
import { createMeter } from '#lib/policy/language/run/meter.ts';
import { isOpaque } from '#lib/policy/language/run/opaque.ts';
import { isOfType } from '#lib/policy/language/run/type-of.ts';
import type { CelValue } from '#lib/policy/language/value.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const SEEDS: readonly string[] = [
  'https://user:pass@[::1]:80/a%20b?c=d&c;e#f\n/absolute\nmailto:a@b',
  '2001:db8::1:0:0:1\n127.0.0.1/8\n::/0',
  '1.5Gi\n-0.1n\n1e3',
  '1.0.0-rc.1+build\nv01.2\n1.2.3',
  'pkg:npm/%40acme/one@1.0.0?a=b#c\npkg:golang/code.example/**\npkg:npm/*',
  'registry.example/team/app\n*.example.com/**\ndocker.io/nginx',
  'GPL-3.0\n(a?){20}a{20}|[[:alpha:]]\\Qx\\E*\n\\1\\0$1',
  'a%sb%.3fc%%d\naGVsbG8=\n123e4567-e89b-12d3-a456-426614174000',
  'deb\n1:2.3~rc1-4\n2.3',
];
const LINES = 3;
const BUDGET = 20_000;

const ofTexts: readonly Overload[] = LIBRARIES.flatMap(({ functions }) =>
  functions.flatMap(({ overloads }) =>
    overloads.filter(({ parameters }) => parameters.length > 0 && parameters.every(({ kind }) => kind === 'string')),
  ),
);

/** Every function of texts, with the lines of an input: a value of its type or an error of CEL; what is written is read as the same again. */
export const policyFunctions: FuzzTarget = {
  id: 'policy-functions',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  maxMillis: 500,
  dictionary: [
    '::',
    ':',
    '.',
    '/',
    '%',
    '%25',
    '[',
    ']',
    '@',
    '*',
    '**',
    '{1000}',
    '(?:',
    '\\p{Greek}',
    'Ki',
    'e99',
    '-',
    '+',
    '==',
  ],
  run: (input) => {
    const lines = Buffer.from(input).toString().split('\n', LINES);
    let isRead = false;
    for (const overload of ofTexts) {
      const args = overload.parameters.map((_, index) => lines[index] ?? '');
      invariant(overload.id, () => {
        const value = call(overload, args);
        assert.ok(value === undefined || isOfType(value, overload.result));
        if (value !== undefined && isOpaque(value) && overload.parameters.length === 1) {
          isRead = true;
          const again = call(overload, [value.show()]);
          assert.ok(again !== undefined && value.equals(again), `${value.show()} is not read as the same`);
        }
      });
    }
    if (!isRead) {
      throw new AppError('POLICY_VALUE', 'a line that no function reads', { object: 'input' });
    }
  },
};

/** Undefined for an error of CEL. */
function call(overload: Overload, args: readonly CelValue[]): CelValue | undefined {
  try {
    return overload.call(args, createMeter(BUDGET, 0n));
  } catch (error) {
    if (error instanceof CelError || error instanceof CelBudgetError) {
      return undefined;
    }
    throw error;
  }
}
