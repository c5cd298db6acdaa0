import { cosignSign } from './cosign-sign/index.ts';
import { cyclonedx } from './cyclonedx/index.ts';
import { openvex } from './openvex/index.ts';
import { plimsollPolicyVerdict } from './plimsoll-policy-verdict/index.ts';
import { plimsollVerdict } from './plimsoll-verdict/index.ts';
import type { Predicate, PredicateReader } from './predicate.ts';
import { sarif } from './sarif/index.ts';
import { slsaProvenanceV1 } from './slsa-provenance-v1/index.ts';
import { slsaProvenanceV02 } from './slsa-provenance-v02/index.ts';
import { slsaVerificationSummary } from './slsa-verification-summary/index.ts';
import { spdx } from './spdx/index.ts';
import { testResult } from './test-result/index.ts';
import { vulnerabilities } from './vulnerabilities/index.ts';
import { zap } from './zap/index.ts';

/** Every reader of predicates, sorted by id. No two read the same type. */
export const predicateReaders: readonly PredicateReader[] = [
  cosignSign,
  cyclonedx,
  openvex,
  plimsollPolicyVerdict,
  plimsollVerdict,
  sarif,
  slsaProvenanceV02,
  slsaProvenanceV1,
  slsaVerificationSummary,
  spdx,
  testResult,
  vulnerabilities,
  zap,
];

/**
 * What a statement says, typed by the predicate type that was signed with it. A type that nobody reads is `other`: kept
 * and shown. Throws `PREDICATE_INVALID` for a known type without the form that it prescribes.
 */
export function readPredicate(predicate: unknown, predicateType: string, object: string): Predicate {
  const reader = predicateReaders.find((candidate) => candidate.reads(predicateType));
  return reader?.read(predicate, predicateType, object) ?? { kind: 'other', predicateType };
}
