/** How the version of one program is recognised in its own files, as data. Texts are of single bytes (Latin-1). */
export interface Classifier {
  /** What the package is called. */
  readonly name: string;
  /** Names of its files without folders; `*` stands for a number with dots or for nothing: `python*`, `libpython*.so.*`. */
  readonly files: readonly string[];
  /** `vendor:product` as in CPE names, colons inside them escaped; left out where it is not certain. */
  readonly cpe?: string;
  /** A text that only this program has; without it nothing is recognised. */
  readonly proof?: string;
  /** Texts around the version: those that match must all say the same one. */
  readonly banners?: readonly Banner[];
  readonly textEnd?: TextEnd;
  readonly go?: GoClues;
}

/** A text that only this program writes around its version. */
export interface Banner {
  /** Nothing stands for the start of the file. */
  readonly before: string;
  /** One of these follows the version. */
  readonly after: readonly string[];
  /** That which is looked for, where the other is too common; `before` when absent. */
  readonly anchor?: 'after';
  readonly shape?: VersionShape;
}

/**
 * A version at the end of a text, as compilers lay down texts of C programs: with a NUL behind it, and linkers keep one text as the
 * end of another. Nothing else says that it is the version, so all of the file's texts that end so must agree.
 */
export interface TextEnd {
  /** What stands before it: a letter, or nothing; and before that neither a number nor a letter. */
  readonly before: string;
  /** What it may begin with. With none it is the number in the file's name, and a dot. */
  readonly begins?: readonly string[];
  /** Its second number is at least that: libraries inside have smaller ones. */
  readonly secondFrom?: number;
  /** Redis and Valkey write the version a second time, after this text and before the time they were built: only what is there too counts. */
  readonly confirmedAfter?: string;
}

export interface VersionShape {
  /** How many numbers with dots between them at least; two when absent. */
  readonly numbers?: number;
  /** What a number may follow as part of the version, after its numbers: `p` for `9.2p1`. Pre-releases may always: `-rc1`. */
  readonly suffixes?: readonly string[];
  /** A single letter may follow, as in `1.1.1w`. */
  readonly letter?: true;
  /** What a number may follow without being part of the version: `p` for Ruby's `3.1.7p261`. */
  readonly ignored?: string;
  /** There must be a suffix. */
  readonly suffixed?: true;
}

/** What the build information of a Go program says, which the Go linker writes itself. With paths alone the version is that of the main module. */
export interface GoClues {
  /** The import path of the main package; `*` stands for a major version from `v2` on. */
  readonly paths: readonly string[];
  /** The version of the toolchain is that of the program: it is of Go itself. */
  readonly toolchain?: true;
  /** The module among the dependencies that is released together with the program. */
  readonly dependency?: string;
  /** The variable that its builders set with `-ldflags -X`. */
  readonly variable?: string;
}

/** A program written in Go, whichever file it is in. */
export interface GoProduct {
  /** As of a classifier. */
  readonly cpe: string;
  readonly go: GoClues;
}
