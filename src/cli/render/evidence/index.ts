import { printJson } from '#base/json/print.ts';
import type { EvidenceReport, EvidenceTarget } from '#model/evidence.ts';
import type { Screen } from '../table/screen.ts';
import { columnsOf, counted, fit, pad, visible, wrap } from '../text.ts';
import { problemLines } from './problems.ts';
import { treeLines } from './tree.ts';
import { answerLines, ruleLines } from './verification.ts';

/** Narrower terminals get lines of this width all the same. */
const MIN_WIDTH = 60;

/** With a label of this width a SHA-256 digest fits into 80 columns whole. */
const LABEL = 9;

/** Of a platform, which an index may call anything. */
const MAX_LABEL = 24;

export function renderEvidenceJson(report: EvidenceReport): string {
  return printJson(report);
}

/** The screen of `verify` (rule by rule) and of `evidence` (a tree of all that hangs on the image); the answer last. */
export function renderEvidenceTable(report: EvidenceReport, screen: Screen): string {
  const wide = { ...screen, width: Math.max(MIN_WIDTH, screen.width) };
  const sections = [
    headerLines(report, wide),
    report.kind === 'evidence' ? treeLines(report, wide) : ruleLines(report, wide),
    problemLines(report, wide),
    answerLines(report, wide),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headerLines({ image, trust, evidence, content }: EvidenceReport, screen: Screen): readonly string[] {
  const labels = image.subjects.map(subjectLabel);
  const column = Math.max(LABEL, ...labels.map((label) => columnsOf(label) + 1));
  const row = (label: string, text: string): readonly string[] => {
    const [first = '', ...more] = wrap(text, screen.width, ' '.repeat(column));
    return [screen.style.faint(label) + first.slice(columnsOf(label)), ...more];
  };
  const kept = content === 'cached' ? '; from an earlier acceptance, nothing was read again' : '';
  return [
    screen.style.strong(fit(visible(image.reference), screen.width)),
    '',
    // Digests are there to be copied: one that does not fit is longer than the screen, and not cut.
    ...image.subjects.map(({ digest }, at) => screen.style.faint(pad(labels[at] ?? '', column)) + digest),
    ...row('trust', trust === null ? 'no configuration: nobody is trusted' : visible(trust.name)),
    ...row('evidence', `${foundText(evidence)}${kept}`),
  ];
}

function subjectLabel({ kind, platform }: EvidenceTarget): string {
  return kind === 'index' ? 'index' : platform === null ? 'image' : fit(visible(platform), MAX_LABEL);
}

/** `2 signatures and 3 attestations, 1 of them unsigned`. */
function foundText(evidence: EvidenceReport['evidence']): string {
  const signatures = evidence.filter(({ kind }) => kind === 'signature').length;
  const attestations = evidence.length - signatures;
  const parts = [
    ...(signatures === 0 ? [] : [counted(signatures, 'signature')]),
    ...(attestations === 0 ? [] : [counted(attestations, 'attestation')]),
  ];
  const unsigned = evidence.filter(({ signed }) => !signed).length;
  return `${parts.join(' and ') || 'none found'}${unsigned === 0 ? '' : `, ${unsigned} of them unsigned`}`;
}
