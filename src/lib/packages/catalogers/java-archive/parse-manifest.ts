import { isAscii } from 'node:buffer';
import { Omissions } from '../../omissions.ts';

/** The main section of a manifest: values by name, in lower case since names are not case-sensitive. */
export interface Manifest {
  readonly attributes: ReadonlyMap<string, string>;
  readonly unknowns: readonly string[];
}

const NAME = /^[A-Za-z0-9_-]+$/;
/** Of names the specification allows 70; of values there is no limit. */
const NAME_MAX = 256;
/** What is read of a main section: lists of packages make the largest of real ones some hundred kilobytes. */
export const SECTION_BYTES = 1024 * 1024;
const ATTRIBUTES = 1000;

/**
 * Reads the main section of META-INF/MANIFEST.MF (JAR File Specification). Lines end in CR, LF or both, and are folded after 72 bytes,
 * also inside a character: they are put together as bytes. The first of two values of a name does not count, as in Java.
 */
export function parseManifest(content: Uint8Array): Manifest {
  const bytes = content.subarray(0, SECTION_BYTES);
  const omissions = new Omissions();
  const attributes = new Map<string, string>();
  const isPlain = isAscii(bytes);
  let number = 0;
  let first = 0;
  let folded = '';
  const add = (): void => {
    if (first > 0) {
      addAttribute(isPlain ? folded : fromBytes(folded), attributes, () =>
        omissions.add('no attribute of a manifest', first),
      );
    }
  };
  let isWhole = bytes.length === content.length;
  for (const line of linesOf(bytes)) {
    number += 1;
    if (line === '') {
      isWhole = true;
      break;
    }
    if (attributes.size === ATTRIBUTES) {
      isWhole = false;
      break;
    }
    if (line.startsWith(' ') && first > 0) {
      folded += line.slice(1);
    } else {
      add();
      folded = line;
      first = number;
    }
  }
  add();
  if (!isWhole) {
    omissions.add(`a main section of more than ${ATTRIBUTES} attributes or ${SECTION_BYTES} bytes`, number);
  }
  return { attributes, unknowns: omissions.reasons() };
}

function addAttribute(line: string, attributes: Map<string, string>, omit: () => void): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.min(Math.max(colon, 0), NAME_MAX + 1));
  if (name.length > NAME_MAX || !NAME.test(name)) {
    omit();
    return;
  }
  const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  attributes.set(name.toLowerCase(), value);
}

/** A text of which each character is a byte, as the UTF-8 that it is. */
function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Each byte is a character. */
function* linesOf(bytes: Uint8Array): Generator<string, void> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = hasByteOrderMark(bytes) ? 3 : 0;
  while (start < text.length) {
    const end = lineEnd(text, start);
    yield text.toString('latin1', start, end);
    start = text[end] === CR && text[end + 1] === LF ? end + 2 : end + 1;
  }
}

const CR = 0x0d;
const LF = 0x0a;

function lineEnd(text: Buffer, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== CR && text[end] !== LF) {
    end += 1;
  }
  return end;
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
