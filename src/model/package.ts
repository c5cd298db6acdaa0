import type { Digest } from '#base/digest.ts';

/** The purl type of a package (purl specification, purl-types-index). */
export type PackageType = 'apk' | 'deb' | 'golang' | 'npm' | 'pypi';

/** A package as a cataloger finds it in one file of one layer. Plain data: it is stored with the layer's facts. */
export interface PackageRecord {
  readonly type: PackageType;
  /** The name as the ecosystem writes it: `@scope/name` for npm, the module path for Go, the PEP 503 form for Python. */
  readonly name: string;
  /** Empty when the source has none; the matcher turns that into an unknown. */
  readonly version: string;
  /** The source package that distributions publish advisories for (Debian `Source`, Alpine `o:`). */
  readonly source?: PackageSource;
  readonly architecture?: string;
  /** SPDX expressions or the source's own licence texts, as written. */
  readonly licenses: readonly string[];
}

/** As much of a record as it takes to write a purl. */
export type NamedPackage = Omit<PackageRecord, 'licenses'>;

export interface PackageSource {
  readonly name: string;
  readonly version: string;
}

/** A package of the squashed image. */
export interface Package {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly source?: PackageSource;
  readonly architecture?: string;
  readonly licenses: readonly string[];
  /** The diffID of the layer that brought it in; null when the image is a folder and has no layers. */
  readonly layer: Digest | null;
  /** The files that say it is there: a database, a manifest, a binary. */
  readonly locations: readonly PackageLocation[];
  /** The id of the cataloger that found it. */
  readonly cataloger: string;
}

export interface PackageLocation {
  /** Absolute, in the squashed view. */
  readonly path: string;
  readonly layer: Digest | null;
  /** The purl of the OS package that the file belongs to. */
  readonly ownedBy?: string;
}

/** The distribution, from os-release(5). */
export interface OsRelease {
  /** `ID`, lower case: `alpine`, `debian`. Empty when the file has none. */
  readonly id: string;
  readonly versionId?: string;
  readonly versionCodename?: string;
  readonly idLike: readonly string[];
  readonly name?: string;
  readonly prettyName?: string;
}
