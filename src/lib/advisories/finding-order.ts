import { compareText } from '#base/compare.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';

/** By severity, package name, id, purl. */
export function compareFindings(a: Vulnerability, b: Vulnerability): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.package.name, b.package.name) ||
    compareText(a.id, b.id) ||
    compareText(a.package.purl, b.package.purl)
  );
}
