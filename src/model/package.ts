import type { Digest } from '#base/digest.ts';

/**
 * The types of packages of an operating system's own database, by their purl type (purl specification, purl-types-index;
 * `ebuild`, `flatpak`, `nix`, `opkg` and `snap` are not in it yet, and are what other tools write).
 */
export const SYSTEM_PACKAGE_TYPES = ['alpm', 'apk', 'deb', 'ebuild', 'flatpak', 'nix', 'opkg', 'rpm', 'snap'] as const;

/** Those of languages, of what is built from source, and of models (`pear`, `terraform`, `wordpress-plugin` and `wordpress-theme` are not in the index either). */
const OTHER_PACKAGE_TYPES = [
  'cargo',
  'cocoapods',
  'composer',
  'conan',
  'conda',
  'cpan',
  'cran',
  'gem',
  'generic',
  'github',
  'golang',
  'hackage',
  'hex',
  'huggingface',
  'julia',
  'luarocks',
  'maven',
  'npm',
  'nuget',
  'opam',
  'otp',
  'pear',
  'pub',
  'pypi',
  'swift',
  'terraform',
  'vcpkg',
  'wordpress-plugin',
  'wordpress-theme',
] as const;

/** All that catalogers find. */
export const PACKAGE_TYPES = [...SYSTEM_PACKAGE_TYPES, ...OTHER_PACKAGE_TYPES] as const;
export type PackageType = (typeof PACKAGE_TYPES)[number];

/** A package as a cataloger finds it in one file of one layer. Plain data: it is stored with the layer's facts. */
export interface PackageRecord {
  readonly type: PackageType;
  /**
   * The name as the ecosystem writes it: `@scope/name` for npm, the module path for Go, the PEP 503 form for Python, `category/name` for
   * Portage, `group:artifact` for Maven (the artifact alone where nobody says the group), `vendor/name` for Composer, `channel/name` for PEAR.
   */
  readonly name: string;
  /** Empty when the source has none; the matcher turns that into an unknown. For rpm `[epoch:]version-release`. */
  readonly version: string;
  /** The source package that distributions publish advisories for (Debian `Source`, Alpine `o:`). */
  readonly source?: PackageSource;
  /** Of a gem its platform: `java`, `x86_64-linux`. */
  readonly architecture?: string;
  /** Who made it, as the database says: rpm `Vendor`, dpkg `Maintainer`, pacman `%PACKAGER%`. */
  readonly vendor?: string;
  /** The module that it is part of, `name:stream:version:context` (rpm tag 5096). */
  readonly module?: string;
  /** Names of packages and other capabilities that it needs to be there, without versions; of alternatives all. */
  readonly requires?: readonly string[];
  /** What it counts as for `requires` of others, besides its name. */
  readonly provides?: readonly string[];
  /** When its last file was published, ISO 8601 UTC, as its registry said to whoever wrote the file. */
  readonly released?: string;
  /** The URL that it was got from, as `originUrl` gives it. */
  readonly origin?: string;
  /** SPDX expressions or the source's own licence texts, as written. */
  readonly licenses: readonly string[];
  /** What its package URL has besides: `uuid` (Julia), `channel` and `subdir` (conda), `classifier` and `type` (Maven). */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** Absent for what is installed. */
  readonly confidence?: Confidence;
  /** CPE 2.3, where one is certain. */
  readonly cpe?: string;
  /** Where it is inside the file that was read: `BOOT-INF/lib/a.jar`, and `!/` before each archive in that. */
  readonly within?: string;
}

/** `declared`: a lock file or manifest asks for it, and nothing shows that it is there. `inferred`: its bytes or its name are known to be its. */
export const CONFIDENCES = ['declared', 'inferred'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** As much of a record as it takes to write a purl. */
export type NamedPackage = Pick<
  PackageRecord,
  'type' | 'name' | 'version' | 'source' | 'architecture' | 'module' | 'qualifiers'
>;

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
  readonly vendor?: string;
  readonly module?: string;
  /** The vendor whose package it is, where that is not the distribution: its advisories do not speak for it. */
  readonly thirdParty?: string;
  /** The purls of the packages of its database that it needs, sorted: those that provide what its record `requires`. */
  readonly dependsOn?: readonly string[];
  /** Of the package as a whole, where a document declares them; catalogers have none. */
  readonly hashes?: readonly PackageHash[];
  readonly licenses: readonly string[];
  /** Absent for what is installed, as its record says. */
  readonly confidence?: Confidence;
  readonly cpe?: string;
  /** When it was published, ISO 8601 UTC: the latest that a file of the image says. */
  readonly released?: string;
  /** The URL that it was got from, as those say who installed it; absent where one of them does not, or says something else. */
  readonly origin?: string;
  /** The diffID of the layer that brought it in; null when the image is a folder and has no layers. */
  readonly layer: Digest | null;
  /** The files that say it is there: a database, a manifest, a binary. */
  readonly locations: readonly PackageLocation[];
  /** The id of the cataloger that found it. */
  readonly cataloger: string;
}

export interface PackageHash {
  /** Lower case without dashes in front of the length: `sha256`, `sha1`, `md5`, `sha3-256`, `blake2b-256`. */
  readonly algorithm: string;
  /** Hex, lower case. */
  readonly value: string;
}

export interface PackageLocation {
  /** Absolute, in the squashed view. */
  readonly path: string;
  /** Inside that file, as the record says. */
  readonly within?: string;
  readonly layer: Digest | null;
  /** The purl of the OS package that the file belongs to. */
  readonly ownedBy?: string;
}

/** The distribution, from os-release(5) or the files that were there before it. */
export interface OsRelease {
  /** `ID`, lower case: `alpine`, `debian`. Empty when the file has none. */
  readonly id: string;
  readonly versionId?: string;
  readonly versionCodename?: string;
  readonly idLike: readonly string[];
  readonly name?: string;
  readonly prettyName?: string;
  /** What it calls a release without a number of its own, or one that is still being made: `edge`, `testing/sid`, `rolling`. */
  readonly rolling?: string;
}
