import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { parseAge, parseSize } from './quantities.ts';

test('a size is a whole number with a unit of powers of 1000 or 1024', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['10737418240', 10_737_418_240],
    ['12B', 12],
    ['3kB', 3000],
    ['500MB', 500_000_000],
    ['500 mb', 500_000_000],
    ['2GB', 2_000_000_000],
    ['1TB', 1e12],
    ['4KiB', 4096],
    ['1MiB', 1_048_576],
    ['2GiB', 2_147_483_648],
    ['1tib', 1_099_511_627_776],
  ];
  for (const [text, bytes] of cases) {
    assert.equal(parseSize(text, 'x'), bytes, text);
  }
  for (const text of ['', 'GB', '-1', '+1', '1.5GB', '1e3', '2G', '5 apples', '٣', '999999999999TB', '1'.repeat(16)]) {
    assert.throws(() => parseSize(text, 'PLIMSOLL_CACHE_SIZE'), { code: 'USAGE', object: 'PLIMSOLL_CACHE_SIZE' }, text);
  }
});

test('an age is a whole number of minutes, hours, days or weeks', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['0d', 0],
    ['90m', 5_400_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['8w', 4_838_400_000],
  ];
  for (const [text, milliseconds] of cases) {
    assert.equal(parseAge(text, 'x'), milliseconds, text);
  }
  for (const text of ['', '30', 'd', '-1d', '1.5d', '30 days', '30D', '__proto__']) {
    assert.throws(() => parseAge(text, '--older-than'), { code: 'USAGE', object: '--older-than' }, text);
  }
});

test('any text is a whole number or wrong usage', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{1,20} ?[a-zA-Z]{0,4}$/)), (text) => {
      for (const parse of [parseSize, parseAge]) {
        try {
          const value = parse(text, 'x');
          assert.ok(Number.isInteger(value) && value >= 0);
        } catch (error) {
          assert.ok(isAppError(error) && error.code === 'USAGE');
        }
      }
    }),
  );
});
