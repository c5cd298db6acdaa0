import type { Scalar } from 'yaml';

/** 1 for the first line and column; columns in UTF-16 code units. */
export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}

/** A text as the data has it, without the white space around it. */
export interface YamlText extends YamlPosition {
  readonly text: string;
  /** From each of these offsets of the text on, until the next, it stands there in the file. Those of white space are not told apart. */
  readonly jumps: readonly (YamlPosition & { readonly offset: number })[];
}

const SPACE = /^[ \t\r\n]$/;

/**
 * Where the characters of a scalar stand. Quotes, indentation and folded lines change white space only, and each escape stands for
 * one character: so the characters that are no white space are the same in the file as in the data, in the same order.
 */
export function locateText(node: Scalar<string>, source: string, position: (offset: number) => YamlPosition): YamlText {
  const places = placesOf(node, source);
  const text = node.value.replace(/^[ \t\r\n]+/, '').trimEnd();
  const jumps: { offset: number; line: number; column: number }[] = [];
  let next = 0;
  let expected = -1;
  for (let offset = 0; offset < text.length; offset++) {
    if (SPACE.test(text[offset] ?? '')) {
      expected++;
      continue;
    }
    const place = places[next] ?? expected;
    next++;
    if (place !== expected) {
      jumps.push({ offset, ...position(place) });
    }
    expected = place + 1;
  }
  const [first, ...more] = jumps;
  const { line, column } = first ?? position(node.range?.[0] ?? 0);
  return { text, line, column, jumps: more };
}

/** Offsets in the source of all code units of a scalar that are no white space. */
function placesOf(node: Scalar<string>, source: string): readonly number[] {
  const [start, end] = node.range ?? [0, 0];
  switch (node.type) {
    case 'QUOTE_DOUBLE':
      return escapedPlaces(source, start + 1, end - 1);
    case 'QUOTE_SINGLE':
      return plainPlaces(source, start + 1, end - 1, "'");
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return plainPlaces(source, source.indexOf('\n', start) + 1, end, '');
    default:
      return plainPlaces(source, start, end, '');
  }
}

/** `doubled`: the character of which two stand for one. */
function plainPlaces(source: string, start: number, end: number, doubled: string): readonly number[] {
  const places: number[] = [];
  for (let at = start; at < end; at++) {
    const char = source[at] ?? '';
    if (!SPACE.test(char)) {
      places.push(at);
      at += char === doubled ? 1 : 0;
    }
  }
  return places;
}

/** Escapes of YAML 1.2, section 5.7. */
const ESCAPED_SPACE: ReadonlySet<string> = new Set([' ', 't', '\t', 'n', 'r', '\n', '\r']);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function escapedPlaces(source: string, start: number, end: number): readonly number[] {
  const places: number[] = [];
  for (let at = start; at < end; at++) {
    const char = source[at] ?? '';
    if (char !== '\\') {
      if (!SPACE.test(char)) {
        places.push(at);
      }
      continue;
    }
    const escape = source[at + 1] ?? '';
    const digits = HEX_DIGITS.get(escape) ?? 0;
    const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
    const space = digits === 0 ? ESCAPED_SPACE.has(escape) : SPACE.test(String.fromCharCode(code));
    if (!space) {
      places.push(...(code > 0xffff ? [at, at] : [at]));
    }
    at += 1 + digits;
  }
  return places;
}
