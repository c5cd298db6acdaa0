import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelay } from './retry-delay.ts';

const bytes = (byte: number) => (length: number) => new Uint8Array(length).fill(byte);

test('waits grow from seconds to hours, and no further', () => {
  const waits = [1, 2, 5, 10, 11, 30_000].map((attempts) => retryDelay(attempts, bytes(0)));
  assert.deepEqual(waits, [2_718, 7_389, 148_413, 22_026_466, 22_026_466, 22_026_466]);
});

test('chance adds up to a quarter', () => {
  assert.equal(retryDelay(1, bytes(128)), Math.round(Math.E * 1000 * 1.125));
  assert.ok(retryDelay(1, bytes(255)) < Math.E * 1250);
});
