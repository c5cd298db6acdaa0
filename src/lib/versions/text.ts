import { compareText } from '#base/compare.ts';
import type { Order } from './scheme.ts';

/** Code units that more than one scheme tests for. */
export const DOT = 0x2e;
export const DASH = 0x2d;
export const TILDE = 0x7e;
export const UNDERSCORE = 0x5f;

/** ASCII digits only; other scripts' digits are in no version grammar. False for NaN, which is past the end. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLower(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

export function isLetter(code: number): boolean {
  return isLower(code) || (code >= 0x41 && code <= 0x5a);
}

/** The index after the run of digits that starts at `from`; `from` itself when there is none. */
export function endOfDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

/** A run of digits without leading zeros; `000` and the empty text give `0`. */
export function toNumeral(digits: string): string {
  let at = 0;
  while (at < digits.length - 1 && digits.charCodeAt(at) === 0x30) {
    at += 1;
  }
  return digits === '' ? '0' : digits.slice(at);
}

/** Orders numerals of any length by value: dates, commit counts and attackers' numbers do not fit a double. */
export function compareNumerals(a: string, b: string): Order {
  return a.length === b.length ? compareText(a, b) : a.length < b.length ? -1 : 1;
}

/** Item by item; of two lists where one starts with the other the longer is newer. */
export function compareLists<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => Order): Order {
  for (let at = 0; at < a.length; at += 1) {
    const left = a[at];
    const right = b[at];
    const order = left === undefined || right === undefined ? 1 : compare(left, right);
    if (order !== 0) {
      return order;
    }
  }
  return a.length < b.length ? -1 : 0;
}

/** Order of two plain numbers. */
export function compareRanks(a: number, b: number): Order {
  return a < b ? -1 : a > b ? 1 : 0;
}
