import { printJson } from '#base/json/print.ts';
import type { EvidenceTarget } from '#model/evidence.ts';
import type { GateDecision } from '#model/gate-verdict.ts';
import type { AttachedEvidence, JudgedPlatform, OwnEvidence, OwnEvidenceReport } from '#model/own-evidence-report.ts';
import type { Style } from './style.ts';
import { counted, visible } from './text.ts';

const LABEL = 12;

const NAMES: Readonly<Record<OwnEvidence, string>> = {
  cyclonedx: 'SBOM, CycloneDX',
  spdx: 'SBOM, SPDX',
  vulnerabilities: 'vulnerability report',
  vex: 'exceptions, OpenVEX',
  verdict: 'verdict',
  summary: 'verification summary',
};

const GATE_DECISIONS: Readonly<Record<GateDecision, { readonly word: string; readonly tone: 'good' | 'alarm' }>> = {
  pass: { word: 'PASSED', tone: 'good' },
  warn: { word: 'PASSED, WITH RESERVATIONS', tone: 'good' },
  refuse: { word: 'REFUSED', tone: 'alarm' },
  error: { word: 'NOT KNOWN', tone: 'alarm' },
};

export function renderOwnEvidenceJson(report: OwnEvidenceReport): string {
  return printJson(report);
}

/** What `attest --scan` says: the answer for every platform, what is attached to it, and what was left out. */
export function renderOwnEvidenceTable(report: OwnEvidenceReport, style: Style): string {
  const { image, by, format, environment, judged, attached, notes } = report;
  const indexes = new Map(
    attached.filter(({ subject }) => subject.kind === 'index').map(({ subject }) => [subject.digest, subject]),
  );
  const lines = [
    style.strong(visible(image.reference)),
    '',
    ...(by === null ? [] : [row('by', visible(by.name), style), row('', by.fingerprint, style)]),
    row('format', format, style),
    ...(environment === null ? [] : [row('environment', visible(environment), style)]),
    ...judged.flatMap((platform) => [
      '',
      ...judgedLines(platform, style),
      ...hanging(platform.subject, attached, style),
    ]),
    ...[...indexes.values()].flatMap((subject) => [
      '',
      row('index', subject.digest, style),
      ...hanging(subject, attached, style),
    ]),
    ...(notes.length === 0 ? [] : ['', ...notes.map(visible)]),
  ];
  return `${lines.join('\n')}\n`;
}

function judgedLines(
  { subject, findings, unknowns, decision, ...judged }: JudgedPlatform,
  style: Style,
): readonly string[] {
  const found = `${counted(findings, 'finding')}, ${counted(unknowns, 'unknown')}`;
  const head = row(visible(subject.platform ?? 'image'), subject.digest, style);
  if (decision === null) {
    return [head, row('', found, style)];
  }
  const { word, tone } = GATE_DECISIONS[decision];
  const until = judged.validUntil === null ? '' : ` (until ${judged.validUntil})`;
  return [
    head,
    row('', found, style),
    row('', style[tone](`${word}: ${judged.reasons.map(visible).join('; ')}${until}`), style),
    ...judged.exceptions.map(({ finding, package: purl, status, justification, explanation }) => {
      const why = justification ?? explanation;
      return row(
        '',
        `  ${visible(finding)} of ${visible(purl)}: ${status}${why === null ? '' : `, ${visible(why)}`}`,
        style,
      );
    }),
  ];
}

function hanging(subject: EvidenceTarget, attached: readonly AttachedEvidence[], style: Style): readonly string[] {
  return attached
    .filter((one) => one.subject.digest === subject.digest)
    .map(({ evidence, manifest }) => row('', `${style.good('✓')} ${NAMES[evidence].padEnd(21)} ${manifest}`, style));
}

function row(label: string, text: string, style: Style): string {
  return `${style.faint(label)}${' '.repeat(Math.max(1, LABEL - label.length))}${text}`;
}
