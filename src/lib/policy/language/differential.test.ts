import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CelResult, celEnv, isCelError, isCelList, isCelMap, isCelUint, parse, plan } from '@bufbuild/cel';
import fc from 'fast-check';
import { canonical } from '#test/cel/conformance.ts';
import { EXPRESSIONS } from '#test/cel/expressions.ts';
import { CelError } from './error.ts';
import { compile, createMeter, POLICY_LIBRARIES } from './index.ts';
import type { CelValue } from './value.ts';

const THEIRS = celEnv({});

function ofTheirs(text: string): string {
  return show(plan(THEIRS, parse(text))({}));
}

function show(value: CelResult): string {
  if (isCelError(value)) {
    return 'error';
  }
  if (isCelUint(value)) {
    return `uint ${value.value}`;
  }
  if (isCelList(value)) {
    return `[${Array.from(value, show).join(', ')}]`;
  }
  if (isCelMap(value)) {
    const entries = Array.from(value.entries(), ([key, member]) => `${show(key)}: ${show(member)}`);
    return `{${entries.toSorted().join(', ')}}`;
  }
  return canonical(value as CelValue);
}

function ofOurs(text: string): string {
  const compiled = compile(text, { variables: new Map(), libraries: POLICY_LIBRARIES, container: '', checked: false });
  assert.ok(compiled.ok, text);
  try {
    return canonical(compiled.program.evaluate(() => null, createMeter(1_000_000, 0n)));
  } catch (error) {
    assert.ok(error instanceof CelError, String(error));
    return 'error';
  }
}

test('another implementation finds the same values, and errors where we find them', (t) => {
  let errors = 0;
  let values = 0;
  fc.assert(
    fc.property(EXPRESSIONS, (text) => {
      const found = ofOurs(text);
      assert.equal(found, ofTheirs(text), text);
      errors += found === 'error' ? 1 : 0;
      values += found === 'error' ? 0 : 1;
    }),
    { numRuns: 500, seed: 20_261_122 },
  );
  t.diagnostic(`${values} values and ${errors} errors agree`);
  assert.ok(values > 150 && errors > 150);
});

/** Where we hold that the other is wrong: the language definition and cel-go are with us. */
const DIFFERENCES: readonly (readonly [text: string, ours: string, theirs: string, why: string])[] = [
  ["int('')", 'error', 'int 0', 'an empty text is no number'],
  ["int('0b1')", 'error', 'int 1', 'texts of numbers are decimal'],
  ["double([1, 'a'][1])", 'error', 'double NaN', 'a text that is no number is an error'],
  ['-9223372036854775808 % -1', 'error', 'int 0', 'overflows, as the division does'],
  ['-(-(-9223372036854775808))', 'error', 'int -9223372036854775808', 'the negative of the least int overflows'],
  ['18446744073709551615u / 1u', 'uint 18446744073709551615', 'error', 'is no overflow'],
  ["'\uffee' < '\u{1f600}'", 'bool true', 'bool false', 'texts are ordered by code points, not by UTF-16 units'],
  ["has({'a': null}.a)", 'bool true', 'bool false', 'a map has a key whatever its value is'],
  ["'a' in {'a': null}", 'bool true', 'bool false', 'a map has a key whatever its value is'],
];

describe('where another implementation differs', () => {
  for (const [text, ours, theirs, why] of DIFFERENCES) {
    test(`${text}: ${why}`, () => {
      assert.equal(ofOurs(text), ours);
      assert.equal(ofTheirs(text), theirs);
    });
  }
});
