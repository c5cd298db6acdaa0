import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { LIMITS } from '../limits.ts';
import { JsonError, parseStrictJson } from './strict.ts';

evidence('base/strict-json', 'self-made', 'documents with duplicate members, deep nesting and arbitrary JSON');

const DUPLICATES: readonly string[] = [
  '{"a":1,"a":2}',
  '{"a":{"b":1,"c":2,"b":3}}',
  '[{"x":[{"y":1,"y":1}]}]',
  '{"a":1,"\\u0061":2}',
  '{"a" : 1 ,\n"a"\t:2}',
  '{"__proto__":1,"__proto__":2}',
  '{"":1,"":2}',
];

for (const text of DUPLICATES) {
  test(`duplicate members are refused: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseStrictJson(text, 'manifest'), { code: 'JSON_DUPLICATE_KEY', object: 'manifest' });
  });
}

const DISTINCT: readonly string[] = [
  '{"a":{"a":{"a":1}},"b":"a"}',
  '[{"a":1},{"a":2}]',
  '{"a":"\\"a\\":","b":["a","a"]}',
  '{"a":"{\\"a\\"","b":"}"}',
];

for (const text of DISTINCT) {
  test(`the same name elsewhere is no duplicate: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseStrictJson(text, 'manifest'), JSON.parse(text));
  });
}

test('nesting past the limit is refused before it is parsed', () => {
  const deep = '['.repeat(5_000_000);
  assert.throws(() => parseStrictJson(deep, 'manifest'), { code: 'JSON_TOO_DEEP' });
  const allowed = '['.repeat(LIMITS.jsonDepth) + ']'.repeat(LIMITS.jsonDepth);
  assert.ok(Array.isArray(parseStrictJson(allowed, 'manifest')));
});

test('bytes that are not UTF-8 are refused', () => {
  assert.throws(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22), 'config'), { code: 'JSON_INVALID' });
});

test('a __proto__ member is data', () => {
  const value = parseStrictJson('{"__proto__":{"polluted":true}}', 'manifest') as object;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal('polluted' in value, false);
});

test('whatever JSON.stringify writes parses to the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parseStrictJson(Buffer.from(text), 'any'), JSON.parse(text));
    }),
  );
});

test('arbitrary text gives a value or a JsonError, and never more than JSON.parse allows', () => {
  const fragment = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"a"',
    '"b"',
    ':',
    ',',
    '1',
    '\\',
    '"',
    ' ',
    'null',
    '"\\u0061"',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 24 }), (fragments) => {
      const text = fragments.join('');
      let value: unknown;
      try {
        value = parseStrictJson(text, 'any');
      } catch (error) {
        assert.ok(error instanceof JsonError);
        return;
      }
      assert.deepEqual(value, JSON.parse(text));
    }),
    { numRuns: 2000 },
  );
});
