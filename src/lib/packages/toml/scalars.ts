import { isDigit, isLetter } from '../characters.ts';
import type { Cursor } from './cursor.ts';
import type { TomlTime } from './value.ts';

/** No number and no time of a real file is longer. */
const LONGEST = 1024;

const DECIMAL = /^[+-]?(?:0|[1-9](?:_?[0-9])*)$/;
const PREFIXED = /^0(?:x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|o[0-7](?:_?[0-7])*|b[01](?:_?[01])*)$/;
const FLOAT = /^[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const CLOCK = /^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?$/;
const OFFSET = /^(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/;

const WORDS: ReadonlyMap<string, number | boolean> = new Map<string, number | boolean>([
  ['true', true],
  ['false', false],
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
  ['+nan', Number.NaN],
  ['-nan', Number.NaN],
]);

/** A value that is neither text, array nor table. */
export function takeScalar(cursor: Cursor): number | bigint | boolean | TomlTime {
  const start = cursor.at;
  const token = takeToken(cursor);
  const word = WORDS.get(token);
  if (word !== undefined) {
    return word;
  }
  const value = token.length > LONGEST ? null : (parseNumber(token) ?? parseTime(token));
  if (value === null) {
    cursor.at = start;
    throw cursor.invalid('a value');
  }
  return value;
}

/** A date and a time may have a space between them. */
function takeToken(cursor: Cursor): string {
  const token = cursor.takeWhile(isOfToken);
  const next = cursor.text.charCodeAt(cursor.at + 1);
  if (token.length === 10 && cursor.char === ' ' && next >= 0x30 && next <= 0x39 && DATE.test(token)) {
    cursor.at += 1;
    return `${token}T${cursor.takeWhile(isOfToken)}`;
  }
  return token;
}

function isOfToken(code: number): boolean {
  // Colon, plus, minus, dot, underscore.
  return isLetter(code) || isDigit(code) || [0x3a, 0x2b, 0x2d, 0x2e, 0x5f].includes(code);
}

/** Whole numbers have 64 bits; a file with a larger one is not understood by all. */
function parseNumber(token: string): number | bigint | null {
  const digits = token.replaceAll('_', '');
  if (DECIMAL.test(token) || PREFIXED.test(token)) {
    const unsigned = digits.startsWith('+') || digits.startsWith('-') ? digits.slice(1) : digits;
    const whole = digits.startsWith('-') ? -BigInt(unsigned) : BigInt(unsigned);
    if (BigInt.asIntN(64, whole) !== whole) {
      return null;
    }
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  return FLOAT.test(token) ? Number(digits) : null;
}

function parseTime(token: string): TomlTime | null {
  const date = token.slice(0, 10);
  if (!isDate(date)) {
    return CLOCK.test(token) ? { time: token } : null;
  }
  if (token.length === 10) {
    return { time: token };
  }
  const separator = token.charAt(10);
  const rest = token.slice(11);
  const zone = zoneOf(rest);
  const isValid = (separator === 'T' || separator === 't') && CLOCK.test(rest.slice(0, rest.length - zone.length));
  return isValid && (zone === '' || OFFSET.test(zone)) ? { time: token } : null;
}

function zoneOf(time: string): string {
  return /[Zz]$/.test(time) ? time.slice(-1) : /[+-]/.test(time) ? time.slice(-6) : '';
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || Number(year) === 0) {
    return false;
  }
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}
