import type { VersionScheme } from '#lib/versions/index.ts';
import type { Advisory, Affected, Rating } from '#model/advisory.ts';
import { evaluateRange } from './ranges.ts';

/** One advisory that applies to a package version, all it says of that package taken together. */
export interface Match {
  readonly advisory: Advisory;
  /** Ratings for this package; the advisory's own are in the advisory. */
  readonly ratings: readonly Rating[];
  /** A version to which the advisory does not apply any more; null when it names none. */
  readonly fixedIn: string | null;
  readonly statuses: readonly string[];
}

export type Evaluation =
  | { readonly kind: 'affected'; readonly match: Match }
  | { readonly kind: 'unaffected' }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Schemes {
  readonly own: VersionScheme;
  /** For ranges of type SEMVER, which follow semantic versioning in every ecosystem. */
  readonly semver: VersionScheme;
}

/**
 * Whether one advisory applies to a version. `rows` is what it says of the package; a record may name a package more than
 * once. What cannot be compared makes the answer unknown unless another range or listed version shows it affected.
 */
export function evaluateAdvisory(
  advisory: Advisory,
  rows: readonly Affected[],
  version: string,
  schemes: Schemes,
): Evaluation {
  const result = evaluateRows(advisory, rows, version, schemes);
  if (result.kind !== 'affected') {
    return result;
  }
  return { kind: 'affected', match: { ...result.match, fixedIn: repairedIn(result.match, rows, schemes) } };
}

/** Real advisories need one or two steps. */
const MAX_STEPS = 16;

/** The end of one range may lie in another, or be on the list of affected versions: then the next end is tried. */
function repairedIn({ advisory, fixedIn }: Match, rows: readonly Affected[], schemes: Schemes): string | null {
  let candidate = fixedIn;
  for (let step = 0; step < MAX_STEPS && candidate !== null; step += 1) {
    const result = evaluateRows(advisory, rows, candidate, schemes);
    if (result.kind !== 'affected') {
      return candidate;
    }
    candidate = result.match.fixedIn;
  }
  return null;
}

function evaluateRows(advisory: Advisory, rows: readonly Affected[], version: string, schemes: Schemes): Evaluation {
  const applying: Affected[] = [];
  let fixedIn: string | null = null;
  let unknown: string | null = null;
  for (const row of rows) {
    const result = evaluateRow(row, version, schemes);
    if (result.kind === 'unknown') {
      unknown ??= result.reason;
    } else if (result.kind === 'affected') {
      applying.push(row);
      fixedIn = highest(fixedIn, result.fixedIn, schemes.own);
    }
  }
  if (applying.length > 0) {
    const ratings = applying.flatMap((row) => row.ratings);
    const statuses = applying.flatMap((row) => (row.status === undefined ? [] : [row.status]));
    return { kind: 'affected', match: { advisory, ratings, fixedIn, statuses } };
  }
  return unknown === null ? { kind: 'unaffected' } : { kind: 'unknown', reason: unknown };
}

/** The higher of two versions; the first when the scheme cannot say, and whichever there is when one is null. */
export function highest(a: string | null, b: string | null, scheme: VersionScheme): string | null {
  if (a === null || b === null) {
    return a ?? b;
  }
  const compared = scheme.compare(a, b);
  return compared.ok && compared.order < 0 ? b : a;
}

type RowResult =
  | { readonly kind: 'affected'; readonly fixedIn: string | null }
  | { readonly kind: 'unaffected' }
  | { readonly kind: 'unknown'; readonly reason: string };

function evaluateRow(row: Affected, version: string, schemes: Schemes): RowResult {
  const schemeOf = (type: 'ECOSYSTEM' | 'SEMVER'): VersionScheme => (type === 'SEMVER' ? schemes.semver : schemes.own);
  let affected = false;
  let fixedIn: string | null = null;
  let unknown: string | null = null;
  for (const range of row.ranges) {
    const result = evaluateRange(range, version, schemeOf(range.type));
    if (result.kind === 'unknown') {
      unknown ??= result.reason;
    } else if (result.kind === 'affected') {
      affected = true;
      fixedIn = highest(fixedIn, result.fixedIn, schemes.own);
    }
  }
  if (affected || isListed(row.versions, version, schemes.own)) {
    return { kind: 'affected', fixedIn };
  }
  if (row.ranges.length === 0 && row.versions.length === 0) {
    return { kind: 'unknown', reason: 'it names no version of the package, only commits or nothing' };
  }
  if (row.versions.length > 0 && !schemes.own.isValid(version)) {
    const compared = schemes.own.compare(version, version);
    unknown ??= compared.ok ? null : compared.reason;
  }
  return unknown === null ? { kind: 'unaffected' } : { kind: 'unknown', reason: unknown };
}

/** By text, or equal in the ecosystem's order; a listed version that is none of its scheme equals nothing else. */
function isListed(versions: readonly string[], version: string, scheme: VersionScheme): boolean {
  if (versions.includes(version)) {
    return true;
  }
  const against = scheme.against(version);
  return versions.some((listed) => {
    const compared = against(listed);
    return compared.ok && compared.order === 0;
  });
}
