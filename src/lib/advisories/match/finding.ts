import type { VersionScheme } from '#lib/versions/index.ts';
import type { AdvisoryReference, Rating } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import type { Match } from './evaluate.ts';
import { highest } from './evaluate.ts';
import type { VulnerabilityGroup } from './groups.ts';
import { informationalWord, isMalicious, MALICIOUS_SCALE } from './kinds.ts';
import { stateOf } from './states.ts';

const TITLE_CHARS = 160;

/** Which rating decides, first to last: the source's word about the package, its word about the vulnerability, CVSS. */
const SCALES: readonly string[] = ['CVSS_V4', 'CVSS_V3', 'CVSS_V2', 'database_specific.cvss_score'];

/** One vulnerability of one package version as it is reported. */
export function toFinding(group: VulnerabilityGroup, item: Package, scheme: VersionScheme): Vulnerability {
  const malicious = group.matches.find(({ advisory }) => isMalicious(advisory));
  const informational = informationalWord(group.matches);
  const ratings = [...(malicious === undefined ? [] : [harmful(malicious)]), ...rankRatings(group.matches)];
  const rated = ratings[0]?.severity ?? 'unknown';
  const severity = rated === 'unknown' && informational !== null ? 'none' : rated;
  const score = ratings.find((rating) => rating.severity === severity && rating.score !== undefined)?.score;
  const fixedIn = group.matches.reduce<string | null>((known, match) => highest(known, match.fixedIn, scheme), null);
  const published = earliest(group.matches.flatMap(({ advisory }) => advisory.published ?? []));
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
    ...(published === null ? {} : { published }),
    title: malicious === undefined ? titleOf(group) : shorten(`Malicious package: ${titleOf(group)}`),
    references: referencesOf(group.matches),
    advisories: [...new Set(group.matches.map((match) => match.advisory.id))],
    ...(malicious === undefined ? {} : { malicious: true }),
    ...(informational === null ? {} : { informational }),
  };
}

const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** Of dates that strangers wrote, in one form; null where none is a date. */
function earliest(dates: readonly string[]): string | null {
  const times = dates.map((date) => Date.parse(date)).filter((time) => time >= 0 && time <= LAST_INSTANT);
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
}

/** Whoever made the package means harm: no scale of weaknesses has a word for that, and none is worse. */
function harmful({ advisory }: Match): Rating {
  return { severity: 'critical', scale: MALICIOUS_SCALE, source: advisory.id };
}

/** Ratings of the package come before those of the advisory, words before vectors, and what is unknown last. */
function rankRatings(matches: readonly Match[]): readonly Rating[] {
  const ranked: { readonly rank: number; readonly rating: Rating }[] = [];
  const rated = new Set<string>();
  for (const { advisory, ratings } of matches) {
    ranked.push(...ratings.map((rating) => ({ rank: rankOf(rating), rating })));
    // One advisory may match in several ecosystems of a distribution.
    if (!rated.has(advisory.id)) {
      rated.add(advisory.id);
      ranked.push(...advisory.ratings.map((rating) => ({ rank: rankOf(rating) + PACKAGE_FIRST, rating })));
    }
  }
  return ranked.toSorted((a, b) => a.rank - b.rank).map((item) => item.rating);
}

const PACKAGE_FIRST = 10;
const UNRATED = 100;

function rankOf(rating: Rating): number {
  // Words have no place in SCALES and so come first.
  return SCALES.indexOf(rating.scale) + (rating.severity === 'unknown' ? UNRATED : 0);
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
