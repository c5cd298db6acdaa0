import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CelError } from '../error.ts';
import { DYN, INT, listOf, type MessageType, STRING } from '../type.ts';
import { CelDuration, CelMessage, CelOptional, CelTimestamp, CelTypeValue, CelUint, type CelValue } from '../value.ts';
import { equals } from './equality.ts';
import { mapOfEntries } from './map.ts';
import { createMeter } from './meter.ts';
import { compare, relate } from './order.ts';
import { showValue } from './show.ts';
import { isOfType, typeName, typeOf } from './type-of.ts';

const meter = createMeter(Number.POSITIVE_INFINITY, 0n);
const keys: fc.Arbitrary<CelValue> = fc.oneof(
  fc.boolean(),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.nat({ max: 3 }).map((value) => new CelUint(BigInt(value))),
  fc.constantFrom('', 'a', '\u{1f600}', '\uffee'),
);
const values = fc.letrec<{ value: CelValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    keys,
    fc.constant(null),
    fc.constantFrom(0, -0, 1, 1.5, -2, Number.POSITIVE_INFINITY),
    fc.uint8Array({ maxLength: 2 }),
    fc.bigInt({ min: -2n, max: 2n }).map((ns) => new CelTimestamp(ns)),
    fc.bigInt({ min: -2n, max: 2n }).map((ns) => new CelDuration(ns)),
    fc.constantFrom(new CelTypeValue(INT), new CelTypeValue(listOf(DYN)), CelOptional.none),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('value').map((value) => new CelOptional(value)),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 2 }).map((entries) => {
      const known = new Map(entries.map((entry) => [typeof entry[0] === 'object' ? 'uint' : String(entry[0]), entry]));
      return known.has('uint') ? mapOfEntries([...known.values()].slice(0, 1)) : mapOfEntries(known.values());
    }),
  ),
})).value;

describe('laws of equality', () => {
  test('a value is equal to itself, and equality has no sides', () => {
    fc.assert(fc.property(values, (value) => assert.ok(equals(value, value, meter))));
    fc.assert(
      fc.property(values, values, (a, b) => {
        assert.equal(equals(a, b, meter), equals(b, a, meter));
      }),
    );
  });

  test('what is equal to one is equal to the other', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        if (equals(a, b, meter) && equals(b, c, meter)) {
          assert.ok(equals(a, c, meter));
        }
      }),
    );
  });

  test('NaN is equal to nothing, not even in a list', () => {
    assert.equal(equals(Number.NaN, Number.NaN, meter), false);
    assert.equal(equals([Number.NaN], [Number.NaN], meter), false);
  });
});

describe('laws of order', () => {
  const comparable = fc.oneof(keys, fc.double({ noNaN: true }), fc.string({ unit: 'binary' }));

  test('the one is less where the other is greater, and equal where neither is', () => {
    fc.assert(
      fc.property(comparable, comparable, (a, b) => {
        const order = compare(a, b, meter);
        const back = compare(b, a, meter);
        assert.equal(order === null, back === null);
        if (order !== null && back !== null) {
          assert.equal(Math.sign(order), 0 - Math.sign(back));
          assert.equal(order === 0, equals(a, b, meter));
          assert.equal(relate(a, b, '<', meter), order < 0);
          assert.equal(relate(a, b, '>=', meter), order >= 0);
        }
      }),
    );
  });

  test('texts are ordered as their UTF-8 is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        assert.equal(Math.sign(compare(a, b, meter) ?? Number.NaN), expected);
      }),
    );
  });

  test('nothing is less than NaN, and lists have no order', () => {
    assert.equal(relate(1, Number.NaN, '<', meter), false);
    assert.equal(relate(1, Number.NaN, '>=', meter), false);
    assert.equal(compare([], [], meter), null);
    assert.equal(relate('a', 1, '<', meter), undefined);
  });
});

test('a map has each key once, whatever the type of its number', () => {
  const map = mapOfEntries([
    [1n, 'int'],
    ['__proto__', 'text'],
    [true, 'bool'],
  ]);
  assert.deepEqual(
    [
      map.get(new CelUint(1n)),
      map.get(1),
      map.get(1.5),
      map.get('1'),
      map.get('__proto__'),
      map.get(true),
      map.get(null),
    ],
    ['int', 'int', undefined, undefined, 'text', 'bool', undefined],
  );
  for (const repeated of [1n, new CelUint(1n)]) {
    assert.throws(
      () =>
        mapOfEntries([
          [1n, 1n],
          [repeated, 2n],
        ]),
      CelError,
    );
  }
  for (const key of [1.5, 2, null, new Uint8Array()]) {
    assert.throws(() => mapOfEntries([[key, 1n]]), CelError);
  }
});

test('every value is of its own type', () => {
  fc.assert(fc.property(values, (value) => assert.ok(isOfType(value, typeOf(value)), typeName(typeOf(value)))));
});

describe('values as text', () => {
  const person: MessageType = {
    name: 'test.Person',
    fields: new Map([
      ['name', { name: 'name', type: STRING, nullable: false, description: '', read: (raw) => raw['name'] }],
    ]),
  };
  const cases: readonly (readonly [value: CelValue, text: string])[] = [
    ['a"b', '"a\\"b"'],
    [[1n, new CelUint(2n), 1.5, null], '[1, 2u, 1.5, null]'],
    [mapOfEntries([['a', true]]), '{"a": true}'],
    [new CelOptional('x'), 'optional("x")'],
    [CelOptional.none, 'none'],
    [new CelTypeValue(INT), 'int'],
    [new Uint8Array(3), '3 bytes'],
    [new CelTimestamp(0n), '1970-01-01T00:00:00Z'],
    [new CelDuration(1_500_000_000n), '1.5s'],
    [new CelMessage(person, { name: 'Eve' }), 'test.Person{name: "Eve"}'],
    [[[[[1n]]]], '[[[1…]]]'],
  ];
  for (const [value, text] of cases) {
    test(text, () => assert.equal(showValue(value, 100), text));
  }

  test('never more than asked for', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (value, maxChars) => {
        assert.ok(showValue(value, maxChars).length <= maxChars);
      }),
    );
    const many = Array.from({ length: 100_000 }, () => 'x'.repeat(1000));
    assert.ok(showValue(many, 80).length <= 80);
  });
});
