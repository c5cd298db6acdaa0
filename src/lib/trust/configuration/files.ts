import { dirname, resolve } from 'node:path';
import { type Digest, digestOf } from '#base/digest.ts';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { TrustError } from '../error.ts';
import type { FileEntry } from './schema.ts';

export type ReadFile = (path: string) => Promise<Uint8Array>;
/** The way to a place in the document. */
export type Path = readonly (string | number)[];

export interface NamedBytes {
  /** The file and the place that names it, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the readers of the parts need: the way to files, and how to refuse a place of the document. */
export interface Loading {
  readonly files: Files;
  readonly place: (path: Path) => string;
  readonly invalid: (path: Path, expected: string, found: string, cause?: unknown) => TrustError;
}

/** Reads the files that a configuration names, each once, and remembers what was in them. */
export class Files {
  readonly #folder: string;
  readonly #bytesOf: ReadFile;
  readonly #place: (path: Path) => string;
  readonly #invalid: Loading['invalid'];
  readonly #read = new Map<string, Uint8Array>();

  constructor(file: string, bytesOf: ReadFile, place: (path: Path) => string, invalid: Loading['invalid']) {
    this.#folder = dirname(file);
    this.#bytesOf = bytesOf;
    this.#place = place;
    this.#invalid = invalid;
  }

  async read(entry: FileEntry, path: Path): Promise<NamedBytes> {
    if (typeof entry !== 'string') {
      return { name: this.#place(path), bytes: Buffer.from(entry.pem, 'utf8') };
    }
    const name = `${entry} (named by ${this.#place(path)})`;
    const known = this.#read.get(entry);
    if (known !== undefined) {
      return { name, bytes: known };
    }
    if (this.#read.size >= LIMITS.trustFiles) {
      throw limitExceeded(this.#place(path), LIMITS.trustFiles, 'files');
    }
    let bytes: Uint8Array;
    try {
      bytes = await this.#bytesOf(resolve(this.#folder, entry));
    } catch (error) {
      throw this.#invalid(path, 'a file that can be read', `${quote(entry)}: ${messageOf(error)}`, error);
    }
    if (bytes.length > LIMITS.trustFileBytes) {
      throw limitExceeded(name, LIMITS.trustFileBytes, 'bytes', bytes.length);
    }
    this.#read.set(entry, bytes);
    return { name, bytes };
  }

  async readAll(entries: readonly FileEntry[], path: Path): Promise<readonly NamedBytes[]> {
    const files: NamedBytes[] = [];
    for (const [index, entry] of entries.entries()) {
      files.push(await this.read(entry, [...path, index]));
    }
    return files;
  }

  /** What was read, by the names that the configuration uses. */
  digests(): Readonly<Record<string, Digest>> {
    return Object.fromEntries([...this.#read].map(([name, bytes]) => [name, digestOf(bytes)]));
  }
}

/** PEM as the readers take it; what is not ASCII they refuse. */
export function pemText({ bytes }: NamedBytes): string {
  return Buffer.from(bytes).toString('latin1');
}
