import type { Report } from '#model/report.ts';

/** A format that a software bill of materials is written in. One folder per member, listed in `list.ts`. */
export interface SbomFormat {
  /** The folder's name, and what `-o` takes. */
  readonly id: string;
  /** The format's own name and version. */
  readonly title: string;
  readonly mediaType: string;
  /** The whole document. The same report and time stamp give the same bytes. */
  write(report: Report, options: SbomOptions): string;
}

export interface SbomOptions {
  /** When the document is made, ISO 8601 UTC. */
  readonly timestamp: string;
}
