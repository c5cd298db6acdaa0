import type { CheckedPolicies } from '#assess/index.ts';
import type { Style } from './style.ts';
import { counted, visible } from './text.ts';

export interface CheckScreen {
  readonly json: boolean;
  readonly style: Style;
}

/** The screen of `policy check`: a line for each issue, as compilers write them, and how many there are. */
export function renderPolicyCheck({ documents, issues }: CheckedPolicies, { json, style }: CheckScreen): string {
  const errors = issues.filter(({ severity }) => severity === 'error').length;
  const warnings = issues.length - errors;
  if (json) {
    return `${JSON.stringify({ schemaVersion: '1.0', documents, errors, warnings, issues }, null, 2)}\n`;
  }
  const lines = issues.map(({ file, line, column, severity, place, message, code }) => {
    const at = line === 0 ? visible(file) : `${visible(file)}:${line}:${column}`;
    const word = style.severity(severity === 'error' ? 'critical' : 'medium', severity);
    const where = place === '' ? '' : ` ${style.faint(`(${visible(place)})`)}`;
    return `${at}: ${word}: ${visible(message)}${where} ${style.faint(`[${code}]`)}`;
  });
  const { Policy: policies, Environment: environments, Exception: exceptions, Source: sources } = documents;
  const read = [
    counted(policies, 'policy', 'policies'),
    counted(environments, 'environment'),
    counted(exceptions, 'exception'),
    counted(sources, 'source'),
  ].join(', ');
  const verdict =
    issues.length === 0 ? 'nothing is wrong' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  return [...lines, `${read}: ${style.strong(verdict)}`, ''].join('\n');
}
