import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { counted, grouped, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

/** What belongs to OS packages, and what does not count for that reason: it is in the other formats. */
export function ownedLines(report: Report, screen: Screen): readonly string[] {
  const owned = report.packages.filter(isOwned);
  if (owned.length === 0) {
    return [];
  }
  const types = Map.groupBy(owned, ({ type }) => type);
  const parts = [...types].map(([type, { length }]) => `${grouped(length)} ${type}`);
  const last = parts.pop() ?? '';
  const listed = parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
  const text = `${listed} ${owned.length === 1 ? 'package belongs' : 'packages belong'} to OS packages.`;
  return wrap(`${text}${coveredText(report)}`, screen.width);
}

function isOwned({ locations }: Package): boolean {
  return locations.length > 0 && locations.every(({ ownedBy }) => ownedBy !== undefined);
}

function coveredText({ covered: { findings, unknowns } }: Report): string {
  const parts = [
    ...(findings.length === 0 ? [] : [counted(findings.length, 'vulnerability', 'vulnerabilities')]),
    ...(unknowns.length === 0 ? [] : [`${counted(unknowns.length, 'thing')} not known`]),
  ];
  return parts.length === 0
    ? ''
    : ` ${parts.join(' and ')} of such files do not count, since the distribution's advisories speak for them; -o json lists them.`;
}
