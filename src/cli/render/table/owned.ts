import type { Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { counted, grouped, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

/** Packages that are named with what is covered of them; the rest is counted, and in the other formats. */
const SHOWN = 10;
/** Vulnerabilities that are named of each. */
const NAMED = 4;
const OWNERS_NAMED = 2;

/** What belongs to OS packages, and what does not count for that reason: not hidden, since a feed may list only what is repaired. */
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
  return [...wrap(`${text}${coveredText(report)}`, screen.width), ...coveredLines(report.covered.findings, screen)];
}

function isOwned({ locations }: Package): boolean {
  return locations.length > 0 && locations.every(({ ownedBy }) => ownedBy !== undefined);
}

function coveredText({ covered: { findings, unknowns } }: Report): string {
  const parts = [
    ...(findings.length === 0 ? [] : [counted(findings.length, 'vulnerability', 'vulnerabilities')]),
    ...(unknowns.length === 0 ? [] : [`${counted(unknowns.length, 'thing')} not known`]),
  ];
  const repaired =
    findings.length === 0 ? '' : ' Where these list only what is repaired, the following may still be open:';
  return parts.length === 0
    ? ''
    : ` ${parts.join(' and ')} of such files do not count, since the distribution's advisories speak for them; -o json lists them.${repaired}`;
}

function coveredLines(findings: readonly Vulnerability[], screen: Screen): readonly string[] {
  const groups = [...Map.groupBy(findings, (finding) => finding.package.purl).values()];
  const lines = groups.slice(0, SHOWN).flatMap((group) => groupLines(group, screen));
  const more = groups.length - SHOWN;
  return more > 0 ? [...lines, `  and ${counted(more, 'more package')}`] : lines;
}

/** `rack 2.2.6.4 is covered by ruby-rack: CVE-1, CVE-2 and 3 more`. */
function groupLines(group: readonly Vulnerability[], screen: Screen): readonly string[] {
  const [first] = group;
  if (first === undefined) {
    return [];
  }
  const owners = new Set(first.locations.flatMap(({ ownedBy }) => (ownedBy === undefined ? [] : [nameIn(ownedBy)])));
  const ids = group.slice(0, NAMED).map(({ id }) => visible(id));
  const more = group.length > NAMED ? ` and ${grouped(group.length - NAMED)} more` : '';
  const { name, version } = first.package;
  const text = `${visible(name)} ${visible(version)} is covered by ${[...owners].slice(0, OWNERS_NAMED).join(', ')}: ${ids.join(', ')}${more}`;
  return wrap(text, screen.width, '  ');
}

/** Of a purl that was written here: what stands before the version, behind the last slash. */
function nameIn(purl: string): string {
  const path = purl.split('?', 1)[0] ?? '';
  const at = path.indexOf('@');
  const location = at === -1 ? path : path.slice(0, at);
  return visible(location.slice(location.lastIndexOf('/') + 1));
}
