import type { Severity } from '#model/advisory.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { Finding } from '#model/finding.ts';
import type { FailLevel, Gate } from '#model/gate.ts';
import { hidesFindings, type Unknown } from '#model/unknown.ts';

/**
 * Judges findings and unknowns against a level. A finding that nobody has rated reaches every level: it cannot be shown
 * to be below the line. Refusal is certain and comes before what is unknown.
 */
export function judge(
  findings: readonly Finding[],
  unknowns: readonly Unknown[],
  failOn: FailLevel,
  allowUnknown?: string,
): Gate {
  const reached = findings.filter((finding) => reaches(finding.severity, failOn));
  const base = { failOn, ...(allowUnknown === undefined ? {} : { allowUnknown }) };
  if (reached.length > 0) {
    return { ...base, outcome: 'refused', reasons: refusals(reached, failOn) };
  }
  const hiding = unknowns.filter(hidesFindings).length;
  if (hiding > 0 && allowUnknown === undefined) {
    const plural = hiding === 1 ? 'thing is' : 'things are';
    return {
      ...base,
      outcome: 'unknown',
      reasons: [`${hiding} ${plural} not known that could hide a finding`],
    };
  }
  return {
    ...base,
    outcome: 'passed',
    reasons: [failOn === 'any' ? 'no finding' : `no finding is rated ${failOn} or worse`],
  };
}

function reaches(severity: Severity, level: FailLevel): boolean {
  if (level === 'any' || severity === 'unknown') {
    return true;
  }
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(level);
}

function refusals(reached: readonly Finding[], failOn: FailLevel): readonly string[] {
  if (failOn === 'any') {
    return [`${reached.length} ${reached.length === 1 ? 'finding' : 'findings'}`];
  }
  const unrated = reached.filter((finding) => finding.severity === 'unknown').length;
  const rated = reached.length - unrated;
  const reasons: string[] = [];
  if (rated > 0) {
    reasons.push(`${rated} ${rated === 1 ? 'finding is' : 'findings are'} rated ${failOn} or worse`);
  }
  if (unrated > 0) {
    reasons.push(
      `${unrated} ${unrated === 1 ? 'finding has' : 'findings have'} no severity rating and cannot be shown to be below ${failOn}`,
    );
  }
  return reasons;
}
