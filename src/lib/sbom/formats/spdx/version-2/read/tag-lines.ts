import { quote } from '#base/error.ts';
import { SbomError } from '../../../../error.ts';

/** `Tag: value`, the value without `<text>` around it. */
export interface TagLine {
  readonly tag: string;
  readonly value: string;
  /** Of the line that it begins in, from 1. */
  readonly number: number;
}

const OPEN = '<text>';
const CLOSE = '</text>';

/** The tags of a document, without empty lines and comments. Throws `SBOM_INVALID` for anything else, naming the line. */
export function* readLines(text: string, document: string): Generator<TagLine> {
  let number = 0;
  let at = 0;
  while (at < text.length) {
    number += 1;
    const end = endOfLine(text, at);
    const line = text.slice(at, end).trim();
    if (line === '' || line.startsWith('#')) {
      at = end + 1;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === -1) {
      throw wrong(document, number, 'a tag, a colon and a value', quote(line, 80));
    }
    const value = line.slice(colon + 1).trim();
    const tag = line.slice(0, colon).trim();
    if (!value.startsWith(OPEN)) {
      yield { tag, value, number };
      at = end + 1;
      continue;
    }
    const from = text.indexOf(OPEN, at) + OPEN.length;
    const to = text.indexOf(CLOSE, from);
    if (to === -1) {
      throw wrong(document, number, `${CLOSE} somewhere behind ${OPEN}`, 'none');
    }
    const rest = text.slice(to + CLOSE.length, endOfLine(text, to)).trim();
    if (rest !== '') {
      throw wrong(document, number, `nothing behind ${CLOSE}`, quote(rest, 80));
    }
    const inside = text.slice(from, to);
    yield { tag, value: inside, number };
    number += newlines(inside);
    at = endOfLine(text, to) + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

function wrong(document: string, number: number, expected: string, found: string): SbomError {
  return new SbomError('SBOM_INVALID', 'not as SPDX 2 says', {
    object: `${document}, line ${number}`,
    expected,
    found,
  });
}
