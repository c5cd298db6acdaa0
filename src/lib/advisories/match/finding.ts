import type { VersionScheme } from '#lib/versions/index.ts';
import type { AdvisoryReference, Rating } from '#model/advisory.ts';
import type { FindingState, Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import type { Match } from './evaluate.ts';
import { highest } from './evaluate.ts';
import type { VulnerabilityGroup } from './groups.ts';

const TITLE_CHARS = 160;

/** The source's words for a state that no version repairs. */
const STATES: ReadonlyMap<string, FindingState> = new Map([
  ['end-of-life', 'end_of_life'],
  ['end_of_life', 'end_of_life'],
  ['fix-not-planned', 'will_not_fix'],
  ['will_not_fix', 'will_not_fix'],
  ['will-not-fix', 'will_not_fix'],
  ['wont-fix', 'will_not_fix'],
  ['wontfix', 'will_not_fix'],
]);

/** Which rating decides, first to last: the source's word about the package, its word about the vulnerability, CVSS. */
const SCALES: readonly string[] = ['CVSS_V4', 'CVSS_V3', 'CVSS_V2', 'database_specific.cvss_score'];

/** One vulnerability of one package version as it is reported. */
export function toFinding(group: VulnerabilityGroup, item: Package, scheme: VersionScheme): Vulnerability {
  const ratings = rankRatings(group.matches);
  const [decisive] = ratings;
  const severity = decisive?.severity ?? 'unknown';
  const score = ratings.find((rating) => rating.severity === severity && rating.score !== undefined)?.score;
  const fixedIn = group.matches.reduce<string | null>((known, match) => highest(known, match.fixedIn, scheme), null);
  return {
    kind: 'vulnerability',
    id: group.id,
    aliases: group.aliases,
    severity,
    ...(score === undefined ? {} : { score }),
    ratings,
    package: {
      purl: item.purl,
      name: item.name,
      version: item.version,
      ...(item.source === undefined || item.source.name === item.name ? {} : { source: item.source.name }),
      ...(item.confidence === undefined ? {} : { confidence: item.confidence }),
    },
    locations: item.locations,
    layer: item.layer,
    ...(fixedIn === null ? {} : { fixedIn }),
    state: fixedIn === null ? stateOf(group.matches) : 'fixed',
    title: titleOf(group),
    references: referencesOf(group.matches),
    advisories: group.matches.map((match) => match.advisory.id),
  };
}

/** Ratings of the package come before those of the advisory, words before vectors, and what is unknown last. */
function rankRatings(matches: readonly Match[]): readonly Rating[] {
  const ranked: { readonly rank: number; readonly rating: Rating }[] = [];
  for (const { advisory, ratings } of matches) {
    ranked.push(...ratings.map((rating) => ({ rank: rankOf(rating), rating })));
    ranked.push(...advisory.ratings.map((rating) => ({ rank: rankOf(rating) + PACKAGE_FIRST, rating })));
  }
  return ranked.toSorted((a, b) => a.rank - b.rank).map((item) => item.rating);
}

const PACKAGE_FIRST = 10;
const UNRATED = 100;

function rankOf(rating: Rating): number {
  // Words have no place in SCALES and so come first.
  return SCALES.indexOf(rating.scale) + (rating.severity === 'unknown' ? UNRATED : 0);
}

function stateOf(matches: readonly Match[]): FindingState {
  for (const status of matches.flatMap((match) => match.statuses)) {
    const state = STATES.get(status);
    if (state !== undefined) {
      return state;
    }
  }
  return 'affected';
}

/** A summary of any of the advisories, else the first line of a description, else the id. */
function titleOf(group: VulnerabilityGroup): string {
  const advisories = group.matches.map((match) => match.advisory);
  const summary = advisories.map((advisory) => advisory.summary.trim()).find((text) => text !== '');
  const text = summary ?? advisories.map((advisory) => firstLine(advisory.details)).find((line) => line !== '');
  return shorten(text ?? group.id);
}

function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
}

function shorten(text: string): string {
  return text.length <= TITLE_CHARS
    ? text
    : `${text
        .slice(0, TITLE_CHARS - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

function referencesOf(matches: readonly Match[]): readonly AdvisoryReference[] {
  const byUrl = new Map<string, AdvisoryReference>();
  for (const reference of matches.flatMap((match) => match.advisory.references)) {
    if (!byUrl.has(reference.url)) {
      byUrl.set(reference.url, reference);
    }
  }
  return [...byUrl.values()];
}
