import type { Predicate } from '../attestations/predicates/predicate.ts';
import type { Freshness } from '../configuration/index.ts';
import type { Accepted, Fault, Judged } from './judged.ts';

/** Why evidence is too old or its age is not known; null when it is fresh. */
export function ageFault(item: Judged, accepted: Accepted, freshness: Freshness, now: number): Fault | null {
  const made = timeOf(item, accepted, freshness);
  const { object } = item.content;
  if (made === null) {
    const missing = freshness.ageFrom === 'verified-time' ? 'no time that anybody vouches for' : 'no time in it';
    return {
      code: 'TIME_UNVERIFIED',
      reason: `${object}: age unknown: expected a time to reckon from, found ${missing}`,
    };
  }
  const end = made + freshness.maxAge;
  if (made > now || end <= now) {
    const expected = `made between ${iso(now - freshness.maxAge)} and ${iso(now)}`;
    return { code: 'EVIDENCE_STALE', reason: `${object}: too old: expected one ${expected}, found ${iso(made)}` };
  }
  return null;
}

/** The instant at which evidence gets too old; null when its age is not known. */
export function freshnessEnd(item: Judged, accepted: Accepted, freshness: Freshness): number | null {
  const made = timeOf(item, accepted, freshness);
  return made === null ? null : made + freshness.maxAge;
}

function timeOf(item: Judged, accepted: Accepted, { ageFrom }: Freshness): number | null {
  if (ageFrom === 'verified-time') {
    return accepted.verified.times.at(-1)?.time ?? null;
  }
  return item.claim?.kind === 'attestation' ? saidTime(item.claim.predicate) : null;
}

/** The time that a statement gives for itself, which is as good as its signer. */
export function saidTime(predicate: Predicate): number | null {
  switch (predicate.kind) {
    case 'provenance':
      return predicate.finishedOn;
    case 'verification-summary':
      return predicate.timeVerified;
    case 'sbom':
      return predicate.created;
    case 'vex':
      return predicate.timestamp;
    case 'vulnerabilities':
      return predicate.finishedOn;
    case 'dast':
      return predicate.generatedOn;
    case 'verdict':
    case 'policy-verdict':
      return predicate.decidedAt;
    case 'test-result':
    case 'sarif':
    case 'signature':
    case 'other':
      return null;
  }
}

function iso(time: number): string {
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : 'another age';
}
