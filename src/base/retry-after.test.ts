import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter } from './retry-after.ts';

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
  const cases: readonly (readonly [string, number | null])[] = [
    ['0', 0],
    ['120', 120_000],
    ['Wed, 21 Oct 2015 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2015 07:27:30 GMT', 0],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    ['9999999999', null],
    [`${' '.repeat(100)} GMT`, null],
  ];
  for (const [text, expected] of cases) {
    assert.equal(parseRetryAfter(text, now), expected, text);
  }
});
