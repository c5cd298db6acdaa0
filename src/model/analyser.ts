import type { BuildRecord } from './build.ts';
import type { Origin } from './origin.ts';
import type { Diversion, OwnedFiles } from './ownership.ts';
import type { OsRelease, PackageRecord } from './package.ts';

/**
 * What looks at files during the one walk of the layers: catalogers today, inspectors later. An analyser opens nothing by
 * itself. It says which paths it wants and is handed their bytes; `read` is pure, so that its result can be kept per
 * (diffID, id, version, configuration) and never be computed again. `knownPaths` and `maxFileBytes` are the configuration.
 */
export interface Analyser {
  /** The folder name of the member; also the `analyser` of its unknowns. */
  readonly id: string;
  /** Raised whenever the same bytes would give another result. */
  readonly version: number;
  /** Files or folders with a fixed place, without a leading slash. Looked up in the squashed view through links, so that a
   * link to an unexpected place is followed; for a folder, every file below it. */
  readonly knownPaths: readonly string[];
  /** A larger file is not held but becomes an unknown. */
  readonly maxFileBytes: number;
  /** Of a larger file its first `maxFileBytes` are enough, and all that `read` gets: then none is too large. */
  readonly beginningIsEnough?: boolean;
  /** True where it counts whether a file is still what its OS package brought: then facts have the digests of their files. */
  readonly digests?: boolean;
  /** Every path that it wants begins with one of these; with any when absent. Said so that most files pass without being asked for. */
  readonly beginnings?: readonly string[];
  /** Every path that it wants ends in one of these; in anything when absent. */
  readonly endings?: readonly string[];
  /** Cheap and without regular expressions: it is asked for every regular file of every layer that may be one of these. */
  wants(file: FileInfo): boolean;
  /**
   * Asked for every link of the squashed view, and cheap as well: the file that it is to see if the link leads there, whatever the file is
   * called where it lies. `read` is told that place.
   */
  fileBehind?(link: string): string | null;
  /** Asked once with the first bytes (at least `HEAD_BYTES`, or the whole of a shorter file) of a wanted file; without it every wanted file is held. */
  accepts?(head: Uint8Array): boolean;
  /**
   * Where a package that the file at `path` describes has what it calls `name` in its `requires`: the first of these files that is there in
   * the squashed view, links followed, describes it. Without this, names are looked for among all packages that the analyser finds.
   */
  lookUp?(path: string, name: string): Iterable<string>;
  /** Throws an AppError for what it cannot read; the walk turns that into an unknown. */
  read(file: AnalysedFile): Found;
}

/** How much of a file `accepts` may count on. */
export const HEAD_BYTES = 64;

export interface FileInfo {
  /** Normalised, relative to the root, without a leading slash. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
}

export interface AnalysedFile {
  /** The path in the layer; for a known path behind a link, the known path that was asked for. */
  readonly path: string;
  /** Valid only until `read` returns. */
  readonly bytes: Uint8Array;
}

/** What one analyser found in one file. Plain data. */
export interface Found {
  readonly packages?: readonly PackageRecord[];
  readonly os?: OsRelease;
  /** Releases whose repositories packages of the system are installed from, `v3.20`; with its name a repository of none: `edge/testing`. */
  readonly repositories?: readonly string[];
  readonly build?: BuildRecord;
  /** Which files belong to packages of the analyser's database. Counts for files that no upper layer has changed since. */
  readonly owned?: readonly OwnedFiles[];
  readonly diversions?: readonly Diversion[];
  /** From where packages were got that the analyser finds in other files. */
  readonly origins?: readonly Origin[];
  /** An SBOM document, as it is. */
  readonly document?: string;
  /** Reasons why part of the file could not be used; the rest of the result stands. */
  readonly unknowns?: readonly string[];
}
