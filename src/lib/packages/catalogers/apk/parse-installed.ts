import { posix } from 'node:path';
import { DIGEST_HEAD } from '#base/content-hash.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import { emptyIsUnknown, Omissions } from '../../omissions.ts';
import { decodeText, linesOf } from '../../text.ts';

/** One package of the installed database. */
export interface InstalledEntry {
  /** Values as written, by letter: `P` name, `V` version, `A` architecture, `o` origin, `L` licence, `D` dependencies, `p` what it provides, `m` maintainer. */
  readonly fields: ReadonlyMap<string, string>;
  readonly files: PathHashes;
  /** Their paths with the heads of their digests, as far as they have one. */
  readonly contents: PathHashes;
}

export interface InstalledDatabase {
  /** All have a name. */
  readonly entries: readonly InstalledEntry[];
  readonly unknowns: readonly string[];
}

const LETTERS: ReadonlySet<string> = new Set(['P', 'V', 'A', 'o', 'L', 'D', 'p', 'm']);

interface Block {
  readonly line: number;
  readonly fields: Map<string, string>;
  readonly files: PathHashes;
  readonly contents: PathHashes;
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
      entries.push({ fields: block.fields, files: block.files, contents: block.contents });
    }
  }
  return { entries, unknowns: emptyIsUnknown(entries.length, omissions.reasons()) };
}

function* blocksOf(text: string, object: string, omissions: Omissions): Generator<Block, void> {
  let block: Block | null = null;
  let folder = '';
  let file: string | null = null;
  let files = 0;
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
      block = { line: number, fields: new Map(), files: new PathHashes(), contents: new PathHashes() };
      folder = '';
      file = null;
    }
    const letter = line.charAt(0);
    const value = line.slice(2);
    if (line[1] !== ':') {
      omissions.add('expected a letter and a colon, found neither', number);
    } else if (letter === 'F') {
      folder = posix.join('/', value, '/').slice(1);
      block.files.startWith(Buffer.from(folder));
      block.contents.startWith(Buffer.from(folder));
      file = null;
    } else if (letter === 'R') {
      file = null;
      files += 1;
      if (files > LIMITS.layerEntries) {
        throw limitExceeded(object, LIMITS.layerEntries, 'files of packages');
      }
      if (folder.length + value.length > LIMITS.pathBytes) {
        omissions.add(`expected a file name of at most ${LIMITS.pathBytes} bytes, found a longer one`, number);
      } else if (!isNormal(value)) {
        omissions.add('expected the path of a file below its folder, found another', number);
      } else {
        block.files.add(Buffer.from(value));
        file = value;
      }
    } else if (letter === 'Z' && file !== null) {
      block.contents.add(Buffer.from(file + headOf(value)));
      file = null;
    } else if (LETTERS.has(letter)) {
      block.fields.set(letter, value);
    }
  }
  if (block !== null) {
    yield block;
  }
}

/** `Q1` and SHA-1, or `Q2` and SHA-256, in base64; of whatever else a text that is no file's. */
function headOf(checksum: string): string {
  return Buffer.from(checksum.slice(2, 2 + DIGEST_HEAD), 'base64')
    .toString('hex')
    .slice(0, DIGEST_HEAD);
}

/** Looked at by itself: with the folder before it, which may be long, it would be as much work for every file. */
function isNormal(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
