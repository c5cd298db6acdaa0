import { CelError } from '../../error.ts';
import type { Meter } from '../../meter.ts';
import { numberOf } from '../../run/equality.ts';
import { isMap } from '../../run/map.ts';
import { isOpaque } from '../../run/opaque.ts';
import { tellExact } from '../../run/time/accessors.ts';
import { printDuration, printTimestamp } from '../../run/time/text.ts';
import { typeName, typeOf } from '../../run/type-of.ts';
import { CelDuration, type CelMap, CelTimestamp, CelTypeValue, CelUint, type CelValue } from '../../value.ts';
import { chargeLength, chargeResult } from '../charges.ts';
import { isList } from '../declare.ts';
import { fixedText, scientificText, shortestText } from './decimal.ts';

const DEFAULT_PLACES = 6;
/** Digits behind the point beyond which nobody means it. */
const MAX_PLACES = 100;
const MAX_DEPTH = 64;
/** Finding the digits of a double, in units. */
const DIGITS_COST = 10;

interface Clause {
  readonly verb: string;
  /** Digits behind the point; null where none are asked for. */
  readonly places: number | null;
  /** Of the first character behind it. */
  readonly end: number;
}

/** `"%d of %s".format([1, "2"])`. Values that are left over are no mistake. */
export function format(template: string, values: readonly CelValue[], meter: Meter): string {
  chargeLength(meter, template.length);
  const out = new Output(meter);
  let used = 0;
  let done = 0;
  for (let at = template.indexOf('%'); at !== -1; at = template.indexOf('%', done)) {
    out.add(template.slice(done, at));
    if (template[at + 1] === '%') {
      out.add('%');
      done = at + 2;
    } else {
      const clause = parseClause(template, at + 1);
      const value = values[used];
      if (value === undefined) {
        throw new CelError(`index ${used} out of range`);
      }
      used += 1;
      writeClause(clause, value, out);
      done = clause.end;
    }
  }
  out.add(template.slice(done));
  return out.text;
}

/** A text that is paid for before it grows. */
class Output {
  readonly meter: Meter;
  text = '';

  constructor(meter: Meter) {
    this.meter = meter;
  }

  add(part: string): void {
    chargeResult(this.meter, part.length);
    this.text += part;
  }
}

function parseClause(template: string, start: number): Clause {
  let at = start;
  let places: number | null = null;
  if (template[at] === '.') {
    const digits = /^[0-9]{1,4}/.exec(template.slice(at + 1, at + 5))?.[0];
    if (digits === undefined || Number(digits) > MAX_PLACES) {
      throw new CelError(`could not parse formatting clause: expected 0 to ${MAX_PLACES} digits after "%."`);
    }
    places = Number(digits);
    at += 1 + digits.length;
  }
  const verb = template[at];
  if (verb === undefined) {
    throw new CelError('could not parse formatting clause: unexpected end of string');
  }
  if (!/[bdefosxX]/.test(verb)) {
    throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
  return { verb, places, end: at + 1 };
}

function writeClause({ verb, places }: Clause, value: CelValue, out: Output): void {
  switch (verb) {
    case 's':
      writeValue(value, out, 0);
      return;
    case 'd':
      out.add(decimal(value));
      return;
    case 'f':
      out.add(fixedText(toNumber(value, 'fixed-point', out.meter), places ?? DEFAULT_PLACES));
      return;
    case 'e':
      out.add(scientificText(toNumber(value, 'scientific', out.meter), places ?? DEFAULT_PLACES));
      return;
    case 'b':
      out.add(typeof value === 'boolean' ? String(Number(value)) : integer(value, 2, 'binary'));
      return;
    case 'o':
      out.add(integer(value, 8, 'octal'));
      return;
    default:
      writeHex(value, verb === 'X', out);
  }
}

function decimal(value: CelValue): string {
  return typeof value === 'number' ? shortestText(value) : integer(value, 10, 'decimal');
}

function integer(value: CelValue, base: number, clause: string): string {
  const number = numberOf(value);
  if (typeof number !== 'bigint') {
    throw notFor(clause, value);
  }
  return number.toString(base);
}

function toNumber(value: CelValue, clause: string, meter: Meter): number {
  meter.charge(DIGITS_COST);
  const number = numberOf(value);
  if (number === null) {
    throw notFor(clause, value);
  }
  return Number(number);
}

function writeHex(value: CelValue, upper: boolean, out: Output): void {
  if (typeof value === 'string' || value instanceof Uint8Array) {
    // A character has three bytes at most, each two digits.
    chargeLength(out.meter, 6 * value.length);
  }
  const hex =
    typeof value === 'string' || value instanceof Uint8Array
      ? Buffer.from(value as string).toString('hex')
      : integer(value, 16, 'hex');
  out.add(upper ? hex.toUpperCase() : hex);
}

/** As `string(value)` has it; lists and maps with their elements. */
function writeValue(value: CelValue, out: Output, depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new CelError(`error during formatting: lists and maps of a depth of more than ${MAX_DEPTH}`);
  }
  if (isList(value)) {
    out.add('[');
    for (const [index, element] of value.entries()) {
      out.add(index === 0 ? '' : ', ');
      writeValue(element, out, depth + 1);
    }
    out.add(']');
  } else if (isMap(value)) {
    writeMap(value, out, depth);
  } else {
    out.add(scalarText(value, out.meter));
  }
}

function writeMap(map: CelMap, out: Output, depth: number): void {
  chargeLength(out.meter, 10 * map.size);
  const entries = Array.from(map.entries(), ([key, value]) => ({ key: scalarText(key, out.meter), value })).sort(
    (one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)),
  );
  out.add('{');
  for (const [index, { key, value }] of entries.entries()) {
    out.add(`${index === 0 ? '' : ', '}${key}: `);
    writeValue(value, out, depth + 1);
  }
  out.add('}');
}

function scalarText(value: CelValue, meter: Meter): string {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number') {
    return shortestText(value);
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value);
  }
  if (value instanceof CelUint) {
    return value.value.toString();
  }
  if (value instanceof CelTimestamp || value instanceof CelDuration) {
    tellExact(value, meter);
  }
  if (value instanceof CelTimestamp) {
    return printTimestamp(value.nanoseconds);
  }
  if (value instanceof CelDuration) {
    return printDuration(value.nanoseconds);
  }
  if (value instanceof Uint8Array) {
    chargeLength(meter, value.length);
    return new TextDecoder().decode(value);
  }
  if (value instanceof CelTypeValue) {
    return typeName(value.type);
  }
  if (isOpaque(value)) {
    return value.show();
  }
  throw notFor('string', value);
}

const TAKES: Readonly<Record<string, string>> = {
  string: 'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  decimal: 'ints, uints, and doubles',
  'fixed-point': 'ints, uints, and doubles',
  scientific: 'ints, uints, and doubles',
  binary: 'ints, uints, and bools',
  octal: 'ints and uints',
  hex: 'ints, uints, bytes, and strings',
};

function notFor(clause: string, value: CelValue): CelError {
  return new CelError(
    `error during formatting: the ${clause} clause is for ${TAKES[clause]}; given ${typeName(typeOf(value))}`,
  );
}
