import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { CanonicalJsonError, canonicalDigest, canonicalJson } from './canonical.ts';

evidence('base/canonical-json', 'published', 'the examples of RFC 8785, sections 3.2.2 and 3.2.3');

test('RFC 8785 section 3.2.2: literals, numbers and strings', () => {
  const value = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  assert.equal(
    canonicalJson(value),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('RFC 8785 section 3.2.3: members in the order of UTF-16 code units', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  assert.deepEqual(
    canonicalJson(value)
      .match(/:"[^"]+"/g)
      ?.map((text) => text.slice(2, -1).split(' ')[0]),
    ['Carriage', 'One', 'Control', 'Latin', 'Euro', 'Emoji:', 'Hebrew'],
  );
});

test('negative zero is zero, and what JSON cannot hold is refused', () => {
  assert.equal(canonicalJson(-0), '0');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { a: '\udead' }, undefined, 1n, () => 0]) {
    assert.throws(() => canonicalJson(value), CanonicalJsonError);
  }
});

test('canonical text parses to the same value, and member order does not matter', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      let text: string;
      try {
        text = canonicalJson(plain);
      } catch (error) {
        assert.ok(error instanceof CanonicalJsonError);
        return;
      }
      assert.deepEqual(JSON.parse(text), plain);
      assert.equal(canonicalJson(JSON.parse(text)), text);
    }),
  );
  assert.equal(canonicalDigest({ a: 1, b: [2] }), canonicalDigest({ b: [2], a: 1 }));
  assert.notEqual(canonicalDigest({ a: 1 }), canonicalDigest({ a: 2 }));
});
