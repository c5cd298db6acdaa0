import type { Analyser } from '#model/analyser.ts';
import type { Confidence, PackageType } from '#model/package.ts';

/** A member of the family: finds packages, or the name of the system, in the files that it asks for. */
export interface Cataloger extends Analyser {
  readonly capabilities: CatalogerCapabilities;
  /**
   * The environment that packages found at this path are installed in: they need only packages of the same one. Without this, all packages
   * that the member finds in an image are in one.
   */
  environment?(path: string): string;
}

/** What a cataloger can do, as data: `docs/reference/catalogers.md` is generated from it. */
export interface CatalogerCapabilities {
  /** What it reads, for people: `Debian packages`. */
  readonly title: string;
  /** Path patterns for people, with `*` for a name and `**` for any folders. */
  readonly reads: readonly string[];
  /** Empty for a member that describes the system instead of packages. */
  readonly packageTypes: readonly PackageType[];
  /** Absent for a member that finds what is installed. `declared` ones read lock files and manifests: in images only when they are asked for. */
  readonly confidence?: Confidence;
  /** True for a package database of the operating system; an image where none of these was found says so. */
  readonly database: boolean;
  readonly licenses: boolean;
  /** True when it says which files belong to which package. */
  readonly files: boolean;
  /** True when it says what packages need of each other. */
  readonly dependencies: boolean;
  /** Addresses of the documents that define what it reads. */
  readonly specifications: readonly string[];
}
