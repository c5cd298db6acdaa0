import { isEndOfLife, isSbomMismatch, isVulnerability } from '#model/finding.ts';
import type { Report, ReportAdvisories } from '#model/report.ts';
import { hidesFindings } from '#model/unknown.ts';
import { counted, grouped, visible, wrap } from '../text.ts';
import { groupByPackage, severityCounts } from './findings.ts';
import type { Screen } from './screen.ts';

/** The answer in one sentence or two, at the end where the eye is when the command returns. */
export function summaryLines(report: Report, screen: Screen): readonly string[] {
  const { text, tone } = report.kind === 'inventory' ? inventorySummary(report) : scanSummary(report);
  return wrap(text, screen.width).map((line) => screen.style[tone](line));
}

interface Summary {
  readonly text: string;
  readonly tone: 'strong' | 'alarm' | 'good';
}

function inventorySummary(report: Report): Summary {
  const found = `${counted(report.packages.length, 'package')}.`;
  return hidingOf(report) === 0
    ? { text: found, tone: 'strong' }
    : { text: `${found} ${notKnown(report)}, so there may be more.`, tone: 'alarm' };
}

/**
 * "No vulnerabilities" is said only when packages were matched against advisories that are not stale, nothing is unknown
 * and nothing was left out.
 */
function scanSummary(report: Report): Summary {
  const { text, tone } = withEnded(report, withExcepted(report, vulnerabilitySummary(report)));
  const mismatches = report.findings.filter(isSbomMismatch).length;
  return mismatches === 0
    ? { text, tone }
    : {
        text: `${text} ${counted(mismatches, 'mismatch', 'mismatches')} with what SBOM documents declare.`,
        tone: tone === 'good' ? 'alarm' : tone,
      };
}

function withEnded({ findings }: Report, { text, tone }: Summary): Summary {
  const ended = findings.filter(isEndOfLife);
  if (ended.length === 0) {
    return { text, tone };
  }
  const names = ended.slice(0, 3).map(({ package: { name, version } }) => `${visible(name)} ${visible(version)}`);
  const more = ended.length > names.length ? ` and ${ended.length - names.length} more` : '';
  return {
    text: `${text} Past ${ended.length === 1 ? 'its' : 'their'} end of life: ${names.join(', ')}${more}.`,
    tone: 'alarm',
  };
}

/** The findings of the report are those that count. */
function withExcepted({ exceptions = [] }: Report, { text, tone }: Summary): Summary {
  if (exceptions.length === 0) {
    return { text, tone };
  }
  const are = exceptions.length === 1 ? 'is' : 'are';
  return {
    text: `${text} ${counted(exceptions.length, 'vulnerability', 'vulnerabilities')} ${are} excepted.`,
    tone: tone === 'good' ? 'strong' : tone,
  };
}

function vulnerabilitySummary(report: Report): Summary {
  const { hiddenFindings, packages } = report;
  const findings = report.findings.filter(isVulnerability);
  const doubt = doubtText(report);
  const hidden = hiddenFindings === 0 ? '' : ` ${hiddenText(report)}`;
  if (findings.length > 0) {
    const count = counted(findings.length, 'vulnerability', 'vulnerabilities');
    const affected = `${count} in ${grouped(groupByPackage(findings).length)} of ${counted(packages.length, 'package')}`;
    const fixable = findings.filter((finding) => finding.state === 'fixed').length;
    const declared = findings.filter((finding) => finding.package.confidence === 'declared').length;
    const only = declared === 0 ? '' : ` ${grouped(declared)} of packages that are only declared.`;
    const text = `${affected}: ${severityCounts(findings)}. ${fixText(fixable, findings.length)}${only}${hidden}`;
    return { text: doubt === '' ? text : `${text} ${doubt}`, tone: doubt === '' ? 'strong' : 'alarm' };
  }
  if (doubt !== '') {
    return {
      text: `Nothing found in what could be matched, which is not an all-clear.${hidden} ${doubt}`,
      tone: 'alarm',
    };
  }
  if (hiddenFindings > 0) {
    return { text: hiddenText(report), tone: 'strong' };
  }
  return {
    text: `No ${(report.exceptions ?? []).length > 0 ? 'other ' : ''}known vulnerabilities in ${counted(packages.length, 'package')}, matched against ${coverage(report)}.`,
    tone: 'good',
  };
}

function fixText(fixable: number, all: number): string {
  if (fixable === all) {
    return all === 1 ? 'It has a fix.' : 'All have a fix.';
  }
  return fixable === 0 ? 'None has a fix.' : `${grouped(fixable)} ${fixable === 1 ? 'has' : 'have'} a fix.`;
}

function hiddenText({ findings, hiddenFindings }: Report): string {
  const more = !findings.some(isVulnerability) ? '' : 'more ';
  return `${counted(hiddenFindings, `${more}vulnerability`, `${more}vulnerabilities`)} not shown because of --severity.`;
}

/** Why the result could be too good, as a sentence; empty when it could not. */
function doubtText(report: Report): string {
  if (hidingOf(report) > 0) {
    return `${notKnown(report)}, so there may be more.`;
  }
  if (report.packages.length === 0) {
    return 'NOT KNOWN: no packages were found to match.';
  }
  if (report.advisories.every((entry) => entry.count === 0 || BESIDE.has(entry.ecosystem))) {
    return 'NOT KNOWN: no advisories were at hand.';
  }
  if (report.advisories.some((entry) => !isOfSignals(entry) && (entry.stale || entry.rejected > 0))) {
    return 'NOT KNOWN: the advisories are out of date or incomplete, so there may be more.';
  }
  return '';
}

function notKnown(report: Report): string {
  return `NOT KNOWN: ${counted(hidingOf(report), 'thing')}`;
}

/** What is not known of exploitation hides nothing. */
function hidingOf({ unknowns }: Report): number {
  return unknowns.filter(hidesFindings).length;
}

function isOfSignals({ ecosystem }: ReportAdvisories): boolean {
  return ecosystem === 'KEV' || ecosystem === 'EPSS';
}

/** What is said besides advisories. */
const BESIDE: ReadonlySet<string> = new Set(['EPSS', 'KEV', 'Lifecycle', 'NVD']);

/** `2,439 Alpine and 467 npm advisories`. */
function coverage(report: Report): string {
  const parts = report.advisories
    .filter(({ ecosystem }) => !BESIDE.has(ecosystem))
    .map((entry) => `${grouped(entry.count)} ${visible(entry.ecosystem)}`);
  const last = parts.pop() ?? '0';
  return `${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`} advisories`;
}
