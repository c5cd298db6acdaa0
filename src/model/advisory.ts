/** How bad, in the words that every source is mapped to. `unknown`: nobody has rated it. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'none', 'unknown'];

/** A rating with where it comes from. */
export interface Rating {
  readonly severity: Severity;
  /** CVSS base score, 0 to 10. */
  readonly score?: number;
  /** `CVSS_V3`, `CVSS_V4`, `CVSS_V2`, or the source's own scale (`database_specific.severity`). */
  readonly scale: string;
  readonly vector?: string;
  /** Id of the advisory that holds the rating; of those of the NVD who gave it. */
  readonly source: string;
}

/** One record of a feed (OSV schema 1.7), reduced to what matching and reporting need. */
export interface Advisory {
  readonly id: string;
  readonly aliases: readonly string[];
  /** Vulnerabilities that this record derives from; a distribution's advisory may name many. */
  readonly upstream: readonly string[];
  readonly summary: string;
  readonly details: string;
  /** ISO 8601, UTC. */
  readonly modified: string;
  readonly published?: string;
  readonly withdrawn?: string;
  readonly ratings: readonly Rating[];
  readonly references: readonly AdvisoryReference[];
}

export interface AdvisoryReference {
  readonly type: string;
  readonly url: string;
}

/** What one advisory says of one package of one ecosystem. */
export interface Affected {
  readonly advisory: Advisory;
  /** With its suffix: `Alpine:v3.10`, `Debian:12`, `npm`. */
  readonly ecosystem: string;
  readonly name: string;
  readonly ranges: readonly AffectedRange[];
  /** Versions listed one by one. */
  readonly versions: readonly string[];
  /** Ratings that hold for this package only; they come before the advisory's own. */
  readonly ratings: readonly Rating[];
  /** The source's own word for the state where it has one: `end-of-life`, `unfixed`, `fix-not-planned`. */
  readonly status?: string;
  /** What that word means, where the provider knows; the source speaks of the versions in `ranges` and `versions` alone. */
  readonly state?: AdvisedState;
  /** Holds only for packages of this module stream, `name:stream` (rpm). */
  readonly module?: string;
  /** Holds only for packages of these architectures, as the package database writes them. */
  readonly architectures?: readonly string[];
  /** Where `name` is a source package: holds only for these packages that are built from it, sorted. */
  readonly binaries?: readonly string[];
  /** Not a vulnerability but something to know: `unmaintained`, `unsound`, `notice`. */
  readonly informational?: string;
}

/** What a source says of a package: affected, and what will be done about it, or `not_affected`. */
export const ADVISED_STATES = [
  'affected',
  'fixed',
  'will_not_fix',
  'deferred',
  'under_investigation',
  'end_of_life',
  'not_affected',
] as const;
export type AdvisedState = (typeof ADVISED_STATES)[number];

/** OSV schema, `affected[].ranges[]`; git ranges are left out when the feed is read. */
export interface AffectedRange {
  readonly type: 'ECOSYSTEM' | 'SEMVER';
  readonly events: readonly RangeEvent[];
}

export type RangeEvent =
  | { readonly introduced: string }
  | { readonly fixed: string }
  | { readonly last_affected: string }
  | { readonly limit: string };
