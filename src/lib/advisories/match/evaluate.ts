import type { VersionScheme } from '#lib/versions/index.ts';
import type { AdvisedState, Advisory, Affected, Rating } from '#model/advisory.ts';
import { evaluateRange } from './ranges.ts';
import type { RangeTrace, RowTrace, Trace } from './trace.ts';

/** One advisory that applies to a package version, all it says of that package taken together. */
export interface Match {
  readonly advisory: Advisory;
  /** The ecosystem in which it says so, with its release. */
  readonly ecosystem: string;
  /** Ratings for this package; the advisory's own are in the advisory. */
  readonly ratings: readonly Rating[];
  /** A version to which the advisory does not apply any more; null when it names none. */
  readonly fixedIn: string | null;
  readonly statuses: readonly string[];
  /** What the rows that apply say of the state, where they say anything. */
  readonly states: readonly AdvisedState[];
  /** The word of an advisory that is all for information, as its rows have it. */
  readonly informational: string | null;
}

export type Evaluation =
  | { readonly kind: 'affected'; readonly match: Match }
  /** The source says of this very version that it is not affected, which other advisories of the same source may not know. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'unaffected' }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Schemes {
  readonly own: VersionScheme;
  /** For ranges of type SEMVER, which follow semantic versioning in every ecosystem. */
  readonly semver: VersionScheme;
}

/**
 * Whether one advisory applies to a version. `rows` is what it says of the package in one ecosystem; a record may name a package
 * more than once. What cannot be compared makes the answer unknown unless another range or listed version shows it affected.
 */
export function evaluateAdvisory(
  advisory: Advisory,
  rows: readonly Affected[],
  version: string,
  schemes: Schemes,
  trace?: Trace,
): Evaluation {
  const result = evaluateRows(advisory, rows, version, schemes, trace);
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

function evaluateRows(
  advisory: Advisory,
  rows: readonly Affected[],
  version: string,
  schemes: Schemes,
  trace?: Trace,
): Evaluation {
  const applying: Affected[] = [];
  let fixedIn: string | null = null;
  let unknown: string | null = null;
  for (const row of rows) {
    const result = evaluateRow(row, version, schemes, trace && traceOf(trace, row));
    if (result.kind === 'unknown') {
      unknown ??= result.reason;
    } else if (result.kind === 'affected') {
      applying.push(row);
      fixedIn = highest(fixedIn, result.fixedIn, schemes.own);
    }
  }
  const [first] = applying;
  if (first !== undefined) {
    return applying.some(({ state }) => state === 'not_affected')
      ? { kind: 'denied' }
      : { kind: 'affected', match: matchOf(advisory, first, applying, fixedIn) };
  }
  return unknown === null ? { kind: 'unaffected' } : { kind: 'unknown', reason: unknown };
}

function matchOf(advisory: Advisory, first: Affected, rows: readonly Affected[], fixedIn: string | null): Match {
  return {
    advisory,
    ecosystem: first.ecosystem,
    ratings: rows.flatMap((row) => row.ratings),
    fixedIn,
    statuses: rows.flatMap(({ status }) => (status === undefined ? [] : [status])),
    states: rows.flatMap(({ state }) => (state === undefined ? [] : [state])),
    informational: rows.every((row) => row.informational !== undefined) ? (first.informational ?? null) : null,
  };
}

function traceOf(trace: Trace, row: Affected): RowTrace {
  const traced: RowTrace = { row, ranges: [], listed: null };
  trace.rows.push(traced);
  return traced;
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

function evaluateRow(row: Affected, version: string, schemes: Schemes, trace?: RowTrace): RowResult {
  const schemeOf = (type: 'ECOSYSTEM' | 'SEMVER'): VersionScheme => (type === 'SEMVER' ? schemes.semver : schemes.own);
  let affected = false;
  let fixedIn: string | null = null;
  let unknown: string | null = null;
  for (const range of row.ranges) {
    const result = evaluateRange(range, version, schemeOf(range.type), trace && rangeTraceOf(trace, range));
    if (result.kind === 'unknown') {
      unknown ??= result.reason;
    } else if (result.kind === 'affected') {
      affected = true;
      fixedIn = highest(fixedIn, result.fixedIn, schemes.own);
    }
  }
  const listed = isListed(row.versions, version, schemes.own);
  if (trace !== undefined && row.versions.length > 0) {
    trace.listed = listed;
  }
  if (affected || listed) {
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

function rangeTraceOf(trace: RowTrace, { type }: Affected['ranges'][number]): RangeTrace {
  const traced: RangeTrace = { type, bounds: [], affected: null };
  trace.ranges.push(traced);
  return traced;
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
