import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContentRange, parseRange } from './range.ts';
import { RequestError } from './request-error.ts';

function status(error: unknown): number {
  return error instanceof RequestError ? error.status : 0;
}

test('ranges of a blob of 2048 bytes', () => {
  const cases: readonly (readonly [string | undefined, readonly [number, number] | null | 416])[] = [
    [undefined, null],
    ['bytes=500-1499', [500, 1499]],
    ['bytes=500-', [500, 2047]],
    ['bytes=-500', [1548, 2047]],
    ['bytes=-5000', [0, 2047]],
    ['bytes=2000-5000', [2000, 2047]],
    ['bytes=0-0', [0, 0]],
    ['bytes=2047-', [2047, 2047]],
    ['bytes=500-0', 416],
    ['bytes=2048-', 416],
    ['bytes=5000-10000', 416],
    ['bytes=-0', 416],
    // Of another form it does not count (RFC 9110, section 14.2).
    ['bytes=-', null],
    ['bytes=0-1,5-6', null],
    ['lines=0-1', null],
    ['bytes=0x1-2', null],
    ['bytes=1-99999999999999999999', null],
  ];
  for (const [header, expected] of cases) {
    if (expected === 416) {
      assert.throws(
        () => parseRange(header, 2048),
        (error) => status(error) === 416 && (error as RequestError).headers['content-range'] === 'bytes */2048',
        header ?? 'none',
      );
    } else {
      const range = parseRange(header, 2048);
      assert.deepEqual(range && [range.start, range.end], expected, header ?? 'none');
    }
  }
  assert.throws(
    () => parseRange('bytes=0-', 0),
    (error) => status(error) === 416,
  );
});

test('where a chunk belongs', () => {
  const cases: readonly (readonly [string | undefined, readonly [number, number] | null | 416])[] = [
    [undefined, null],
    ['0-1023', [0, 1023]],
    ['1024-2047', [1024, 2047]],
    ['bytes 0-9/*', [0, 9]],
    ['bytes=0-9', [0, 9]],
    ['bytes 0-9/10', [0, 9]],
    ['9-0', 416],
    ['-9', 416],
    ['0-', 416],
    ['a-b', 416],
    ['', 416],
  ];
  for (const [header, expected] of cases) {
    if (expected === 416) {
      assert.throws(
        () => parseContentRange(header),
        (error) => status(error) === 416,
        header ?? 'none',
      );
    } else {
      const range = parseContentRange(header);
      assert.deepEqual(range && [range.start, range.end], expected, header ?? 'none');
    }
  }
});
