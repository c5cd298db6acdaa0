import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeName } from './name.ts';

test('names are UTF-8, and bytes that are not stay visible', () => {
  const cases: readonly [string | readonly number[], string][] = [
    ['usr/bin/env', 'usr/bin/env'],
    ['ünïcode-日本-😀', 'ünïcode-日本-😀'],
    ['dev-disk-by\\x2dlabel.swap', 'dev-disk-by\\x2dlabel.swap'],
    [[0x61, 0xff], 'a\\xff'],
    [[0xe6, 0x97, 0xa5, 0xe6, 0x97], '日\\xe6\\x97'],
    ['a\\xff', 'a\\x5cxff'],
    ['a\\x5cxff', 'a\\x5cx5cxff'],
    ['a\\xFF', 'a\\xFF'],
    ['\\x', '\\x'],
    ['\\x\\xe9', '\\x\\x5cxe9'],
  ];
  for (const [bytes, expected] of cases) {
    assert.equal(decodeName(Buffer.from(bytes)), expected);
  }
});

test('two names that differ never look the same', () => {
  const byte = fc.constantFrom(...Buffer.from('\\x5cfe8'), 0xff, 0xfe, 0xc3, 0xa9);
  const name = fc.array(byte, { maxLength: 12 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.equal(decodeName(a) === decodeName(b), a.equals(b));
    }),
    { numRuns: 5000 },
  );
});
