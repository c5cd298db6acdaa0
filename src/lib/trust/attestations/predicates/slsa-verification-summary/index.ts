import { describe, Fields, resourceOf } from '../../fields.ts';
import type { PredicateReader, SummaryPredicate } from '../predicate.ts';

const TYPE = 'https://slsa.dev/verification_summary/v1';
const FAILED = 'FAILED';

export const slsaVerificationSummary: PredicateReader = {
  id: 'slsa-verification-summary',
  capabilities: {
    title: 'SLSA verification summary 1',
    kind: 'verification-summary',
    predicateTypes: [TYPE],
    specification: 'https://slsa.dev/spec/v1.2/verification_summary',
  },
  // Version 0.2 counts its levels on another scale: a reader of levels would take its 3 for another.
  reads: (predicateType) => predicateType === TYPE,
  read: (predicate, _predicateType, object) =>
    readSummary(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

function readSummary(fields: Fields): SummaryPredicate {
  const policy = resourceOf(fields.fields('policy'));
  if (policy.uri === null && policy.digest.size === 0) {
    throw fields.invalid('policy', 'a policy with a uri or a digest', 'neither');
  }
  const result = fields.word('verificationResult', ['PASSED', FAILED]);
  const dependencyLevels = fields.optionalFields('dependencyLevels');
  return {
    kind: 'verification-summary',
    verifierId: fields.fields('verifier').text('id'),
    timeVerified: fields.optionalTime('timeVerified'),
    resourceUri: fields.text('resourceUri'),
    policy,
    inputAttestations: fields.optionalItems('inputAttestations').map(resourceOf),
    result,
    verifiedLevels: readLevels(fields, result),
    dependencyLevels:
      dependencyLevels && new Map(dependencyLevels.names().map((level) => [level, readCount(dependencyLevels, level)])),
    slsaVersion: fields.optionalText('slsaVersion'),
  };
}

/** A summary that passed and yet names no level, or names the failure, contradicts itself and counts for nothing. */
function readLevels(fields: Fields, result: SummaryPredicate['result']): readonly string[] {
  const levels = fields.texts('verifiedLevels');
  if (result === 'PASSED' && (levels.length === 0 || levels.includes(FAILED))) {
    throw fields.invalid(
      'verifiedLevels',
      'the levels that a summary with verificationResult PASSED verified',
      levels.length === 0 ? 'none' : FAILED,
    );
  }
  return levels;
}

/** A count; as text where a writer goes by proto3 JSON, which has no 64-bit numbers. */
function readCount(fields: Fields, level: string): number {
  const value = fields.value(level);
  const count = typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw fields.invalid(`dependencyLevels.${level}`, 'a count', describe(value));
  }
  return count;
}
