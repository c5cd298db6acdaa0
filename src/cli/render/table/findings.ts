import { compareText } from '#base/compare.ts';
import type { Severity } from '#model/advisory.ts';
import { SEVERITIES } from '#model/advisory.ts';
import { type FindingState, isVulnerability, type Vulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { columnsOf, counted, fit, fitEnd, grouped, pad, visible, wrap } from '../text.ts';
import { shortCommand } from './command.ts';
import type { Screen } from './screen.ts';
import { layerNumber, severityWord } from './screen.ts';

/** What a row says where there is no version to go to. */
const WITHOUT_FIX: Readonly<Record<FindingState, string>> = {
  fixed: 'yes',
  affected: 'no fix',
  will_not_fix: 'will not fix',
  deferred: 'fix deferred',
  under_investigation: 'being looked at',
  end_of_life: 'end of life',
};

/** All vulnerabilities, the package with the worst one first. */
export function findingLines(report: Report, screen: Screen): readonly string[] {
  const findings = report.findings.filter(isVulnerability);
  if (findings.length === 0) {
    return [];
  }
  const groups = groupByPackage(findings);
  const columns = measure(findings, screen);
  return [
    ...headingLines(findings, groups.length, screen),
    '',
    screen.style.faint(columnTitles(columns)),
    ...groups.flatMap((group) => ['', ...groupLines(group, report, columns, screen)]),
  ];
}

function headingLines(findings: readonly Vulnerability[], packages: number, screen: Screen): readonly string[] {
  const title = 'VULNERABILITIES';
  const text = `${grouped(findings.length)} in ${counted(packages, 'package')}: ${severityCounts(findings)}`;
  const [first = '', ...more] = wrap(text, screen.width, ' '.repeat(title.length + 2));
  return [screen.style.strong(title) + first.slice(title.length), ...more];
}

/** `2 critical, 8 high, 4 unrated`, worst first. */
export function severityCounts(findings: readonly Vulnerability[]): string {
  return SEVERITIES.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? '' : `${grouped(count)} ${severityWord(severity)}`;
  })
    .filter((part) => part !== '')
    .join(', ');
}

/** Every finding of one package version, worst first; where anything is known of exploitation, the most urgent first. */
type Group = readonly [Vulnerability, ...Vulnerability[]];

export function groupByPackage(findings: readonly Vulnerability[]): readonly Group[] {
  const groups = new Map<string, [Vulnerability, ...Vulnerability[]]>();
  const order = hasSignals(findings) ? mostUrgentFirst : worstFirst;
  for (const finding of findings.toSorted(order)) {
    const group = groups.get(finding.package.purl);
    if (group === undefined) {
      groups.set(finding.package.purl, [finding]);
    } else {
      group.push(finding);
    }
  }
  // Findings are sorted already, so the groups come in the order of their worst.
  return [...groups.values()];
}

/** Without signals the risk is the severity in other words. */
function hasSignals(findings: readonly Vulnerability[]): boolean {
  return findings.some(({ signals }) => signals !== undefined);
}

function mostUrgentFirst(a: Vulnerability, b: Vulnerability): number {
  return (b.risk?.score ?? 0) - (a.risk?.score ?? 0) || worstFirst(a, b);
}

function worstFirst(a: Vulnerability, b: Vulnerability): number {
  return (
    rank(a.severity) - rank(b.severity) ||
    (b.score ?? 0) - (a.score ?? 0) ||
    compareText(a.package.purl, b.package.purl) ||
    compareText(a.id, b.id)
  );
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

interface Columns {
  /** 0 when nothing is known of exploitation. */
  readonly risk: number;
  readonly severity: number;
  /** 0 when no finding has a score. */
  readonly score: number;
  readonly id: number;
  readonly fix: number;
  /** What is left for the title; 0 when that is too little to say anything. */
  readonly title: number;
}

function measure(findings: readonly Vulnerability[], screen: Screen): Columns {
  const widest = (texts: readonly string[], least: number, most: number): number =>
    Math.min(
      most,
      texts.reduce((columns, text) => Math.max(columns, columnsOf(text)), least),
    );
  const severity = 'SEVERITY'.length;
  const risk = hasSignals(findings)
    ? widest(
        findings.map((finding) => riskText(finding, screen)),
        'RISK'.length,
        20,
      )
    : 0;
  const score = findings.some((finding) => finding.score !== undefined) ? 'SCORE'.length : 0;
  const id = widest(
    findings.map((finding) => visible(finding.id)),
    'ID'.length,
    20,
  );
  const before = 2 + (risk === 0 ? 0 : risk + 2) + severity + 2 + (score === 0 ? 0 : score + 2) + id + 2;
  const fix = widest(findings.map(fixText), 'FIXED IN'.length, Math.min(20, screen.width - before));
  const used = before + fix + 2;
  const title = screen.width - used;
  return { risk, severity, score, id, fix, title: title < 12 ? 0 : title };
}

function columnTitles(columns: Columns): string {
  return row('SEVERITY', { risk: 'RISK', score: 'SCORE', id: 'ID', fix: 'FIXED IN', title: 'TITLE' }, columns);
}

interface Cells {
  readonly risk: string;
  readonly score: string;
  readonly id: string;
  readonly fix: string;
  readonly title: string;
}

function row(severity: string, cells: Cells, columns: Columns): string {
  const parts = [
    ...(columns.risk === 0 ? [] : [pad(cells.risk, columns.risk)]),
    severity,
    ...(columns.score === 0 ? [] : [cells.score.padStart(columns.score)]),
    pad(cells.id, columns.id),
    columns.title === 0 ? cells.fix : pad(cells.fix, columns.fix),
    ...(columns.title === 0 ? [] : [cells.title]),
  ];
  return `  ${parts.join('  ')}`.trimEnd();
}

/** Columns that a version gets beside its name, and the least that is worth using beside both. */
const VERSION = 40;
const ORIGIN = 24;

function groupLines(group: Group, report: Report, columns: Columns, screen: Screen): readonly string[] {
  const { style, width } = screen;
  const [first] = group;
  const version = fit(visible(first.package.version), VERSION);
  const name = `${fit(visible(first.package.name), width - columnsOf(version) - 1)} ${version}`.trim();
  const room = width - columnsOf(name) - 2;
  const about = origin(first, report);
  const lines =
    room >= ORIGIN
      ? [`${style.strong(name)}  ${style.faint(fit(about, room))}`]
      : [style.strong(name), `  ${style.faint(fit(about, width - 2))}`];
  const places = placesText(first, width - 2);
  if (places !== '') {
    lines.push(`  ${style.faint(places)}`);
  }
  for (const finding of group) {
    const word = severityWord(finding.severity);
    // Blanks outside the colour, so that a row may end behind the word.
    const blanks = ' '.repeat(Math.max(0, columns.severity - columnsOf(word)));
    const cells = {
      risk: riskText(finding, screen),
      score: finding.score?.toFixed(1) ?? '',
      id: fit(visible(finding.id), columns.id),
      fix: fit(fixText(finding), columns.fix),
      title: columns.title === 0 ? '' : fit(titleText(finding), columns.title),
    };
    lines.push(row(style.severity(finding.severity, word) + blanks, cells, columns));
  }
  return lines;
}

/** `npm, only declared, layer 3/4: COPY app /srv/app`. */
function origin(finding: Vulnerability, report: Report): string {
  const layer = layerNumber(report, finding.layer);
  const command =
    layer === ''
      ? ''
      : shortCommand(report.image.layers.find((candidate) => candidate.diffId === finding.layer)?.createdBy ?? null);
  const source = finding.package.source === undefined ? '' : `, built from ${visible(finding.package.source)}`;
  const { confidence } = finding.package;
  const doubt = confidence === undefined ? '' : `, ${confidence === 'declared' ? 'only declared' : confidence}`;
  return [`${purlType(finding)}${source}${doubt}`, command === '' ? layer : `${layer}: ${command}`]
    .filter((part) => part !== '')
    .join(', ');
}

function purlType(finding: Vulnerability): string {
  const { purl } = finding.package;
  return visible(purl.slice('pkg:'.length, Math.max('pkg:'.length, purl.indexOf('/'))));
}

/** The package database of a distribution says nothing about one package; the folder of a library does. */
function placesText(finding: Vulnerability, width: number): string {
  const [first, ...more] = finding.locations;
  if (
    first === undefined ||
    finding.package.purl.startsWith('pkg:apk/') ||
    finding.package.purl.startsWith('pkg:deb/') ||
    finding.package.purl.startsWith('pkg:rpm/')
  ) {
    return '';
  }
  const rest = more.length === 0 ? '' : `, and ${counted(more.length, 'other place')}`;
  return `${fitEnd(visible(first.path), width - rest.length)}${rest}`;
}

/** `73.2 exploited`: somebody has seen it done; `73.2!` where there is little room. */
function riskText({ risk, signals = [] }: Vulnerability, { width }: Screen): string {
  const score = risk === undefined ? '' : risk.score.toFixed(1).padStart(5);
  return signals.some(({ kind }) => kind === 'known-exploited') ? `${score}${width < 80 ? '!' : ' exploited'}` : score;
}

function fixText(finding: Vulnerability): string {
  if (finding.malicious === true) {
    return 'MALICIOUS';
  }
  return finding.fixedIn === undefined ? WITHOUT_FIX[finding.state] : visible(finding.fixedIn);
}

/** Distributions without prose title their advisories `CVE-… in NAME`, which the row says already. */
function titleText(finding: Vulnerability): string {
  const { name, source } = finding.package;
  return finding.title === `${finding.id} in ${source ?? name}` ? '' : visible(finding.title);
}
