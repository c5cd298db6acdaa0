import type { Report } from '#model/report.ts';
import { advisoryLines } from './advisories.ts';
import { declarationLines } from './declarations.ts';
import { evidenceLines } from './evidence.ts';
import { exceptionLines, withoutExcepted } from './exceptions.ts';
import { findingLines } from './findings.ts';
import { gateLines } from './gate.ts';
import { headerLines } from './header.ts';
import { kernelHeaderLines } from './kernel-headers.ts';
import { lifecycleLines } from './lifecycle.ts';
import { ownedLines } from './owned.ts';
import { packageLines } from './packages.ts';
import type { Screen } from './screen.ts';
import { summaryLines } from './summary.ts';
import { unknownLines } from './unknowns.ts';
import { verdictLines } from './verdict.ts';

/** Narrower terminals get lines of this width all the same: below it the columns no longer make sense. */
const MIN_WIDTH = 60;

/** The screen for people: what is in the image, what is wrong with it, what is not known, and the answer last. */
export function renderTable(report: Report, screen: Screen): string {
  const wide = { ...screen, width: Math.max(MIN_WIDTH, screen.width) };
  const counting = withoutExcepted(report);
  const sections = [
    headerLines(report, wide),
    report.kind === 'inventory' ? packageLines(report, wide) : findingLines(counting, wide),
    exceptionLines(report, wide),
    ownedLines(report, wide),
    kernelHeaderLines(report, wide),
    lifecycleLines(report, wide),
    unknownLines(report, wide),
    advisoryLines(report, wide),
    evidenceLines(report, wide),
    declarationLines(report, wide),
    summaryLines(counting, wide),
    gateLines(report, wide),
    verdictLines(report, wide),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

export type { Screen } from './screen.ts';
