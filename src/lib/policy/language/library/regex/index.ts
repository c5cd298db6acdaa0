import { quote } from '#base/error.ts';
import { CelError } from '../../error.ts';
import type { Library } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { INT, listOf, optionalOf, STRING } from '../../type.ts';
import { CelOptional } from '../../value.ts';
import { chargeElements, chargeResult, readText } from '../charges.ts';
import { fn, globalCall, toInt, toText } from '../declare.ts';
import { findMatches, groupsOf } from '../regex-door.ts';

export const regex: Library = {
  name: 'regex',
  description: 'Regular expressions of RE2 that find a part of a text.',
  functions: [
    fn(
      'regex.replace',
      'The text with all matches, or so many from the left, replaced; `\\1` in the replacement is the first group, `\\0` the whole match.',
      globalCall('regex_replace_string_string_string', [STRING, STRING, STRING], STRING, ([text, pattern, to], meter) =>
        replace(toText(text), toText(pattern), readText(to, meter), -1n, meter),
      ),
      globalCall(
        'regex_replace_string_string_string_int',
        [STRING, STRING, STRING, INT],
        STRING,
        ([text, pattern, to, times], meter) =>
          replace(toText(text), toText(pattern), readText(to, meter), toInt(times), meter),
      ),
    ),
    fn(
      'regex.extract',
      'The first match, or its group where the expression has one.',
      globalCall('regex_extract_string_string', [STRING, STRING], optionalOf(STRING), ([text, pattern], meter) => {
        const [first] = extract(toText(text), toText(pattern), 1, meter);
        return first === undefined ? CelOptional.none : new CelOptional(first);
      }),
    ),
    fn(
      'regex.extractAll',
      'All matches, or the group of each where the expression has one.',
      globalCall('regex_extractAll_string_string', [STRING, STRING], listOf(STRING), ([text, pattern], meter) =>
        extract(toText(text), toText(pattern), Number.POSITIVE_INFINITY, meter),
      ),
    ),
  ],
};

/** Matches whose group took no part in them are left out. */
function extract(text: string, pattern: string, limit: number, meter: Meter): readonly string[] {
  const groups = groupsOf(pattern, meter);
  if (groups > 1) {
    throw new CelError(`expected a regular expression with one group at most, found ${groups}`);
  }
  const found: string[] = [];
  for (const match of findMatches(text, pattern, meter, limit)) {
    chargeElements(meter, 1);
    const part = match.group(groups);
    if (part !== null) {
      found.push(part);
    }
  }
  return found;
}

function replace(text: string, pattern: string, to: string, times: bigint, meter: Meter): string {
  const pieces = parseReplacement(to, groupsOf(pattern, meter));
  const limit = times < 0n ? Number.POSITIVE_INFINITY : Number(times);
  let result = '';
  let done = 0;
  for (const match of findMatches(text, pattern, meter, limit)) {
    const replaced = pieces.map((piece) => (typeof piece === 'string' ? piece : (match.group(piece) ?? '')));
    for (const part of [text.slice(done, match.start()), ...replaced]) {
      chargeResult(meter, part.length);
      result += part;
    }
    done = match.end();
  }
  chargeResult(meter, text.length - done);
  return result + text.slice(done);
}

/** Texts, and numbers of groups. */
function parseReplacement(to: string, groups: number): readonly (string | number)[] {
  const pieces: (string | number)[] = [];
  for (const [piece] of to.matchAll(/[^\\]+|\\[\s\S]?/g)) {
    if (!piece.startsWith('\\')) {
      pieces.push(piece);
    } else if (/^\\[0-9]$/.test(piece)) {
      pieces.push(toGroup(Number(piece[1]), groups));
    } else if (piece === '\\\\') {
      pieces.push('\\');
    } else {
      throw new CelError(`invalid replacement ${quote(to, 80)}: expected a digit or \\ behind each \\`);
    }
  }
  return pieces;
}

function toGroup(group: number, groups: number): number {
  if (group > groups) {
    throw new CelError(`the replacement names group ${group}; the expression has ${groups}`);
  }
  return group;
}
