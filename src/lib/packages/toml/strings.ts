import { type Cursor, isControl } from './cursor.ts';

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
  ['"', '"'],
  ['\\', '\\'],
]);

/** A text of any of the four kinds that starts here; null when none does. */
export function takeString(cursor: Cursor): string | null {
  if (cursor.take('"""')) {
    cursor.takeNewline();
    return takeBasic(cursor, '"""');
  }
  if (cursor.take("'''")) {
    cursor.takeNewline();
    return takeLiteral(cursor, "'''");
  }
  return takeLineString(cursor);
}

/** One that keys may be as well: on one line. */
export function takeLineString(cursor: Cursor): string | null {
  if (cursor.take('"')) {
    return takeBasic(cursor, '"');
  }
  return cursor.take("'") ? takeLiteral(cursor, "'") : null;
}

function takeBasic(cursor: Cursor, close: '"' | '"""'): string {
  const isLong = close.length > 1;
  const parts: string[] = [];
  for (;;) {
    parts.push(cursor.takeWhile((code) => code !== QUOTE && code !== BACKSLASH && !isControl(code)));
    if (cursor.take(close)) {
      return parts.join('') + quotesBehind(cursor, close, '"');
    }
    if (isLong && cursor.take('"')) {
      parts.push('"');
    } else if (isLong && cursor.takeNewline()) {
      parts.push('\n');
    } else if (cursor.take('\\')) {
      parts.push(isLong && takesLineEnd(cursor) ? '' : takeEscape(cursor));
    } else {
      throw cursor.invalid(close);
    }
  }
}

function takeLiteral(cursor: Cursor, close: "'" | "'''"): string {
  const isLong = close.length > 1;
  const parts: string[] = [];
  for (;;) {
    parts.push(cursor.takeWhile((code) => code !== APOSTROPHE && !isControl(code)));
    if (cursor.take(close)) {
      return parts.join('') + quotesBehind(cursor, close, "'");
    }
    if (isLong && cursor.take("'")) {
      parts.push("'");
    } else if (isLong && cursor.takeNewline()) {
      parts.push('\n');
    } else {
      throw cursor.invalid(close);
    }
  }
}

/** One or two quotes right before the three that close are part of the text. */
function quotesBehind(cursor: Cursor, close: string, quote: string): string {
  if (close.length === 1 || !cursor.take(quote)) {
    return '';
  }
  return cursor.take(quote) ? quote + quote : quote;
}

/** A backslash at the end of a line stands for nothing, with all blanks and line ends behind it. */
function takesLineEnd(cursor: Cursor): boolean {
  const start = cursor.at;
  cursor.skipBlanks();
  if (!cursor.takeNewline()) {
    cursor.at = start;
    return false;
  }
  do {
    cursor.skipBlanks();
  } while (cursor.takeNewline());
  return true;
}

function takeEscape(cursor: Cursor): string {
  const { char } = cursor;
  const plain = ESCAPES.get(char);
  if (plain !== undefined) {
    cursor.at += 1;
    return plain;
  }
  const length = char === 'u' ? 4 : char === 'U' ? 8 : 0;
  const digits = cursor.text.slice(cursor.at + 1, cursor.at + 1 + length);
  const point = /^[0-9A-Fa-f]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1;
  if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
    throw cursor.invalid('an escape that TOML knows');
  }
  cursor.at += 1 + length;
  return String.fromCodePoint(point);
}
