import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { celCases } from '#test/fixtures/cel-spec.ts';
import { CelUint } from '../value.ts';
import type { Constant, Expression } from './ast.ts';
import { parse } from './parse.ts';
import { print } from './print.ts';

/** All that an expression is but for where its parts stand. */
function contentOf(node: Expression): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'id' || key === 'offset' || key === 'length') {
      return undefined;
    }
    return typeof value === 'bigint' || Object.is(value, -0)
      ? `${typeof value} ${String(value)} ${1 / Number(value)}`
      : value;
  });
}

function assertSame(root: Expression): void {
  const text = print(root);
  const again = parse(text);
  assert.ok(again.ok, `${text}: ${again.ok ? '' : again.issues[0]?.message}`);
  assert.equal(contentOf(again.ast.root), contentOf(root), text);
}

test('all expressions of the conformance data are printed as text that is read as the same', (t) => {
  let count = 0;
  for (const { text } of celCases()) {
    const parsed = parse(text);
    if (parsed.ok) {
      count += 1;
      assertSame(parsed.ast.root);
    }
  }
  t.diagnostic(`${count} expressions`);
  assert.ok(count > 2600);
});

test('parentheses stand where they are needed, and nowhere else', () => {
  const cases = [
    '(a && b) && c || d',
    'a - (b - c) - d',
    '(a ? b : c) ? d : e ? f : g',
    '!(a && b)',
    '-(1)',
    '-(-a)',
    '(a + b).c(d)[0].?e[?f]',
    '[1, ?a][0] in {"k": -2.0, ?b: has(c.d)}',
    'l.filter(x, x.y).map(x, p, x).sortBy(x, -x)',
    'm.transformMap(k, v, v > 1u, cel.bind(a, b, a))',
    'o.optMap(v, v).optFlatMap(v, b"\\x00")',
    'a.`b-c`.`in` == .d.e{f: 1}',
    'math.greatest([1, 2])',
    'cel.block([1, cel.index(0)], l.all(cel.iterVar(0, 1), cel.iterVar(0, 1)))',
  ];
  for (const text of cases) {
    const parsed = parse(text);
    assert.ok(parsed.ok, text);
    assert.equal(print(parsed.ast.root), text);
  }
});

const PLACE = { id: 0, offset: 0, length: 0 };
const NAMES = fc.constantFrom('a', 'b', 'some_name', 'x1');
const FIELDS = fc.constantFrom('a', 'package', 'in', 'x-y', 'a.b');

function constants(): fc.Arbitrary<Constant> {
  const values = fc.oneof(
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => new CelUint(value)),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => Uint8Array.from(bytes)),
  );
  return values.map((value) => ({ ...PLACE, kind: 'constant', value }));
}

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const inner = tie('expression');
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      constants(),
      NAMES.map((name): Expression => ({ ...PLACE, kind: 'identifier', name })),
      fc.tuple(inner, FIELDS, fc.boolean(), fc.boolean()).map(
        ([operand, field, optional, test]): Expression => ({
          ...PLACE,
          kind: 'select',
          operand,
          field,
          optional: optional && !test,
          test,
        }),
      ),
      fc.tuple(fc.constantFrom('_+_', '_-_', '_*_', '@in', '_<_', '_[_]', '_[?_]', '_&&_', '_||_'), inner, inner).map(
        ([name, left, right]): Expression => ({
          ...PLACE,
          kind: 'call',
          name,
          target: null,
          arguments: [left, right],
        }),
      ),
      fc
        .tuple(fc.constantFrom('!_', '-_', 'f'), inner)
        .map(([name, operand]): Expression => ({ ...PLACE, kind: 'call', name, target: null, arguments: [operand] })),
      fc
        .tuple(inner, inner, inner)
        .map((args): Expression => ({ ...PLACE, kind: 'call', name: '_?_:_', target: null, arguments: args })),
      fc
        .tuple(inner, fc.array(inner, { maxLength: 2 }))
        .map(([target, args]): Expression => ({ ...PLACE, kind: 'call', name: 'f', target, arguments: args })),
      fc
        .array(fc.record({ value: inner, optional: fc.boolean() }), { maxLength: 3 })
        .map((elements): Expression => ({ ...PLACE, kind: 'list', elements })),
      fc
        .array(fc.record({ key: inner, value: inner, optional: fc.boolean() }), { maxLength: 2 })
        .map((entries): Expression => ({ ...PLACE, kind: 'map', entries })),
      fc.tuple(fc.constantFrom('all', 'exists', 'existsOne', 'filter', 'map'), inner, inner).map(
        ([macro, range, result]): Expression => ({
          ...PLACE,
          kind: 'comprehension',
          macro,
          range,
          variables: ['v'],
          condition: null,
          result,
        }),
      ),
      fc.tuple(fc.constantFrom('map', 'transformMap', 'transformMapEntry'), inner, fc.option(inner), inner).map(
        ([macro, range, condition, result]): Expression => ({
          ...PLACE,
          kind: 'comprehension',
          macro,
          range,
          variables: ['k', 'v'],
          condition,
          result,
        }),
      ),
    ),
  };
});

test('any tree is printed as text that is read as the same', () => {
  fc.assert(fc.property(expression, assertSame), { numRuns: 400 });
});
