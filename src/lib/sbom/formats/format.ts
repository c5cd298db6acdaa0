import type { Members } from '#base/json/members.ts';
import type { Report } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';

/** A format that a software bill of materials is written in. One folder per member, listed in `list.ts`. */
export interface SbomFormat<Name extends string = string> {
  /** The folder's name. */
  readonly id: string;
  /** By what `-o` takes: the id alone for the version that most tools read, and `id@version` for each. */
  readonly writers: Readonly<Record<Name, SbomWriter>>;
  readonly readers: readonly SbomReader[];
}

export type SbomReader = JsonReader | TextReader;

/** Reads JSON documents of one kind. */
interface JsonReader {
  readonly kind: 'json';
  /** For messages: `CycloneDX 1.2 to 1.7 in JSON`. */
  readonly what: string;
  /** Whether a document is of this kind, of whatever version, by its members. */
  claims(members: Members): boolean;
  /** Throws `SBOM_INVALID`, `SBOM_UNSUPPORTED` and `LIMIT_EXCEEDED`; `name` is what errors call the document. */
  read(value: unknown, name: string): SbomDocument;
}

/** Reads documents that are lines of text. */
interface TextReader {
  readonly kind: 'text';
  readonly what: string;
  /** By the first characters that are no white space. */
  claims(head: string): boolean;
  read(text: string, name: string): SbomDocument;
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
