import { printJson } from '#base/json/print.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import type { Screen } from '../table/screen.ts';
import { counted, fit, visible, wrap } from '../text.ts';
import { problemLines } from './problems.ts';
import { treeLines } from './tree.ts';
import { answerLines, ruleLines } from './verification.ts';

/** Narrower terminals get lines of this width all the same. */
const MIN_WIDTH = 60;

/** With a label of this width a SHA-256 digest fits into 80 columns whole. */
const LABEL = 9;

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
  const row = (label: string, text: string): readonly string[] => {
    const [first = '', ...more] = wrap(text, screen.width, ' '.repeat(LABEL));
    return [screen.style.faint(label) + first.slice(label.length), ...more];
  };
  const signed = evidence.filter((item) => item.signed).length;
  const kept = content === 'cached' ? '; taken from an earlier run, nothing was read again' : '';
  return [
    screen.style.strong(fit(visible(image.reference), screen.width)),
    '',
    ...image.subjects.flatMap(({ kind, digest, platform }) =>
      row(kind === 'index' ? 'index' : platform === null ? 'image' : fit(visible(platform), LABEL - 1), digest),
    ),
    ...row('trust', trust === null ? 'no configuration: nobody is trusted' : visible(trust.name)),
    ...row('evidence', `${counted(evidence.length, 'thing')} found, ${signed} signed${kept}`),
  ];
}
