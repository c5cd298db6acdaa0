import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coveringPrefixes, isOfMany } from './prefixes.ts';

test('a name covers itself alone, and not those that begin as it does', () => {
  assert.deepEqual(coveringPrefixes(['a/b', 'a/b-c', 'a/b', 'a/b/', 'a/b/c']), ['a/b', 'a/b-c', 'a/b/']);
  assert.deepEqual(coveringPrefixes(['a', '', 'a/']), ['']);
});

test('what covers stands for the same names, each once', () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', 'a-b'), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'));
  const prefix = fc.oneof(
    name,
    name.map((text) => `${text}/`),
  );
  const isMeant = (asked: string, one: string): boolean => (isOfMany(asked) ? one.startsWith(asked) : one === asked);
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 5 }), name, (prefixes, one) => {
      const found = coveringPrefixes(prefixes).filter((each) => isMeant(each, one));
      assert.equal(found.length, prefixes.some((each) => isMeant(each, one)) ? 1 : 0);
    }),
  );
});
