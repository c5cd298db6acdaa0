import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId } from './uuid.ts';

test('is the example of RFC 9562, A.6', () => {
  const random = Buffer.from('0cc318c4dc0c0c07398f', 'hex');
  assert.equal(
    newId(0x017f22e279b0, () => random),
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
  );
});

test('sorts by time', () => {
  const times = [0, 1, 2 ** 32 - 1, 2 ** 32, 1_800_000_000_000, 2 ** 48 - 1];
  const ids = times.map((time) => newId(time, randomBytes));
  assert.deepEqual(ids.toSorted(), ids);
});

test('never repeats, and always says its version and variant', () => {
  const ids = Array.from({ length: 1000 }, () => newId(1_800_000_000_000, randomBytes));
  assert.equal(new Set(ids).size, 1000);
  assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
});
