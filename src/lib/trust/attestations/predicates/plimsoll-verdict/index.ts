import { quote } from '#base/error.ts';
import { GATE_DECISIONS, GATE_VERDICT_TYPE } from '#model/gate-verdict.ts';
import { describe, Fields } from '../../fields.ts';
import type { PredicateReader, VerdictException, VerdictPredicate } from '../predicate.ts';

export const plimsollVerdict: PredicateReader = {
  id: 'plimsoll-verdict',
  capabilities: {
    title: "Plimsoll's verdict",
    kind: 'verdict',
    predicateTypes: [GATE_VERDICT_TYPE],
    specification: 'https://plimsoll.dev/attestation/verdict/v1',
  },
  reads: (predicateType) => predicateType === GATE_VERDICT_TYPE,
  read: (predicate, _predicateType, object) =>
    readVerdict(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

function readVerdict(fields: Fields): VerdictPredicate {
  const version = fields.text('schemaVersion');
  if (!/^1\.[0-9]{1,4}$/.test(version)) {
    throw fields.invalid('schemaVersion', '1.0, or a later one of version 1', quote(version));
  }
  const image = fields.fields('image');
  const policy = fields.fields('policy');
  const counts = fields.fields('counts');
  return {
    kind: 'verdict',
    decision: fields.word('decision', GATE_DECISIONS),
    reasons: fields.texts('reasons'),
    image: { digest: image.text('digest'), platform: image.optionalText('platform') },
    decidedAt: fields.time('decidedAt'),
    // Without it nothing would say that time cannot overtake it, so it has to be there, null at least.
    validUntil: fields.value('validUntil') === null ? null : fields.time('validUntil'),
    policyDigest: policy.text('digest'),
    excepted: readCount(counts, 'excepted'),
    unknowns: readCount(counts, 'unknowns'),
    exceptions: fields.items('exceptions').map(readException),
    allowUnknown: fields.optionalText('allowUnknown'),
  };
}

function readException(fields: Fields): VerdictException {
  return {
    finding: fields.text('finding'),
    package: fields.text('package'),
    status: fields.word('status', ['not_affected', 'fixed']),
    justification: fields.optionalText('justification'),
    author: fields.text('author'),
    expires: fields.optionalTime('expires'),
  };
}

function readCount(fields: Fields, name: string): number {
  const value = fields.value(name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw fields.invalid(name, 'a count', describe(value));
  }
  return value;
}
