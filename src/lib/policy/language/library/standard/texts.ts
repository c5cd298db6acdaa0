import type { FunctionDeclaration } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { chargeTraversal } from '../../run/cost.ts';
import { sizeOf } from '../../run/size.ts';
import { BOOL, BYTES, INT, listOf, mapOf, parameterOf, STRING } from '../../type.ts';
import type { CelValue } from '../../value.ts';
import { type Call, fn, globalCall, memberCall, toText } from '../declare.ts';
import { matchesPart } from '../regex-door.ts';

const SIZED = [STRING, BYTES, listOf(parameterOf('A')), mapOf(parameterOf('A'), parameterOf('B'))];

export const TEXTS: readonly FunctionDeclaration[] = [
  fn(
    'size',
    'How many characters, bytes, elements or entries.',
    ...SIZED.map((type) =>
      globalCall(`size_${type.kind}`, [type], INT, ([value = null], meter) => sizeOf(value, meter)),
    ),
    ...SIZED.map((type) =>
      memberCall(`${type.kind}_size`, [type], INT, ([value = null], meter) => sizeOf(value, meter)),
    ),
  ),
  predicate('contains', 'Whether the other text is a part.', (text, part, meter) => {
    // As cel-go: the one times the other.
    meter.charge(Math.max(0, Math.ceil(text.length / 10) * Math.ceil(part.length / 10) - 1));
    return text.includes(part);
  }),
  predicate('startsWith', 'Whether the text begins with the other.', (text, part, meter) => {
    chargeTraversal(part.length, meter);
    return text.startsWith(part);
  }),
  predicate('endsWith', 'Whether the text ends with the other.', (text, part, meter) => {
    chargeTraversal(part.length, meter);
    return text.endsWith(part);
  }),
  fn(
    'matches',
    'Whether a part of the text matches a regular expression (RE2); `^` and `$` for the whole.',
    globalCall('matches_string', [STRING, STRING], BOOL, matches),
    memberCall('string_matches', [STRING, STRING], BOOL, matches),
  ),
];

function matches([text, pattern]: readonly CelValue[], meter: Meter): boolean {
  return matchesPart(toText(text), toText(pattern), meter);
}

function predicate(
  name: string,
  description: string,
  holds: (text: string, part: string, meter: Meter) => boolean,
): FunctionDeclaration {
  const call: Call = ([text, part], meter) => holds(toText(text), toText(part), meter);
  return fn(name, description, memberCall(`string_${name}_string`, [STRING, STRING], BOOL, call));
}
