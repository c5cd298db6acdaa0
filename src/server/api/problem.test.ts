import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '#base/error.ts';
import { problemOf, retryAfterOf } from './problem.ts';

const ANSWERS = [
  ['METADATA_UNAVAILABLE', 503, 5],
  ['BLOB_STORE_UNAVAILABLE', 503, 5],
  ['METADATA_FULL', 507, null],
  ['BLOB_STORE_FULL', 507, null],
] as const;

for (const [code, status, retryAfter] of ANSWERS) {
  test(`${code} is ${status}, and tells nobody where the store is`, () => {
    const details = { object: 'PostgreSQL db.internal/plimsoll', found: 'ECONNREFUSED', hint: 'Look there.' };
    const error = new AppError(code, 'it went away', details);
    const problem = problemOf(error, 'r');
    assert.deepEqual([problem?.status, problem?.code, problem?.requestId], [status, code, 'r']);
    assert.doesNotMatch(JSON.stringify(problem), /db\.internal|ECONNREFUSED|Look there/);
    assert.equal(retryAfterOf(error), retryAfter);
  });
}
