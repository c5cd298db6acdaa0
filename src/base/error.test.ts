import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError, isAppError, messageOf, quote } from './error.ts';

test('an error names the object, the problem, what was expected and what was found', () => {
  const cause = new Error('below');
  const error = new AppError('SOME_CODE', 'digest mismatch', { object: 'layer 3', expected: 'a', found: 'b', cause });
  assert.equal(error.message, 'layer 3: digest mismatch: expected a, found b');
  assert.equal(error.cause, cause);
  assert.ok(isAppError(error));
  assert.equal(new AppError('X', 'gone').message, 'gone');
  assert.equal(messageOf('text'), 'text');
});

test('quoted text holds no control, bidirectional or invisible character and is cut', () => {
  assert.equal(quote('a\u001b[31m\u202e"\u0085\u200b'), '"a\\u001b[31m\\u202e\\"\\u0085\\u200b"');
  assert.equal(quote('x'.repeat(300), 10), `"${'x'.repeat(10)}…"`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(quote(text), /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u);
    }),
  );
});
