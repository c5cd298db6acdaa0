import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readIdList, writeIdList } from './id-list.ts';

const ascending = fc
  .uniqueArray(fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })))
  .map((ids) => ids.toSorted((a, b) => a - b));

test('ascending ids are read as they were written', () => {
  fc.assert(
    fc.property(ascending, (ids) => {
      assert.deepEqual(readIdList(writeIdList(ids), ids.length, 'list'), ids);
    }),
  );
});

test('bytes are a list in one way only, or no list', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(20), (bytes, count) => {
      try {
        assert.deepEqual(writeIdList(readIdList(bytes, count, 'list')), bytes);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'RECORD_DAMAGED');
      }
    }),
  );
});

test('five thousand ids that follow each other take five thousand bytes', () => {
  const ids = Array.from({ length: 5000 }, (_, index) => index + 1_000_000);
  assert.equal(writeIdList(ids).length, 5002);
});

for (const [what, bytes, count] of [
  ['an id too many', [1, 1, 1], 2],
  ['an id too few', [1, 1], 3],
  ['the same id twice', [1, 0], 2],
  ['the id zero', [0], 1],
  ['an end in the middle of a number', [0x81], 1],
  ['a number with a zero behind it', [0x81, 0x00], 1],
  ['a number past what is exact', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 1],
  ['a number of nine bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 1],
] as const) {
  test(`refused: ${what}`, () => {
    assert.throws(() => readIdList(Uint8Array.from(bytes), count, 'inventory of x'), {
      code: 'RECORD_DAMAGED',
      object: 'inventory of x',
    });
  });
}
