import type { Digest } from '#base/digest.ts';
import type { AdvisoryReference, Rating, Severity } from './advisory.ts';
import type { LifecycleRelease } from './lifecycle.ts';
import type { Confidence, PackageLocation } from './package.ts';
import type { Risk } from './risk.ts';
import type { Signal } from './signal.ts';

/** What is wrong with an image, or with what is said of it. */
export type Finding = Vulnerability | SbomMismatch | EndOfLife;

/** A vulnerability of one package version: (package version × alias group), never tied to one image. */
export interface Vulnerability {
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
  /** Every rating that the matched advisories hold, and behind them those of the NVD; the first one gave `severity`. */
  readonly ratings: readonly Rating[];
  readonly package: FindingPackage;
  /** Where the package is, first location first. */
  readonly locations: readonly PackageLocation[];
  readonly layer: Digest | null;
  /** The lowest version that repairs it in this package's ecosystem; absent when none is known. */
  readonly fixedIn?: string;
  readonly state: FindingState;
  /** When it became known: the earliest that the matched advisories say, ISO 8601 UTC; absent where none does. */
  readonly published?: string;
  readonly title: string;
  readonly references: readonly AdvisoryReference[];
  /** Ids of the advisories that matched, sorted. */
  readonly advisories: readonly string[];
  /** The package was made to do harm: no version of it in the range is wanted. */
  readonly malicious?: true;
  /** All that matched is for information: `unmaintained`, `unsound`, `notice`. */
  readonly informational?: string;
  /** What is known of its exploitation; absent when nobody was asked or nobody knows anything. */
  readonly signals?: readonly Signal[];
  /** See `docs/reference/risk.md`; absent when nothing was ranked. */
  readonly risk?: Risk;
}

export interface FindingPackage {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  /** The name the advisory uses, when it is the source package and not `name`. */
  readonly source?: string;
  /** As the package has it; absent for what is installed. */
  readonly confidence?: Confidence;
}

/** `fixed`: a version without it exists. `affected`: none is known. The rest is the source's word. */
export const FINDING_STATES = [
  'fixed',
  'affected',
  'will_not_fix',
  'deferred',
  'under_investigation',
  'end_of_life',
] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** The distribution, or a runtime, is past its end of life: nobody repairs what becomes known. */
export interface EndOfLife {
  readonly kind: 'end-of-life';
  /** `end-of-life/`, the product, a dash and its release: `end-of-life/debian-9`. */
  readonly id: string;
  readonly severity: Severity;
  /** Of a distribution its name and release, and no purl. */
  readonly package: FindingPackage;
  readonly locations: readonly PackageLocation[];
  readonly layer: Digest | null;
  readonly title: string;
  readonly lifecycle: LifecycleRelease;
}

/** What an SBOM document declares and what is in the image are not the same. */
export interface SbomMismatch {
  readonly kind: 'sbom-mismatch';
  /** `sbom-mismatch/` and the difference. */
  readonly id: string;
  /** `unknown` when a trusted signer vouches for the document: it cannot be shown not to matter. `low` when nobody does. */
  readonly severity: Severity;
  readonly difference: SbomDifference;
  /** As it is in the image, or as declared when it is not there; of a file its path as the name, and no purl and version. */
  readonly package: FindingPackage;
  /** Where that is in the image; empty when it is not there. */
  readonly locations: readonly PackageLocation[];
  readonly layer: Digest | null;
  readonly title: string;
  /** The version, or the digest of the file, that the document has; null when it has none. */
  readonly declared: string | null;
  /** The same of the image. */
  readonly found: string | null;
  /** Which document: an index into `declarations` of the report. */
  readonly document: number;
}

export const SBOM_DIFFERENCES = [
  /** Declared, and not in the image. */
  'absent',
  /** In the image, and not declared. */
  'undeclared',
  /** Declared with another version. */
  'version',
  /** A file with another content. */
  'hash',
] as const;
export type SbomDifference = (typeof SBOM_DIFFERENCES)[number];

export function isVulnerability(finding: Finding): finding is Vulnerability {
  return finding.kind === 'vulnerability';
}

export function isSbomMismatch(finding: Finding): finding is SbomMismatch {
  return finding.kind === 'sbom-mismatch';
}

export function isEndOfLife(finding: Finding): finding is EndOfLife {
  return finding.kind === 'end-of-life';
}
