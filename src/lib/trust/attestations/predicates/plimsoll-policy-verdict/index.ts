import { quote } from '#base/error.ts';
import { STAGES } from '#model/policy.ts';
import { DECISIONS, VERDICT_TYPE } from '#model/verdict.ts';
import { describe, Fields } from '../../fields.ts';
import type { PolicyVerdictException, PolicyVerdictPredicate, PredicateReader } from '../predicate.ts';

export const plimsollPolicyVerdict: PredicateReader = {
  id: 'plimsoll-policy-verdict',
  capabilities: {
    title: "Plimsoll's verdict by policy",
    kind: 'policy-verdict',
    predicateTypes: [VERDICT_TYPE],
    specification: VERDICT_TYPE,
  },
  reads: (predicateType) => predicateType === VERDICT_TYPE,
  read: (predicate, _predicateType, object) =>
    readVerdict(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

const CAUSES = ['rules', 'error', 'unknowns', 'unmatched'] as const;

function readVerdict(fields: Fields): PolicyVerdictPredicate {
  const version = fields.text('schemaVersion');
  if (!/^2\.[0-9]{1,4}$/.test(version)) {
    throw fields.invalid('schemaVersion', '2.0, or a later one of version 2', quote(version));
  }
  const context = fields.fields('context');
  const image = fields.fields('image');
  const inputs = fields.fields('inputs');
  const decision = fields.word('decision', DECISIONS);
  const because = fields.value('because') === null ? null : fields.word('because', CAUSES);
  // Whoever looks at one of them alone must not be told another thing than by the other.
  if ((decision === 'refuse') !== (because !== null)) {
    throw fields.invalid('because', 'a cause of a refusal, and null of nothing else', `${because} of ${decision}`);
  }
  return {
    kind: 'policy-verdict',
    decision,
    because,
    reasons: fields.texts('reasons'),
    image: { digest: image.optionalText('digest'), platform: image.optionalText('platform') },
    environment: context.text('environment'),
    stage: context.word('stage', STAGES),
    decidedAt: context.time('time'),
    // Without it nothing would say that time cannot overtake it, so it has to be there, null at least.
    validUntil: fields.value('validUntil') === null ? null : fields.time('validUntil'),
    score: readScore(fields.fields('score')),
    exceptions: fields.items('exceptions').map(readException),
    revision: inputs.text('revision'),
    policies: inputs.items('policies').map((policy) => ({ name: policy.text('name'), digest: policy.text('digest') })),
    facts: inputs.text('facts'),
  };
}

function readException(fields: Fields): PolicyVerdictException {
  return {
    name: fields.text('name'),
    digest: fields.text('digest'),
    approver: fields.text('approver'),
    expires: fields.time('expires'),
  };
}

function readScore(fields: Fields): number {
  const value = fields.value('value');
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
    throw fields.invalid('value', 'a number from 0 to 100', describe(value));
  }
  return value;
}
