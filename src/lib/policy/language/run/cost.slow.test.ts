import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import { BUDGET } from '../../evaluate/request.ts';
import { CelBudgetError } from '../error.ts';
import { compile, createMeter, POLICY_LIBRARIES } from '../index.ts';
import type { Program } from '../program.ts';
import { INT, listOf, mapOf, STRING } from '../type.ts';
import type { CelValue } from '../value.ts';
import { COST, ELEMENT_COST } from './cost.ts';
import { mapOfEntries } from './map.ts';

const variables = new Map([
  ['numbers', listOf(INT)],
  ['text', STRING],
  ['table', mapOf(STRING, INT)],
]);
const NUMBERS: readonly CelValue[] = Array.from({ length: 10_000 }, (_, index) => BigInt(index));
const TEXT = 'a'.repeat(10_000);
const TABLE = mapOfEntries(Array.from({ length: 10_000 }, (_, index) => [`key ${index}`, BigInt(index)]));

function programOf(text: string): Program {
  const compiled = compile(text, { variables, libraries: POLICY_LIBRARIES, container: '', checked: true });
  assert.ok(compiled.ok, `${text}: ${JSON.stringify(compiled)}`);
  return compiled.program;
}

function lookUp(name: string): CelValue {
  return { numbers: NUMBERS, text: TEXT, table: TABLE }[name] ?? null;
}

function costOf(text: string): number {
  const meter = createMeter(Number.POSITIVE_INFINITY, 0n);
  programOf(text).evaluate(lookUp, meter);
  return meter.spent;
}

describe('costs are those of cel-go', () => {
  const cases: readonly (readonly [text: string, cost: number])[] = [
    ['true', 0],
    ['text', 1],
    ['table["key 1"]', 2],
    ['has(table.key)', 2],
    ['1 + 2', 1],
    ['[1, 2, 3]', 10],
    ['{"a": 1}', 30],
    ['1 in [1, 2, 3]', 13],
    ['"a" in ["a", "b", "c"]', 13],
    ['text.startsWith("a")', 2],
    ['"abcdefghijklmnopqrst" == "abcdefghijklmnopqrst"', 2],
    ['text == text', 1002],
    ['text.contains("aaaaaaaaaaaaaaaaaaaa")', 2001],
    ['text + text == ""', 2003],
    ['true || text == ""', 0],
    ['true ? 1 : size(text)', 0],
    ['[1, 2].all(x, x > 0)', 20],
    ['[1, 2].exists(x, x > 5)', 22],
    ['[1, 2].map(x, x)', 38],
    ['[1, 2].filter(x, x > 1)', 28],
    ['[1, 2].exists_one(x, x > 1)', 17],
  ];
  for (const [text, cost] of cases) {
    test(text, () => assert.equal(costOf(text), cost));
  }
});

describe('what runs away stops at its budget', () => {
  const cases = [
    'numbers.all(a, numbers.all(b, numbers.all(c, true)))',
    'numbers.exists(a, numbers.exists(b, numbers.exists(c, false)))',
    'numbers.map(a, numbers.map(b, numbers.map(c, 1))).size() > 0',
    'numbers.filter(a, numbers.filter(b, numbers.filter(c, true).size() > 0).size() > 0).size() > 0',
    'numbers.exists_one(a, numbers.exists_one(b, numbers.exists_one(c, true)))',
    'numbers.transformList(i, a, numbers.transformList(j, b, 1)).size() > 0',
    'numbers.transformMap(i, a, numbers.transformMap(j, b, 1)).size() > 0',
    'table.transformMap(k, v, table.transformMap(l, w, w)).size() > 0',
    'numbers.all(a, -1 in numbers || true)',
    'numbers.all(a, numbers == numbers)',
    'numbers.all(a, (numbers + numbers).size() > 0)',
    'numbers.all(a, text == text)',
    'numbers.all(a, text <= text)',
    'numbers.all(a, (text + text) != "")',
    'numbers.all(a, text.contains("aaaaaaaaaaaaaaaaaab") || true)',
    'numbers.all(a, text.matches("(a*)*b") || true)',
    'numbers.all(a, text.matches("(((a?){10}){10}){5}b") || true)',
    'numbers.all(a, bytes(text) == bytes(text))',
    'numbers.all(a, size(text) > 0)',
    'numbers.all(a, (1 / 0 > 1) || numbers.all(b, 1 / 0 > 1))',
    'numbers.all(a, "2026-11-22T00:00:00Z" == string(timestamp(a)) || true) && numbers.all(a, numbers.all(b, true))',
    'cel.bind(x, numbers.map(a, numbers), x.all(y, y.all(z, true)))',
  ];
  for (const text of cases) {
    test(text, () => {
      const meter = createMeter(1_000_000, 0n);
      assert.throws(
        () => programOf(text).evaluate(lookUp, meter),
        (error) => error instanceof CelBudgetError && error.allowed === 1_000_000,
      );
      // What was refused is not done: nothing is charged beyond the one that was too much.
      assert.ok(meter.spent > 1_000_000 && meter.spent < 200_000_000, `${meter.spent}`);
    });
  }
});

test('a used-up budget is absorbed by nothing', () => {
  for (const text of [
    'numbers.all(x, x >= 0) || true',
    'true && numbers.all(x, x >= 0)',
    '[1].exists(y, numbers.all(x, x >= 0) || true)',
  ]) {
    assert.throws(() => programOf(text).evaluate(lookUp, createMeter(1000, 0n)), CelBudgetError);
  }
  const watched = programOf('numbers.all(x, x >= 0) || true').watch(lookUp, createMeter(1000, 0n), 80);
  assert.deepEqual(watched.outcome, { error: 'cost budget of 1000 units is used up' });
});

test('a budget that is just enough is enough', () => {
  const program = programOf('numbers.all(x, x >= 0)');
  const cost = costOf('numbers.all(x, x >= 0)');
  assert.equal(program.evaluate(lookUp, createMeter(cost, 0n)), true);
  assert.throws(() => program.evaluate(lookUp, createMeter(cost - 1, 0n)), CelBudgetError);
});

test('the reference page has these figures', () => {
  const page = readFileSync(new URL('../../../../../docs/reference/policy-language.md', import.meta.url), 'utf8');
  const { all, exists, existsOne, filter, map, transformMap } = ELEMENT_COST;
  const figures = [
    `may spend ${spelled(BUDGET.perRule)} units and all rules for an image together ${spelled(BUDGET.perEvaluation)}`,
    `| making a list, a map | ${COST.listCreate}, ${COST.mapCreate} |`,
    `| a variable, a field, an element or key of a container | ${COST.identifier} |`,
    `| an operator, a function | ${COST.call} |`,
    `| ${COST.traversal} for each character that is looked at`,
    `times ${COST.patternLength} for each part of the compiled expression`,
    `| an element in \`all\`, \`exists\` | ${all.each}, ${exists.each}, and its predicate |`,
    `for each that is kept ${existsOne.kept}, ${filter.kept}, ${map.kept}, ${map.kept} more |`,
    `for each that is kept ${transformMap.kept} more`,
    `absorbs | ${COST.absorbedError} |`,
    `at most ${spelled(LIMITS.expressionLength)} characters, ${spelled(LIMITS.expressionNodes)} parts and ${LIMITS.expressionDepth} parts inside each other`,
  ];
  for (const figure of figures) {
    assert.ok(page.includes(figure), figure);
  }
});

function spelled(count: number): string {
  return count.toLocaleString('en-US');
}
