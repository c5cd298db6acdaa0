import { CelError } from '../../error.ts';
import type { Library } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { DYN, INT, listOf, STRING } from '../../type.ts';
import type { CelValue } from '../../value.ts';
import { chargeElements, chargeLength, chargeResult, chargeSearch } from '../charges.ts';
import { fn, globalCall, memberCall, toInt, toList, toText } from '../declare.ts';
import { CodePoints } from './code-points.ts';
import { format } from './format.ts';
import { quoteText } from './quote.ts';

const TEXTS = listOf(STRING);

export const strings: Library = {
  name: 'strings',
  description: 'Texts. Positions count characters of Unicode from 0.',
  functions: [
    fn(
      'charAt',
      'The character at a position; empty at the end.',
      memberCall('string_char_at_int', [STRING, INT], STRING, ([text, at], meter) => charAt(text, at, meter)),
    ),
    fn(
      'indexOf',
      'Where a text first stands in another, from a position on; -1 where it does not.',
      memberCall('string_index_of_string', [STRING, STRING], INT, ([text, part], meter) =>
        indexOf(text, part, 0n, meter),
      ),
      memberCall('string_index_of_string_int', [STRING, STRING, INT], INT, ([text, part, from], meter) =>
        indexOf(text, part, toInt(from), meter),
      ),
    ),
    fn(
      'lastIndexOf',
      'Where a text last stands in another, starting at a position at the latest; -1 where it does not.',
      memberCall('string_last_index_of_string', [STRING, STRING], INT, ([text, part], meter) =>
        lastIndexOf(text, part, null, meter),
      ),
      memberCall('string_last_index_of_string_int', [STRING, STRING, INT], INT, ([text, part, from], meter) =>
        lastIndexOf(text, part, toInt(from), meter),
      ),
    ),
    fn(
      'join',
      'The texts of a list as one, with a separator between them.',
      memberCall('list_join', [TEXTS], STRING, ([list], meter) => join(list, '', meter)),
      memberCall('list_join_string', [TEXTS, STRING], STRING, ([list, separator], meter) =>
        join(list, toText(separator), meter),
      ),
    ),
    fn(
      'lowerAscii',
      'The letters A to Z in lower case; no others change.',
      memberCall('string_lower_ascii', [STRING], STRING, ([text], meter) =>
        mapAscii(text, /[A-Z]+/g, (letters) => letters.toLowerCase(), meter),
      ),
    ),
    fn(
      'upperAscii',
      'The letters a to z in upper case; no others change.',
      memberCall('string_upper_ascii', [STRING], STRING, ([text], meter) =>
        mapAscii(text, /[a-z]+/g, (letters) => letters.toUpperCase(), meter),
      ),
    ),
    fn(
      'replace',
      'One text replaced by another, everywhere or so many times from the left; a negative number is everywhere.',
      memberCall('string_replace_string_string', [STRING, STRING, STRING], STRING, ([text, from, to], meter) =>
        replace(toText(text), toText(from), toText(to), -1n, meter),
      ),
      memberCall(
        'string_replace_string_string_int',
        [STRING, STRING, STRING, INT],
        STRING,
        ([text, from, to, times], meter) => replace(toText(text), toText(from), toText(to), toInt(times), meter),
      ),
    ),
    fn(
      'split',
      'The parts between separators, all or at most so many; an empty separator stands between all characters.',
      memberCall('string_split_string', [STRING, STRING], TEXTS, ([text, separator], meter) =>
        split(toText(text), toText(separator), -1n, meter),
      ),
      memberCall('string_split_string_int', [STRING, STRING, INT], TEXTS, ([text, separator, limit], meter) =>
        split(toText(text), toText(separator), toInt(limit), meter),
      ),
    ),
    fn(
      'substring',
      'The characters from a position on, up to before another.',
      memberCall('string_substring_int', [STRING, INT], STRING, ([text, start], meter) =>
        substring(text, toInt(start), null, meter),
      ),
      memberCall('string_substring_int_int', [STRING, INT, INT], STRING, ([text, start, end], meter) =>
        substring(text, toInt(start), toInt(end), meter),
      ),
    ),
    fn(
      'trim',
      'Without white space (as Unicode has it) at both ends.',
      memberCall('string_trim', [STRING], STRING, ([text], meter) => trim(toText(text), meter)),
    ),
    fn(
      'reverse',
      'The characters in reverse order.',
      memberCall('string_reverse', [STRING], STRING, ([text], meter) => reverse(toText(text), meter)),
    ),
    fn(
      'strings.quote',
      'A literal of CEL in double quotes.',
      globalCall('strings_quote', [STRING], STRING, ([text], meter) => quoteText(toText(text), meter)),
    ),
    fn(
      'format',
      'The text with the values of a list in place of `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x` and `%X`; `%.2f` has two places, `%%` is `%`.',
      memberCall('string_format', [STRING, listOf(DYN)], STRING, ([text, values], meter) =>
        format(toText(text), toList(values), meter),
      ),
    ),
  ],
};

function charAt(text: CelValue | undefined, at: CelValue | undefined, meter: Meter): string {
  const chars = codePoints(text, meter);
  const index = indexWithin(toInt(at), chars.length);
  return chars.slice(index, index + 1);
}

/** As of cel-go, the empty text stands wherever it is looked for, and the end of the text is no position to look from. */
function indexOf(text: CelValue | undefined, part: CelValue | undefined, from: bigint, meter: Meter): bigint {
  const sought = toText(part);
  if (sought === '') {
    return from;
  }
  const chars = searched(text, sought, meter);
  if (from === 0n && chars.length === 0) {
    return -1n;
  }
  return BigInt(chars.indexOf(sought, indexWithin(from, chars.length - 1)));
}

function lastIndexOf(
  text: CelValue | undefined,
  part: CelValue | undefined,
  from: bigint | null,
  meter: Meter,
): bigint {
  const sought = toText(part);
  if (sought === '' && from !== null) {
    return from;
  }
  const chars = searched(text, sought, meter);
  if (sought === '') {
    return BigInt(chars.length);
  }
  const latest = from === null ? chars.length : indexWithin(from, chars.length - 1);
  return BigInt(chars.lastIndexOf(sought, latest));
}

function substring(text: CelValue | undefined, start: bigint, end: bigint | null, meter: Meter): string {
  const chars = codePoints(text, meter);
  if (end !== null && start > end) {
    throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  }
  return chars.slice(indexWithin(start, chars.length), end === null ? chars.length : indexWithin(end, chars.length));
}

function codePoints(text: CelValue | undefined, meter: Meter): CodePoints {
  const known = toText(text);
  chargeLength(meter, known.length);
  return new CodePoints(known);
}

function searched(text: CelValue | undefined, part: string, meter: Meter): CodePoints {
  const known = toText(text);
  chargeSearch(meter, known, part);
  return new CodePoints(known);
}

function indexWithin(index: bigint, last: number): number {
  if (index < 0n || index > BigInt(last)) {
    throw new CelError(`index out of range: ${index}`);
  }
  return Number(index);
}

function join(list: CelValue | undefined, separator: string, meter: Meter): string {
  const values = toList(list);
  chargeElements(meter, values.length);
  const parts = values.map(toText);
  const length = parts.reduce((sum, part) => sum + part.length, separator.length * Math.max(0, parts.length - 1));
  // Read, and made anew.
  chargeResult(meter, 2 * length);
  return parts.join(separator);
}

function mapAscii(
  text: CelValue | undefined,
  letters: RegExp,
  change: (letters: string) => string,
  meter: Meter,
): string {
  const known = toText(text);
  chargeLength(meter, known.length);
  return known.replace(letters, change);
}

function replace(text: string, from: string, to: string, times: bigint, meter: Meter): string {
  chargeSearch(meter, text, from);
  const limit = times < 0n ? Number.POSITIVE_INFINITY : Number(times);
  if (from === '') {
    return replaceNothing(text, to, limit, meter);
  }
  const ends: number[] = [];
  for (let at = text.indexOf(from); at !== -1 && ends.length < limit; at = text.indexOf(from, at + from.length)) {
    ends.push(at);
  }
  chargeResult(meter, 2 * (text.length + ends.length * Math.max(0, to.length - from.length)));
  let result = '';
  let done = 0;
  for (const at of ends) {
    result += text.slice(done, at) + to;
    done = at + from.length;
  }
  return result + text.slice(done);
}

/** Nothing stands before every character and at the end. */
function replaceNothing(text: string, to: string, limit: number, meter: Meter): string {
  chargeResult(meter, 2 * (text.length + Math.min(limit, text.length + 1) * to.length));
  let result = '';
  let count = 0;
  for (const char of text) {
    result += count < limit ? to + char : char;
    count += 1;
  }
  return count < limit ? result + to : result;
}

function split(text: string, separator: string, limit: bigint, meter: Meter): readonly string[] {
  chargeSearch(meter, text, separator);
  chargeResult(meter, text.length);
  if (limit === 0n) {
    return [];
  }
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  if (separator === '') {
    const chars = Array.from(text);
    return chars.length <= most ? chars : [...chars.slice(0, most - 1), chars.slice(most - 1).join('')];
  }
  const parts: string[] = [];
  let done = 0;
  for (let at = text.indexOf(separator); at !== -1 && parts.length < most - 1; at = text.indexOf(separator, done)) {
    parts.push(text.slice(done, at));
    done = at + separator.length;
  }
  parts.push(text.slice(done));
  return parts;
}

/** White_Space of Unicode: what JavaScript trims, with U+0085 and without U+FEFF. */
function trim(text: string, meter: Meter): string {
  chargeLength(meter, text.length);
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) {
    start += 1;
  }
  while (end > start && isSpace(text[end - 1])) {
    end -= 1;
  }
  return text.slice(start, end);
}

function isSpace(char: string | undefined): boolean {
  return char === '\u0085' || (char !== '\ufeff' && char?.trim() === '');
}

function reverse(text: string, meter: Meter): string {
  chargeResult(meter, 2 * text.length);
  return Array.from(text).reverse().join('');
}
