import type { Fields } from '../../fields.ts';
import type { ReportedVulnerability } from '../predicate.ts';

/**
 * The report of Plimsoll (`docs/reference/report.md`), version 1 of its schema; null for reports of other scanners. Throws
 * `PREDICATE_INVALID` where it is Plimsoll's and cannot be read.
 */
export function readPlimsollResult(result: Fields): readonly ReportedVulnerability[] | null {
  const tool = result.value('tool');
  const version = result.value('schemaVersion');
  // An inventory was matched with nothing, and a report of which findings were left out says nothing of these.
  if (
    !isOurs(tool) ||
    typeof version !== 'string' ||
    !version.startsWith('1.') ||
    result.value('kind') !== 'scan' ||
    result.value('hiddenFindings') !== 0
  ) {
    return null;
  }
  return result.items('findings').map((finding) => {
    return { id: finding.text('id'), severities: [{ method: 'plimsoll', score: finding.text('severity') }] };
  });
}

function isOurs(tool: unknown): boolean {
  return (
    typeof tool === 'object' && tool !== null && Object.getOwnPropertyDescriptor(tool, 'name')?.value === 'plimsoll'
  );
}
