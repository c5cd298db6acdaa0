import type { Banner, Classifier, TextEnd, VersionShape } from './classifier.ts';
import { numberIn } from './file-names.ts';
import { isDigit, isPartOfWord, readVersion, startsWithAt, VERSION_BYTES } from './read-version.ts';
import { TextSearch } from './text-search.ts';

/** Two versions that contradict each other are as good as more. */
const ENOUGH = 2;
/** Texts that may be a version and are looked for a second time, each in the whole file. */
const MOST_CANDIDATES = 16;
const NUL = 0;
const RELEASE: VersionShape = {};
const THREE_NUMBERS: VersionShape = { numbers: 3 };

/**
 * The versions that the texts of a file give its program: one is certain, none is no answer, and two contradict each other. Throws
 * LimitError for a file that is made of such texts.
 */
export function findVersions(bytes: Buffer, classifier: Classifier, path: string): ReadonlySet<string> {
  const found = new Set<string>();
  if (classifier.proof !== undefined && new TextSearch(bytes, classifier.proof, path).next() === -1) {
    return found;
  }
  for (const banner of classifier.banners ?? []) {
    addBanner(found, bytes, banner, path);
  }
  if (classifier.textEnd !== undefined) {
    addTextEnds(found, bytes, classifier.textEnd, path);
  }
  return found;
}

function addBanner(found: Set<string>, bytes: Buffer, banner: Banner, path: string): void {
  if (banner.before === '') {
    addVersionAt(found, bytes, 0, banner);
    return;
  }
  const atEnd = banner.anchor === 'after';
  for (const text of atEnd ? banner.after : [banner.before]) {
    const anchor = new TextSearch(bytes, text, path);
    for (let at = anchor.next(); at !== -1 && found.size < ENOUGH; at = anchor.next(at + 1)) {
      const start = atEnd ? startBefore(bytes, at, banner.before) : at + anchor.length;
      if (start !== null) {
        addVersionAt(found, bytes, start, banner);
      }
    }
  }
}

function addVersionAt(found: Set<string>, bytes: Buffer, start: number, { after, shape = RELEASE }: Banner): void {
  const version = readVersion(bytes, start, shape);
  if (version !== null && after.some((text) => startsWithAt(bytes, version.end, text))) {
    found.add(version.text);
  }
}

/** Where the version begins that ends here; null when what must stand before is not near. */
function startBefore(bytes: Buffer, end: number, before: string): number | null {
  const from = Math.max(0, end - VERSION_BYTES);
  const at = bytes.subarray(from, end).lastIndexOf(Buffer.from(before, 'latin1'));
  return at === -1 ? null : from + at + before.length;
}

function addTextEnds(found: Set<string>, bytes: Buffer, textEnd: TextEnd, path: string): void {
  const nameNumber = numberIn(path);
  const { before, begins = nameNumber === '' ? [] : [`${nameNumber}.`], secondFrom = 0, confirmedAfter } = textEnd;
  const candidates = new Set<string>();
  for (const start of begins) {
    const anchor = new TextSearch(bytes, `${before}${start}`, path);
    for (let at = anchor.next(); at !== -1; at = anchor.next(at + 1)) {
      const version = isPartOfWord(bytes[at - 1]) ? null : readVersion(bytes, at + before.length, THREE_NUMBERS);
      const isWhole = version !== null && bytes[version.end] === NUL && secondNumber(version.text) >= secondFrom;
      if (isWhole && candidates.size < MOST_CANDIDATES) {
        candidates.add(version.text);
      }
    }
  }
  for (const candidate of candidates) {
    if (confirmedAfter === undefined || isConfirmed(bytes, `${confirmedAfter}${candidate}`, path)) {
      found.add(candidate);
    }
  }
}

function secondNumber(version: string): number {
  return Number.parseInt(version.slice(version.indexOf('.') + 1), 10);
}

/** Redis `release.c`: the version, the name of the machine and a dash if any, seconds, and the count and hash of changes. */
const BUILD_ID_BYTES = 160;
const SECONDS_AND_CHANGES = 19;

function isConfirmed(bytes: Buffer, text: string, path: string): boolean {
  const anchor = new TextSearch(bytes, text, path);
  let tries = 0;
  for (let at = anchor.next(); at !== -1 && tries < 1000; at = anchor.next(at + 1)) {
    const start = at + anchor.length;
    const end = bytes.subarray(start, start + BUILD_ID_BYTES).indexOf(NUL);
    if (end >= SECONDS_AND_CHANGES && isHexadecimal(bytes.subarray(start + end - SECONDS_AND_CHANGES, start + end))) {
      return true;
    }
    tries += 1;
  }
  return false;
}

function isHexadecimal(bytes: Uint8Array): boolean {
  return bytes.every((byte) => isDigit(byte) || (byte >= 0x61 && byte <= 0x66));
}
