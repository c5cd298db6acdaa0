import type { Environment } from '#model/policy.ts';
import type { Decision, RefusalCause, RuleResult } from '#model/verdict.ts';
import type { JudgedUnknowns } from './unknowns.ts';

export interface Decided {
  readonly decision: Decision;
  readonly because: RefusalCause | null;
  readonly reasons: readonly string[];
}

/** What follows from the rules (sorted by name), from what is not known, and from there being no rule that speaks of the image. */
export function decide(
  rules: readonly RuleResult[],
  unknowns: JudgedUnknowns,
  environment: Environment,
  allowUnknown: string | null,
): Decided {
  const refusing = rules.filter(({ effect }) => effect === 'deny');
  const failed = refusing.filter(({ outcome }) => outcome !== 'error');
  const errors = refusing.filter(({ outcome }) => outcome === 'error');
  const unmatched = rules.every(({ outcome }) => outcome === 'skipped');
  const unknownRefuses = unknowns.refused > 0 && allowUnknown === null;
  const because = causeOf([
    ['rules', failed.length > 0],
    ['error', errors.length > 0],
    ['unmatched', unmatched && environment.unmatched === 'deny'],
    ['unknowns', unknownRefuses],
  ]);
  const warning = rules.filter(({ effect }) => effect === 'warn');
  const warned =
    warning.length > 0 || (unmatched && environment.unmatched === 'warn') || (unknowns.refused > 0 && !unknownRefuses);
  const reasons = [
    ...[...failed, ...errors].map(reasonOf),
    ...(unmatched ? [`no policy of ${environment.name} speaks of this image`] : []),
    ...reasonsOfUnknowns(unknowns, allowUnknown),
    ...warning.map(reasonOf),
  ];
  const asked = rules.filter(({ outcome }) => outcome !== 'skipped');
  const passed = asked.filter(({ outcome }) => outcome === 'passed').length;
  return {
    decision: because !== null ? 'refuse' : warned ? 'warn' : 'admit',
    because,
    reasons:
      reasons.length > 0 ? reasons : [`${passed} of ${asked.length === 1 ? '1 rule' : `${asked.length} rules`} passed`],
  };
}

function causeOf(causes: readonly (readonly [RefusalCause, boolean])[]): RefusalCause | null {
  return causes.find(([, holds]) => holds)?.[0] ?? null;
}

function reasonOf({ rule, message, graceUntil }: RuleResult): string {
  return graceUntil === null ? `${rule}: ${message}` : `${rule}: ${message} (refused from ${graceUntil} on)`;
}

function reasonsOfUnknowns({ refused, reasons }: JudgedUnknowns, allowUnknown: string | null): readonly string[] {
  if (refused === 0) {
    return [];
  }
  const what = `${refused} ${refused === 1 ? 'unknown' : 'unknowns'} that could hide a finding`;
  return [allowUnknown === null ? `${what}: ${reasons[0] ?? ''}` : `${what}, let pass: ${allowUnknown}`];
}
