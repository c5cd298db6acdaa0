import { isDigit, isHexDigit } from './characters.ts';
import { ParseFailure } from './failure.ts';
import type { Token } from './token.ts';

/** The number at `offset`, where a digit is or a point before one. */
export function readNumber(text: string, offset: number): Token {
  if (text.startsWith('0x', offset) && isHexDigit(text.charCodeAt(offset + 2))) {
    return integer(text, offset, skip(text, offset + 2, isHexDigit));
  }
  const whole = skip(text, offset, isDigit);
  const fraction = fractionAt(text, whole);
  const end = exponentAt(text, fraction);
  return end === whole ? integer(text, offset, whole) : double(text, offset, end);
}

function fractionAt(text: string, at: number): number {
  return text[at] === '.' && isDigit(text.charCodeAt(at + 1)) ? skip(text, at + 1, isDigit) : at;
}

function exponentAt(text: string, at: number): number {
  if (text[at] !== 'e' && text[at] !== 'E') {
    return at;
  }
  const digits = text[at + 1] === '+' || text[at + 1] === '-' ? at + 2 : at + 1;
  return isDigit(text.charCodeAt(digits)) ? skip(text, digits, isDigit) : at;
}

function skip(text: string, offset: number, inClass: (code: number) => boolean): number {
  let at = offset;
  while (inClass(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

function integer(text: string, offset: number, digitsEnd: number): Token {
  const unsigned = text[digitsEnd] === 'u' || text[digitsEnd] === 'U';
  const end = unsigned ? digitsEnd + 1 : digitsEnd;
  const magnitude = magnitudeOf(text.slice(offset, digitsEnd));
  const largest = unsigned ? 2n ** 64n - 1n : 2n ** 63n;
  if (magnitude === null || magnitude > largest) {
    throw new ParseFailure(`the number is no ${unsigned ? 'uint' : 'int'} of 64 bits`, offset, end - offset);
  }
  return { kind: unsigned ? 'uint' : 'int', offset, end, magnitude };
}

/** Null for more digits than 64 bits have, which are not worth reading. */
function magnitudeOf(digits: string): bigint | null {
  const hexadecimal = digits.startsWith('0x');
  let first = hexadecimal ? 2 : 0;
  while (digits[first] === '0') {
    first += 1;
  }
  const significant = digits.slice(first);
  if (significant.length > 20) {
    return null;
  }
  return BigInt(`${hexadecimal ? '0x' : ''}${significant === '' ? '0' : significant}`);
}

function double(text: string, offset: number, end: number): Token {
  const magnitude = Number(text.slice(offset, end));
  if (!Number.isFinite(magnitude)) {
    throw new ParseFailure('the number is too large for a double', offset, end - offset);
  }
  return { kind: 'double', offset, end, magnitude };
}
