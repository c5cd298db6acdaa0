import { printJson } from '#base/json/print.ts';
import type { Report } from '#model/report.ts';

/** One report, as `docs/reference/report.md` describes it. */
export function renderJson(report: Report): string {
  return printJson(inOrder(report));
}

/** Reports of several platforms: an array. */
export function renderJsonList(reports: readonly Report[]): string {
  return printJson(reports.map(inOrder));
}

/** Members come in this order wherever they stand, others after them by name: the text depends on the values alone. */
const ORDER: readonly string[] = [
  'schemaVersion',
  'kind',
  'tool',
  'reference',
  'ecosystem',
  'index',
  'id',
  'name',
  'version',
  'type',
  'purl',
  'aliases',
  'severity',
  'difference',
  'declared',
  'found',
  'score',
  'ratings',
  'image',
  'os',
  'content',
  'files',
  'executables',
  'programs',
  'packages',
  'findings',
  'hiddenFindings',
  'covered',
  'exceptions',
  'vex',
  'unknowns',
  'package',
  'source',
  'architecture',
  'licenses',
  'diffId',
  'digest',
  'size',
  'createdBy',
  'platform',
  'platforms',
  'layers',
  'config',
  'path',
  'layer',
  'ownedBy',
  'locations',
  'fixedIn',
  'state',
  'title',
  'references',
  'advisories',
  'evidence',
  'declarations',
];

const RANKS: ReadonlyMap<string, number> = new Map(ORDER.map((name, rank) => [name, rank]));

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inOrder);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const members = Object.entries(value).toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  // Not an assignment: a label named __proto__ has to stay a label.
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]));
}

function rankOf(name: string): number {
  return RANKS.get(name) ?? ORDER.length;
}
