import type { Report } from '#model/report.ts';

/** A format that a software bill of materials is written in. One folder per member, listed in `list.ts`. */
export interface SbomFormat<Name extends string = string> {
  /** The folder's name. */
  readonly id: string;
  /** By what `-o` takes: the id alone for the version that most tools read, and `id@version` for each. */
  readonly writers: Readonly<Record<Name, SbomWriter>>;
}

/** One version of a format. */
export interface SbomWriter {
  /** The whole document. The same report and time give the same bytes. */
  write(report: Report, options: SbomOptions): string;
}

export interface SbomOptions {
  /** When the document is made, in milliseconds since 1970. */
  readonly now: number;
}
