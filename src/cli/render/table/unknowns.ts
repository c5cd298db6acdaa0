import type { Report } from '#model/report.ts';
import { hidesFindings, type Unknown, type UnknownKind } from '#model/unknown.ts';
import { counted, fitEnd, grouped, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';
import { layerNumber } from './screen.ts';

const TITLES: Readonly<Record<UnknownKind, string>> = {
  integrity: 'Content that is not what its digest says, or is missing',
  unreadable: 'Files that could not be read',
  'no-package-database': 'No package database',
  version: 'Packages whose version cannot be compared',
  distribution: 'Files that contradict each other on the distribution',
  'no-advisories': 'No advisories to match with',
  'stale-advisories': 'Advisories that may be out of date',
  'incomplete-advisories': 'Advisories that could not be read',
  'stale-signals': 'What is known of exploitation may be out of date',
  'incomplete-sbom': 'What the document leaves open',
};

/** Per kind; the rest is counted, and in the other formats. */
const SHOWN = 10;

/** What could not be read, verified or matched: its own section, so that it cannot pass for a detail. */
export function unknownLines(report: Report, screen: Screen): readonly string[] {
  const { unknowns, kind } = report;
  if (unknowns.length === 0) {
    return [];
  }
  const what = kind === 'scan' ? 'vulnerability' : 'package';
  const hiding = unknowns.filter(hidesFindings).length;
  const heading =
    hiding === 0
      ? `NOT KNOWN: ${counted(unknowns.length, 'thing')} that could raise the risk of what was found`
      : `NOT KNOWN: ${counted(hiding, 'thing')} that could hide a ${what}`;
  return [screen.style.alarm(heading), ...byKind(unknowns).flatMap((group) => groupLines(group, report, screen))];
}

function byKind(unknowns: readonly Unknown[]): readonly (readonly [UnknownKind, readonly Unknown[]])[] {
  const groups = new Map<UnknownKind, Unknown[]>();
  for (const unknown of unknowns) {
    const group = groups.get(unknown.kind);
    if (group === undefined) {
      groups.set(unknown.kind, [unknown]);
    } else {
      group.push(unknown);
    }
  }
  return [...groups];
}

function groupLines(
  [kind, unknowns]: readonly [UnknownKind, readonly Unknown[]],
  report: Report,
  screen: Screen,
): readonly string[] {
  const count = unknowns.length === 1 ? '' : ` (${grouped(unknowns.length)})`;
  const [first = '', ...rest] = wrap(TITLES[kind] + count, screen.width - 2);
  const more = rest.map((line) => `  ${screen.style.strong(line)}`);
  const lines = ['', `${screen.style.alarm('?')} ${screen.style.strong(first)}`, ...more];
  for (const unknown of unknowns.slice(0, SHOWN)) {
    lines.push(...unknownText(unknown, report, screen.width));
  }
  if (unknowns.length > SHOWN) {
    lines.push(`    and ${grouped(unknowns.length - SHOWN)} more; -o json has them all`);
  }
  return lines;
}

function unknownText(unknown: Unknown, report: Report, width: number): readonly string[] {
  const layer = layerNumber(report, unknown.layer);
  const place = unknown.path === null ? '' : fitEnd(visible(unknown.path), width - 20);
  const where = place === '' ? layer : layer === '' ? place : `${place} (${layer})`;
  return wrap(where === '' ? visible(unknown.reason) : `${where}: ${visible(unknown.reason)}`, width, '    ');
}
