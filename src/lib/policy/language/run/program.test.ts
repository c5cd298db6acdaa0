import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CelError } from '../error.ts';
import { compile, createMeter, POLICY_LIBRARIES } from '../index.ts';
import type { Program } from '../program.ts';
import { BOOL, INT, listOf, type MessageType, messageOf, STRING } from '../type.ts';
import { CelMessage, type CelValue } from '../value.ts';
import { showValue } from './show.ts';

const part: MessageType = {
  name: 'test.Part',
  fields: new Map([
    ['name', { name: 'name', type: STRING, nullable: false, description: '', read: (raw) => raw['name'] }],
    ['note', { name: 'note', type: STRING, nullable: true, description: '', read: (raw) => raw['note'] ?? null }],
    [
      'tags',
      { name: 'tags', type: listOf(STRING), nullable: false, description: '', read: (raw) => raw['tags'] ?? [] },
    ],
    ['on', { name: 'on', type: BOOL, nullable: false, description: '', read: (raw) => raw['on'] ?? false }],
  ]),
};
const variables = new Map([
  ['part', messageOf(part)],
  ['parts', listOf(messageOf(part))],
  ['n', INT],
]);
const PART = new CelMessage(part, { name: 'bolt', tags: ['a', 'b'] });
const VALUES: Readonly<Record<string, CelValue>> = {
  part: PART,
  parts: [PART, new CelMessage(part, { name: '', note: 'x' })],
  n: 3n,
};

function programOf(text: string, checked = true): Program {
  const compiled = compile(text, { variables, libraries: POLICY_LIBRARIES, container: '', checked });
  assert.ok(compiled.ok, `${text}: ${JSON.stringify(compiled)}`);
  return compiled.program;
}

function lookUp(name: string): CelValue {
  return VALUES[name] ?? null;
}

function valueOf(text: string, checked = true): string {
  try {
    return showValue(programOf(text, checked).evaluate(lookUp, createMeter(100_000, 0n)), 200);
  } catch (error) {
    assert.ok(error instanceof CelError, String(error));
    return `${error.offset}: ${error.message}`;
  }
}

describe('values', () => {
  const cases: readonly (readonly [text: string, value: string])[] = [
    ['part.name', '"bolt"'],
    ['has(part.name)', 'true'],
    ['has(parts[1].name)', 'false'],
    ['has(part.note)', 'false'],
    ['has(part.on)', 'true'],
    ['has(parts[1].tags)', 'false'],
    ['part.?note.orValue("none")', '"none"'],
    ['parts[1].?note.orValue(string(1 / 0))', '"x"'],
    ['optional.of(1).or(optional.of(1 / 0)).value()', '1'],
    ['parts.map(p, p.name)', '["bolt", ""]'],
    ['parts.exists(p, p.tags.exists(t, t == "b"))', 'true'],
    ['parts.transformList(i, p, string(i) + p.name)', '["0bolt", "1"]'],
    ['[3, 1, 2].map(x, [1, 2].map(y, x * y))', '[[3, 6], [1, 2], [2, 4]]'],
    ['cel.bind(x, n + 1, x * x)', '16'],
    ['cel.bind(x, 1 / 0, true)', 'true'],
    ['cel.bind(x, [1, 2].map(y, y + n), [10, 20].map(z, x.map(y, y + z)))', '[[14, 15], [24, 25]]'],
    ['[1, 2].map(i, cel.bind(x, i * 10, x + i))', '[11, 22]'],
    ['part.?note.optMap(x, x + "!").orValue("-") + parts[1].?note.optMap(x, x + "!").orValue("-")', '"-x!"'],
    ['(1 / 0 > 1 && false) || n == 3', 'true'],
    ['[0, 1].exists(x, 1 / x == 1)', 'true'],
    ['[0, 2].all(x, 1 / x == 1)', 'false'],
    ['[0, 1].all(x, 1 / x == 1)', '16: divide by zero'],
    ['1 / 0', '0: divide by zero'],
    ['[1, 2][5]', '0: invalid argument: index 5 out of bounds, there are 2 elements'],
    ['n > 1 ? "many" : "few"', '"many"'],
  ];
  for (const [text, value] of cases) {
    test(text, () => {
      const found = valueOf(text);
      // Errors of operators stand where the operator or its expression does.
      assert.equal(found.replace(/^\d+: /, ''), value.replace(/^\d+: /, ''));
      assert.ok(!found.startsWith('-1:'), found);
      assert.equal(valueOf(text, false).replace(/^\d+: /, ''), value.replace(/^\d+: /, ''), 'not checked');
    });
  }
});

test('each variable that is reached is looked up once', () => {
  const asked: string[] = [];
  const program = programOf('n > 100 ? part.name == "x" : [1, 2].all(x, n > x && n < 10)');
  program.evaluate(
    (name) => {
      asked.push(name);
      return lookUp(name);
    },
    createMeter(1000, 0n),
  );
  assert.deepEqual(asked, ['n']);
  assert.deepEqual([...program.variables].toSorted(), ['n', 'part']);
});

test('two evaluations know nothing of each other', () => {
  const program = programOf('[1, 2].map(x, x + n)');
  const outer = program.evaluate(
    (name) => {
      assert.equal(name, 'n');
      assert.deepEqual(
        program.evaluate(() => 10n, createMeter(1000, 0n)),
        [11n, 12n],
      );
      return 1n;
    },
    createMeter(1000, 0n),
  );
  assert.deepEqual(outer, [2n, 3n]);
});

test('a variable without a value is an error', () => {
  const nothing = (name: string): CelValue => new Map<string, CelValue>().get(name) as CelValue;
  assert.equal(programOf('n == 1 || true').evaluate(nothing, createMeter(1000, 0n)), true);
  assert.throws(() => programOf('n').evaluate(nothing, createMeter(1000, 0n)), /no value for 'n'/);
});

describe('watching', () => {
  test('shows what decided, in the order of the text', () => {
    const { outcome, seen } = programOf('part.name == "nut" || parts.exists(p, p.name == "") && n < 3').watch(
      lookUp,
      createMeter(1000, 0n),
      40,
    );
    assert.deepEqual(outcome, { value: false });
    assert.deepEqual(
      seen.map(({ text, value }) => `${text} = ${value}`),
      [
        'part.name = "bolt"',
        'part.name == "nut" = false',
        'parts.exists(p, p.name == "") = true',
        'n = 3',
        'n < 3 = false',
      ],
    );
    for (const { value } of seen) {
      assert.ok(value.length <= 40);
    }
  });

  test('shows errors, and gives what evaluating does', () => {
    const { outcome, seen } = programOf('1 / (n - 3) > 0').watch(lookUp, createMeter(1000, 0n), 40);
    assert.deepEqual(outcome, { error: 'divide by zero' });
    assert.deepEqual(
      seen.find(({ text }) => text.startsWith('1 /')),
      {
        offset: 0,
        length: 11,
        text: '1 / (n - 3)',
        value: 'error: divide by zero',
      },
    );
  });
});
