import { isHttpUri } from '#base/uri.ts';
import { SEVERITIES } from '#model/advisory.ts';
import {
  type EndOfLife,
  isEndOfLife,
  isSbomMismatch,
  isVulnerability,
  type SbomDifference,
  type SbomMismatch,
  type Vulnerability,
} from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { hidesFindings, type UnknownKind } from '#model/unknown.ts';
import { BAND_SCORES, LEVELS } from './levels.ts';
import { messageText } from './message.ts';
import type { Rule } from './rule.ts';
import { policyRules } from './verdict.ts';

export const UNKNOWN_TITLES: Readonly<Record<UnknownKind, string>> = {
  integrity: 'Content of the image is not what its digest says, or is missing',
  unreadable: 'Files of the image could not be read',
  'no-package-database': 'The image has no package database',
  version: 'Versions of packages cannot be compared',
  distribution: 'Files of the image contradict each other on its distribution',
  'no-advisories': 'There are no advisories to match packages with',
  'stale-advisories': 'Advisories may be out of date',
  'incomplete-advisories': 'Advisories could not be read',
  'stale-signals': 'What is known of exploitation may be out of date',
  'incomplete-sbom': 'The software bill of materials leaves something open',
};

/** The rule that results for one kind of unknown belong to. */
export function unknownRuleId(kind: UnknownKind): string {
  return `not-known/${kind}`;
}

/** One rule per vulnerability, per difference and per kind of unknown, in the order of their first results. */
export function toRules(report: Report): readonly Rule[] {
  const byId = Map.groupBy(report.findings.filter(isVulnerability), (finding) => finding.id);
  const mismatches = Map.groupBy(report.findings.filter(isSbomMismatch), (finding) => finding.difference);
  const kinds = new Set(report.unknowns.map((unknown) => unknown.kind));
  return [
    ...[...byId.values()].map(vulnerabilityRule),
    ...[...mismatches].map(([difference, group]) => mismatchRule(difference, group)),
    ...report.findings.filter(isEndOfLife).map(endOfLifeRule),
    ...[...kinds].map(unknownRule),
    ...policyRules(report),
  ];
}

const DIFFERENCE_TITLES: Readonly<Record<SbomDifference, string>> = {
  absent: 'Declared by a software bill of materials, and not in the image',
  undeclared: 'In the image, and not declared by its software bill of materials',
  version: 'Another version than the software bill of materials declares',
  hash: 'Another content than the software bill of materials declares',
};

function mismatchRule(difference: SbomDifference, group: readonly SbomMismatch[]): Rule {
  const title = DIFFERENCE_TITLES[difference];
  const vouched = group.some(({ severity }) => severity === 'unknown');
  return {
    id: `sbom-mismatch/${difference}`,
    name: 'SbomMismatch',
    shortDescription: { text: title },
    fullDescription: { text: `${title}. Either the document or the image is not what it is taken for.` },
    help: { text: `${title}. Either the document or the image is not what it is taken for.` },
    defaultConfiguration: { level: LEVELS[vouched ? 'unknown' : 'low'] },
    properties: { precision: 'high', tags: ['security', 'sbom-mismatch'] },
  };
}

function endOfLifeRule({ id, severity, package: pkg }: EndOfLife): Rule {
  const title = `${messageText(pkg.name)} is past its end of life`;
  return {
    id,
    name: 'EndOfLife',
    shortDescription: { text: title },
    fullDescription: { text: `${title}. What becomes known of it is not repaired any more.` },
    help: { text: `${title}. What becomes known of it is not repaired any more.` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { precision: 'high', tags: ['security', 'end-of-life'] },
  };
}

function vulnerabilityRule(findings: readonly Vulnerability[]): Rule {
  const [worst, ...others] = findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (b.score ?? 0) - (a.score ?? 0),
  );
  if (worst === undefined) {
    throw new RangeError('a rule needs a finding');
  }
  const all = [worst, ...others];
  const id = messageText(worst.id);
  const title = messageText(all.find((finding) => finding.title !== '')?.title ?? '');
  const aliases = [...new Set(all.flatMap((finding) => finding.aliases))];
  const links = [...new Set(all.flatMap((finding) => finding.references.map(({ url }) => url)).filter(isHttpUri))];
  const score = worst.score ?? BAND_SCORES[worst.severity];
  return {
    id: worst.id,
    name: 'Vulnerability',
    shortDescription: { text: title === '' || title.startsWith(id) ? title || id : `${id}: ${title}` },
    fullDescription: { text: title === '' ? id : title },
    help: {
      text: [
        `${id}${aliases.length === 0 ? '' : ` (${aliases.map(messageText).join(', ')})`}`,
        `Severity: ${worst.severity}${worst.score === undefined ? '' : `, score ${worst.score}`}`,
        ...links,
      ].join('\n'),
    },
    helpUri: helpUri(worst.id),
    defaultConfiguration: { level: LEVELS[worst.severity] },
    properties: {
      ...(score === null ? {} : { 'security-severity': score.toFixed(1) }),
      precision: 'very-high',
      tags: ['security', 'vulnerability', worst.severity],
    },
  };
}

/** Not the first reference: anybody who gets an advisory published could choose where the button leads. */
function helpUri(id: string): string {
  const path = encodeURIComponent(id.toWellFormed());
  return id.startsWith('CVE-') ? `https://nvd.nist.gov/vuln/detail/${path}` : `https://osv.dev/vulnerability/${path}`;
}

function unknownRule(kind: UnknownKind): Rule {
  const title = UNKNOWN_TITLES[kind];
  const isHiding = hidesFindings({ kind });
  const why = isHiding ? 'Vulnerabilities may be hidden behind this' : 'The risk of what was found may be higher';
  return {
    id: unknownRuleId(kind),
    name: 'NotKnown',
    shortDescription: { text: `Not known: ${title}` },
    fullDescription: { text: `${title}. ${why}.` },
    help: { text: `${title}. ${why}${isHiding ? ': the result is not an all-clear' : ''}.` },
    defaultConfiguration: { level: 'warning' },
    properties: { precision: 'very-high', tags: ['security', 'not-known'] },
  };
}
