import { quote } from '#base/error.ts';
import type { Predicate } from '../attestations/predicates/predicate.ts';
import type { SummaryRequirement } from '../configuration/index.ts';
import { describeMatcher, matchesText } from '../keyless/identity.ts';
import type { Fault } from './judged.ts';

/**
 * What is wrong with a verification summary (SLSA verification summary 1.0, "How to verify"), null when nothing is: a
 * verifier that its signer may speak for, `PASSED`, the resource and every level.
 */
export function summaryFault(
  predicate: Predicate,
  requirement: SummaryRequirement,
  signer: string,
  object: string,
): Fault | null {
  const fault = (expected: string, found: string): Fault => ({
    code: 'SUMMARY_MISMATCH',
    reason: `${object}: expected ${expected}, found ${found}`,
  });
  if (predicate.kind !== 'verification-summary') {
    return fault('a verification summary', predicate.kind);
  }
  const allowed = requirement.verifiers.filter(({ signers }) => signers.some(({ name }) => name === signer));
  if (!allowed.some(({ id }) => id === predicate.verifierId)) {
    const ids = allowed.map(({ id }) => quote(id)).join(' or ');
    return fault(
      ids === '' ? `a verifier that ${signer} may speak for` : `verifier ${ids}`,
      quote(predicate.verifierId),
    );
  }
  if (predicate.result !== 'PASSED') {
    return fault('verificationResult PASSED', predicate.result);
  }
  if (!matchesText(requirement.resourceUri, predicate.resourceUri)) {
    return fault(`resourceUri ${describeMatcher(requirement.resourceUri)}`, quote(predicate.resourceUri));
  }
  const missing = requirement.levels.find((level) => !predicate.verifiedLevels.some((found) => reaches(found, level)));
  return missing === undefined
    ? null
    : fault(
        `level ${missing} or higher`,
        predicate.verifiedLevels.map((level) => quote(level, 60)).join(', ') || 'none',
      );
}

/** `SLSA_BUILD_LEVEL_3` reaches `SLSA_BUILD_LEVEL_2`, of the same track alone. */
function reaches(found: string, asked: string): boolean {
  if (found === asked) {
    return true;
  }
  const [foundTrack, foundLevel] = levelOf(found);
  const [askedTrack, askedLevel] = levelOf(asked);
  return foundLevel !== null && askedLevel !== null && foundTrack === askedTrack && foundLevel > askedLevel;
}

function levelOf(text: string): readonly [track: string, level: number | null] {
  const at = text.lastIndexOf('_');
  const digits = text.slice(at + 1);
  return /^[0-9]{1,2}$/.test(digits) ? [text.slice(0, at), Number(digits)] : [text, null];
}
