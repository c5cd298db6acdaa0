import { posix } from 'node:path';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { Omissions } from '../../omissions.ts';
import { decodeText, linesOf } from '../../text.ts';

/** One package of the installed database. */
export interface InstalledEntry {
  /** Values as written, by letter: `P` name, `V` version, `A` architecture, `o` origin, `L` licence. */
  readonly fields: ReadonlyMap<string, string>;
  /** Absolute paths. */
  readonly files: readonly string[];
}

export interface InstalledDatabase {
  /** All have a name. */
  readonly entries: readonly InstalledEntry[];
  readonly unknowns: readonly string[];
}

const LETTERS: ReadonlySet<string> = new Set(['P', 'V', 'A', 'o', 'L']);

interface Block {
  readonly line: number;
  readonly fields: Map<string, string>;
  readonly files: string[];
}

/**
 * The blocks of `/lib/apk/db/installed`: lines of one letter, a colon and a value, a blank line after each package.
 * Letters that are not needed here are passed over.
 */
export function parseInstalled(bytes: Uint8Array, object: string): InstalledDatabase {
  const entries: InstalledEntry[] = [];
  const omissions = new Omissions();
  for (const block of blocksOf(decodeText(bytes), object, omissions)) {
    if ((block.fields.get('P') ?? '') === '') {
      omissions.add('expected a package with a name (P:), found one without', block.line);
    } else if (entries.length === LIMITS.packagesPerFile) {
      throw limitExceeded(object, LIMITS.packagesPerFile, 'packages');
    } else {
      entries.push({ fields: block.fields, files: block.files });
    }
  }
  const unknowns = omissions.reasons();
  // A database that was emptied says no more about the image than one that is missing.
  const empty = entries.length === 0 && unknowns.length === 0;
  return { entries, unknowns: empty ? ['expected at least one package, found an empty database'] : unknowns };
}

function* blocksOf(text: string, object: string, omissions: Omissions): Generator<Block, void> {
  let block: Block | null = null;
  let folder = '/';
  const budget = new FileBudget(object);
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line === '') {
      if (block !== null) {
        yield block;
        block = null;
      }
      continue;
    }
    if (block === null) {
      block = { line: number, fields: new Map(), files: [] };
      folder = '/';
    }
    const letter = line.charAt(0);
    const value = line.slice(2);
    if (line[1] !== ':') {
      omissions.add('expected a letter and a colon, found neither', number);
    } else if (letter === 'F') {
      folder = posix.join('/', value, '/');
    } else if (letter === 'R') {
      const path = folder + value;
      budget.take(path);
      if (path.length > LIMITS.pathBytes) {
        omissions.add(`expected a file name of at most ${LIMITS.pathBytes} bytes, found a longer one`, number);
      } else if (!isNormal(value)) {
        omissions.add('expected the path of a file below its folder, found another', number);
      } else {
        block.files.push(path);
      }
    } else if (LETTERS.has(letter)) {
      block.fields.set(letter, value);
    }
  }
  if (block !== null) {
    yield block;
  }
}

/** Looked at by itself: with the folder before it, which may be long, it would be as much work for every file. */
function isNormal(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** A line of four bytes makes a name as long as its folder's, so that the size of the database bounds nothing. */
class FileBudget {
  readonly #object: string;
  #files = 0;
  #bytes = 0;

  constructor(object: string) {
    this.#object = object;
  }

  take(path: string): void {
    this.#files += 1;
    this.#bytes += path.length;
    if (this.#files > LIMITS.layerEntries) {
      throw limitExceeded(this.#object, LIMITS.layerEntries, 'files of packages');
    }
    if (this.#bytes > LIMITS.layerFactBytes) {
      throw limitExceeded(this.#object, LIMITS.layerFactBytes, 'bytes of file names');
    }
  }
}
