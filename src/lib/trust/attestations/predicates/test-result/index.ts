import { Fields, resourceOf } from '../../fields.ts';
import type { PredicateReader, TestResultPredicate } from '../predicate.ts';

const TYPE = 'https://in-toto.io/attestation/test-result/v0.1';

export const testResult: PredicateReader = {
  id: 'test-result',
  capabilities: {
    title: 'Test result',
    kind: 'test-result',
    predicateTypes: [TYPE],
    specification: 'https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md',
  },
  reads: (predicateType) => predicateType === TYPE,
  read: (predicate, _predicateType, object) =>
    readTestResult(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

function readTestResult(fields: Fields): TestResultPredicate {
  const result = fields.word('result', ['PASSED', 'WARNED', 'FAILED']);
  const failedTests = fields.optionalTexts('failedTests');
  if (result === 'PASSED' && failedTests.length > 0) {
    throw fields.invalid('failedTests', 'no failed tests, since the result is PASSED', `${failedTests.length} of them`);
  }
  return {
    kind: 'test-result',
    result,
    configuration: fields.items('configuration').map(resourceOf),
    url: fields.optionalText('url'),
    passedTests: fields.optionalTexts('passedTests'),
    warnedTests: fields.optionalTexts('warnedTests'),
    failedTests,
  };
}
