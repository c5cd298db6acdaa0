import type { Predicate } from '../attestations/predicates/predicate.ts';
import type { Fault } from './judged.ts';

/**
 * What is wrong with a decision as evidence, null when nothing is, and for what decides nothing: it has to be favourable,
 * and time must not have overtaken it. Whoever asks for a verdict does not ask for a refusal. `now` in milliseconds since 1970.
 */
export function decisionFault(predicate: Predicate, object: string, now: number): Fault | null {
  if (predicate.kind === 'verification-summary' && predicate.result !== 'PASSED') {
    const reason = `${object}: expected verificationResult PASSED, found ${predicate.result}`;
    return { code: 'SUMMARY_MISMATCH', reason };
  }
  if (predicate.kind !== 'verdict' && predicate.kind !== 'policy-verdict') {
    return null;
  }
  if (predicate.decision === 'refuse' || predicate.decision === 'error') {
    const reason = `${object}: expected the decision ${predicate.kind === 'verdict' ? 'pass' : 'admit'} or warn, found ${predicate.decision}`;
    return { code: 'VERDICT_REFUSED', reason };
  }
  if (predicate.validUntil !== null && predicate.validUntil <= now) {
    const end = new Date(predicate.validUntil).toISOString();
    return {
      code: 'VERDICT_EXPIRED',
      reason: `${object}: expected a verdict that still holds, found one until ${end}`,
    };
  }
  return null;
}

/** The instant at which time overtakes a decision; null when it does not. Milliseconds since 1970. */
export function decisionEnd(predicate: Predicate): number | null {
  return predicate.kind === 'verdict' || predicate.kind === 'policy-verdict' ? predicate.validUntil : null;
}
