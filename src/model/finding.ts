import type { Digest } from '#base/digest.ts';
import type { AdvisoryReference, Rating, Severity } from './advisory.ts';
import type { PackageLocation } from './package.ts';

/** A vulnerability of one package version: (package version × alias group), never tied to one image. */
export interface Finding {
  readonly kind: 'vulnerability';
  /** The CVE where one exists, else the smallest of the names that the advisories use. */
  readonly id: string;
  /**
   * Every other name of the same vulnerability, sorted; among them the ids of the advisories that matched, but for
   * advisories of several vulnerabilities: their id names none of them.
   */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly score?: number;
  /** Every rating that the matched advisories hold; the first one gave `severity`. */
  readonly ratings: readonly Rating[];
  readonly package: FindingPackage;
  /** Where the package is, first location first. */
  readonly locations: readonly PackageLocation[];
  readonly layer: Digest | null;
  /** The lowest version that repairs it in this package's ecosystem; absent when none is known. */
  readonly fixedIn?: string;
  readonly state: FindingState;
  readonly title: string;
  readonly references: readonly AdvisoryReference[];
  /** Ids of the advisories that matched, sorted. */
  readonly advisories: readonly string[];
}

export interface FindingPackage {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  /** The name the advisory uses, when it is the source package and not `name`. */
  readonly source?: string;
}

/** `fixed`: a version without it exists. `affected`: none is known. The rest is the source's word. */
export type FindingState = 'fixed' | 'affected' | 'will_not_fix' | 'end_of_life';
