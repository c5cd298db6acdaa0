const SPACE = 0x20;
const ZERO = 0x30;
const SEVEN = 0x37;

/**
 * A numeric field of a tar header: octal digits between blanks, or base-256 when the first bit is set (GNU, star). An
 * empty field is 0. Null for anything else, and for what a double cannot hold exactly.
 */
export function parseNumber(block: Buffer, start: number, length: number): number | null {
  const first = block[start] ?? 0;
  return (first & 0x80) === 0 ? parseOctal(block, start, start + length) : parseBase256(block, start, start + length);
}

function parseOctal(block: Buffer, start: number, end: number): number | null {
  let at = start;
  while (at < end && isBlank(block[at])) {
    at += 1;
  }
  let value = 0;
  for (; at < end; at += 1) {
    const digit = block[at] ?? 0;
    if (digit < ZERO || digit > SEVEN) {
      break;
    }
    value = value * 8 + (digit - ZERO);
  }
  return at === end || isBlank(block[at]) ? value : null;
}

/** Two's complement, big-endian; the topmost bit is only the mark. */
function parseBase256(block: Buffer, start: number, end: number): number | null {
  const negative = ((block[start] ?? 0) & 0x40) !== 0;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const byte = block[at] ?? 0;
    const bits = at === start ? byte & 0x7f : byte;
    value = value * 256 + (negative ? (at === start ? 0x7f : 0xff) - bits : bits);
    if (value > Number.MAX_SAFE_INTEGER) {
      return null;
    }
  }
  return negative ? -value - 1 : value;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0 || byte === undefined;
}
