import type { Severity } from '#model/advisory.ts';

/** How the parts of a screen are set off. Every function returns its text with the same visible characters. */
export interface Style {
  strong(text: string): string;
  /** What a reader may skip. */
  faint(text: string): string;
  /** What must not be overlooked. */
  alarm(text: string): string;
  good(text: string): string;
  severity(severity: Severity, text: string): string;
}

export function createStyle(colours: boolean): Style {
  return colours ? colourStyle : plainStyle;
}

/** For files, pipes and `--no-color`. */
const plainStyle: Style = {
  strong: asIs,
  faint: asIs,
  alarm: asIs,
  good: asIs,
  severity: (_, text) => text,
};

/** SGR codes of ECMA-48 out of the sixteen colours, which every terminal maps to its own light or dark palette. */
const SEVERITY_CODES: Readonly<Record<Severity, string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '36',
  none: '2',
  unknown: '35',
};

const colourStyle: Style = {
  strong: (text) => sgr('1', text),
  faint: (text) => sgr('2', text),
  alarm: (text) => sgr('1;33', text),
  good: (text) => sgr('32', text),
  severity: (severity, text) => sgr(SEVERITY_CODES[severity], text),
};

function asIs(text: string): string {
  return text;
}

function sgr(code: string, text: string): string {
  return text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`;
}
