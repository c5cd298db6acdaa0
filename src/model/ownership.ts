/**
 * The files that a package says are its own, each as the hash of its path (`base/path-hash.ts`): a distribution lists a
 * hundred thousand of them, which as texts would be most of what is kept of an image.
 */
export interface OwnedFiles {
  /** The name of the package in the database of the same analyser. */
  readonly package: string;
  /** Where the database tells packages of one name apart by it. */
  readonly architecture?: string;
  /** The same, of a database that has several versions of one package (slots of Portage, kernels of rpm). */
  readonly version?: string;
  /** What `PathHashes` makes of their paths, folders among them. */
  readonly files: string;
  /** The same of the paths of regular files, each followed by the head of its digest (`base/content-hash.ts`). */
  readonly contents?: string;
}

/** A file that is elsewhere than its package says, because another package, or the administrator, took its place (dpkg-divert(1)). */
export interface Diversion {
  /** Relative to the root, as the packages that had to give way list it. */
  readonly from: string;
  /** Where their file is instead. */
  readonly to: string;
  /** The package whose file is at `from`; null for the administrator. */
  readonly by: string | null;
}

/** Regular files that can be run: with an execute bit, or ELF binaries and scripts. Further names of one (hardlinks) are not counted. */
export interface Executables {
  readonly total: number;
  /** Those that belong to OS packages. */
  readonly owned: number;
}
