import { SEVERITIES, type Severity } from '#model/advisory.ts';
import type { Facts, FindingFact } from '#model/facts.ts';
import type { Environment } from '#model/policy.ts';
import type { Score, ScorePart } from '#model/verdict.ts';
import type { ConsideredException } from './exceptions/consider.ts';
import type { JudgedUnknowns } from './unknowns.ts';

/**
 * How far an image is from having nothing against it in an environment: `docs/reference/score.md` has the formula and its constants. What is
 * counted takes `maximum × sum / (sum + half)`: the first costs most, and none ever costs nothing. Counted in tenths of points, so that the
 * parts add up.
 */
const BANDS: Readonly<Record<Severity, Band>> = {
  critical: { maximum: 28, half: 2 },
  high: { maximum: 16, half: 5 },
  medium: { maximum: 7, half: 20 },
  low: { maximum: 3, half: 40 },
  unknown: { maximum: 4, half: 10 },
  none: { maximum: 0, half: 1 },
};
const KNOWN_EXPLOITED: Band = { maximum: 8, half: 1 };
const END_OF_LIFE: Band = { maximum: 8, half: 1 };
const SBOM_MISMATCH: Band = { maximum: 3, half: 4 };
const UNKNOWNS: Band = { maximum: 8, half: 2 };
/** Of what is below the line of the environment. */
const BELOW_THE_LINE = 4;
const RISK_PER_WEIGHT = 50;
const AGE = 4;
const ROOT = 4;
const NO_SIGNATURE = 4;
const NO_PROVENANCE = 2;
const NO_SBOM = 1;
const WHOLE = 100;

interface Band {
  /** Points that it never takes more than. */
  readonly maximum: number;
  /** The sum that takes half of them. */
  readonly half: number;
}

/** `facts` are those of `now`, milliseconds. */
export function scoreOf(
  facts: Facts,
  environment: Environment,
  exceptions: readonly ConsideredException[],
  unknowns: JudgedUnknowns,
  now: number,
): Score {
  const findings = countingForAll(facts, exceptions);
  const vulnerabilities = findings.filter(({ kind }) => kind === 'vulnerability');
  const parts = [
    ...SEVERITIES.map((severity) => bandPart(severity, vulnerabilities, environment)),
    ...findingParts(findings),
    counted('unknowns', unknowns.refused, UNKNOWNS, amount(unknowns.refused, 'that could hide a finding')),
    ...imageParts(facts, environment, now),
    ...evidenceParts(facts),
  ].filter(({ points }) => points > 0);
  const malicious = vulnerabilities.filter((finding) => finding.malicious).length;
  if (malicious > 0) {
    return { value: 0, parts: [{ name: 'malicious', points: WHOLE, from: amount(malicious, 'made to do harm') }] };
  }
  const tenths = parts.reduce((sum, { points }) => sum + Math.round(points * 10), 0);
  return { value: (WHOLE * 10 - tenths) / 10, parts };
}

/** What an exception takes from some rules only counts here. */
function countingForAll(facts: Facts, exceptions: readonly ConsideredException[]): readonly FindingFact[] {
  const forAll = exceptions.filter(({ state, exception }) => state === 'in-force' && exception.for.rules.length === 0);
  return facts.findings.filter(
    (finding) => finding.excepted === null && !forAll.some(({ findings }) => findings.has(finding)),
  );
}

/** Weights are whole tenths, so that their sum is the same in any order. */
function bandPart(severity: Severity, findings: readonly FindingFact[], environment: Environment): ScorePart {
  const ofBand = findings.filter((finding) => finding.severity === severity);
  const tenths = ofBand.reduce((sum, { risk }) => sum + weightInTenths(risk), 0);
  const { maximum, half } = BANDS[severity];
  const share = isBelow(severity, environment.severity) ? BELOW_THE_LINE : 1;
  return counted(severity, tenths / 10, { maximum: maximum / share, half }, amount(ofBand.length, 'vulnerabilities'));
}

/** 0.5 and a fiftieth of the risk: 0.5 to 2.5; 1 where it was not ranked. */
function weightInTenths(risk: number | null): number {
  return risk === null ? 10 : 5 + Math.round((Math.min(Math.max(risk, 0), 100) / RISK_PER_WEIGHT) * 10);
}

/** What nobody has rated may be anything. */
function isBelow(severity: Severity, line: Severity): boolean {
  return severity !== 'unknown' && SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(line);
}

function findingParts(findings: readonly FindingFact[]): readonly ScorePart[] {
  const exploited = findings.filter(({ knownExploited }) => knownExploited).length;
  const ended = findings.filter(({ kind }) => kind === 'end-of-life').length;
  const mismatches = findings.filter(({ kind }) => kind === 'sbom-mismatch').length;
  return [
    counted('known-exploited', exploited, KNOWN_EXPLOITED, amount(exploited, 'seen exploited')),
    counted('end-of-life', ended, END_OF_LIFE, amount(ended, 'without support')),
    counted('sbom-mismatch', mismatches, SBOM_MISMATCH, amount(mismatches, 'not as the SBOM says')),
  ];
}

function imageParts({ image }: Facts, { maximumAgeMs }: Environment, now: number): readonly ScorePart[] {
  const [user = ''] = image.user.split(':');
  const isRoot = user === '' || user === 'root' || /^0+$/.test(user);
  // An age that nobody says is over any line.
  const isOld = maximumAgeMs !== null && !(now - Date.parse(image.created ?? '') <= maximumAgeMs);
  return [
    fixed('root', isRoot, ROOT, 'runs as root'),
    fixed('age', isOld, AGE, image.created === null ? 'does not say when it was made' : `made ${image.created}`),
  ];
}

function evidenceParts({ evidence: { signatures, statements } }: Facts): readonly ScorePart[] {
  const states = (...types: readonly string[]): boolean =>
    statements.some(({ predicateType }) => types.some((type) => predicateType.startsWith(type)));
  const provenance = states('https://slsa.dev/provenance/');
  const sbom = states('https://spdx.dev/Document', 'https://cyclonedx.org/bom');
  return [
    fixed('signature', signatures.length === 0, NO_SIGNATURE, 'no accepted signature'),
    fixed('provenance', !provenance, NO_PROVENANCE, 'no accepted provenance'),
    fixed('sbom', !sbom, NO_SBOM, 'no accepted SBOM'),
  ];
}

function counted(name: string, sum: number, { maximum, half }: Band, from: string): ScorePart {
  return { name, points: Math.round((maximum * 10 * sum) / (sum + half)) / 10, from };
}

function fixed(name: string, holds: boolean, points: number, from: string): ScorePart {
  return { name, points: holds ? points : 0, from };
}

function amount(count: number, what: string): string {
  return `${count} ${what}`;
}
