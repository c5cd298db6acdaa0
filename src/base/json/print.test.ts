import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printJson } from './print.ts';

test('a parser reads what was printed', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      assert.deepEqual(JSON.parse(printJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('no character that steers a terminal is printed as it is', () => {
  const hostile = 'a\u001b[31m\u009b31m\u007f\u202e\u200b\u2066\u00ad\u{e0041}\u2028b';
  assert.equal(
    printJson([hostile]),
    '[\n  "a\\u001b[31m\\u009b31m\\u007f\\u202e\\u200b\\u2066\\u00ad\\udb40\\udc41\\u2028b"\n]\n',
  );
});
