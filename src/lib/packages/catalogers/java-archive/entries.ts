import { isZip } from '../../zip/zip-archive.ts';

/** How the files are called in which Java programs, libraries, plugins and applications are packed. */
export const ENDINGS = [
  '.jar',
  '.war',
  '.ear',
  '.par',
  '.sar',
  '.nar',
  '.jpi',
  '.hpi',
  '.kar',
  '.far',
  '.lpkg',
  '.rar',
] as const;
/** Those that nothing else is called. */
const ENDINGS_OF_JAVA: readonly string[] = ['.jar', '.war', '.ear'];
const ENDING_LENGTHS: ReadonlySet<number> = new Set(ENDINGS.map((ending) => ending.length));

export type EntryKind = 'manifest' | 'description' | 'bom' | 'archive';

const MANIFEST = 'meta-inf/manifest.mf';
const MAVEN = 'META-INF/maven/';
const BOMS = 'META-INF/sbom/';

/** False for what most of an archive is: names that end in `.class`. */
export function isNoClass(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 1] !== 0x73 || bytes[end - 2] !== 0x73 || bytes[end - 6] !== 0x2e;
}

/** What of an archive is looked at; null for all that is not. */
export function entryKind(name: string): EntryKind | null {
  if (hasEnding(name)) {
    return 'archive';
  }
  if (name.length === MANIFEST.length && name.toLowerCase() === MANIFEST) {
    return 'manifest';
  }
  if (name.endsWith('.json')) {
    return isBelow(name, BOMS, 1) ? 'bom' : null;
  }
  return (name.endsWith('/pom.properties') || name.endsWith('/pom.xml')) && isBelow(name, MAVEN, 3)
    ? 'description'
    : null;
}

/** `META-INF/maven/group/artifact/pom.xml` and the like, so many names below `folder`, in whatever folder other archives were unpacked to. */
function isBelow(name: string, folder: string, names: number): boolean {
  const start = name.lastIndexOf(folder);
  const isFolder = start === 0 || (start > 0 && name[start - 1] === '/');
  return isFolder && name.slice(start + folder.length).split('/', names + 1).length === names;
}

/** True for the folder of a package that is described at the root of an archive: there its own description is. */
export function isAtRoot(folder: string): boolean {
  return folder.startsWith(MAVEN);
}

/** In lower case or not. */
function hasEnding(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot !== -1 && ENDING_LENGTHS.has(name.length - dot) && isEnding(name.slice(dot).toLowerCase());
}

function isEnding(text: string): boolean {
  return ENDINGS.some((ending) => ending === text);
}

export function isNamedAsJava(name: string): boolean {
  return ENDINGS_OF_JAVA.includes(name.slice(name.lastIndexOf('.')).toLowerCase());
}

/**
 * True for what is to be read as an archive: it begins as one, or as a script or a program that starts it, or nothing else is called so.
 * What is in front of an archive may be anything, since Java goes by its end.
 */
export function isArchive(bytes: Uint8Array, name: string): boolean {
  return isZip(bytes) || (isNamedAsJava(name) ? bytes.length > 0 : beginsWith(bytes, LAUNCHERS));
}

/** True for other formats with files of some of these names: archives of RAR, music, parity. */
export function isOther(head: Uint8Array): boolean {
  return beginsWith(head, OTHERS);
}

function beginsWith(bytes: Uint8Array, magics: readonly (readonly number[])[]): boolean {
  return magics.some((magic) => magic.every((byte, index) => bytes[index] === byte));
}

/** A script, and programs of Linux and Windows. */
const LAUNCHERS: readonly (readonly number[])[] = [
  [0x23, 0x21],
  [0x7f, 0x45, 0x4c, 0x46],
  [0x4d, 0x5a],
];
const OTHERS: readonly (readonly number[])[] = ['Rar!', 'MThd', 'PAR2'].map((magic) => [...Buffer.from(magic)]);

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Without what says which kind of archive it is. */
export function stemOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('.'), 0));
}
