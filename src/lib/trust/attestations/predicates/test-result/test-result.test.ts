import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predicateReaderContract } from '../contract.ts';
import { testResult } from './index.ts';

const TYPE = 'https://in-toto.io/attestation/test-result/v0.1';
const EXAMPLE = {
  result: 'WARNED',
  configuration: [{ name: 'ci.yml', digest: { gitBlob: 'c0ffee' } }],
  url: 'https://ci.example/1',
  passedTests: ['a', 'b'],
  warnedTests: ['c'],
  failedTests: [],
};

predicateReaderContract(testResult, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: ['result', 'configuration'],
});

test('every member that a policy asks for', () => {
  assert.deepEqual(testResult.read(EXAMPLE, TYPE, 'x'), {
    kind: 'test-result',
    ...EXAMPLE,
    configuration: [{ name: 'ci.yml', uri: null, digest: new Map([['gitBlob', 'c0ffee']]) }],
  });
});

test('a result that is none, or that its tests contradict, is refused', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ result: 'OK' }, /PASSED, WARNED, FAILED, found "OK"/],
    [{ result: 'PASSED', failedTests: ['d'] }, /the result is PASSED, found 1 of them/],
    [{ failedTests: 'd' }, /a list/],
    [{ passedTests: [5] }, /passedTests\[0\]/],
    [{ configuration: ['ci.yml'] }, /configuration\[0\]/],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => testResult.read({ ...EXAMPLE, ...more }, TYPE, 'x'), { code: 'PREDICATE_INVALID', message });
  }
});
