import { isUtf8 } from 'node:buffer';

const BACKSLASH_X = '\\x';
const HEX = '0123456789abcdef';

/**
 * A file name as text. Names are bytes; two that differ must not become the same text, or one file could hide another.
 * So a byte that is not part of valid UTF-8 becomes `\xHH`, and where a valid name holds just such a text, its backslash
 * is written `\x5c`. Every other name, `\x2d` of systemd among them, stays as it is.
 */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    return text.includes(BACKSLASH_X) ? escapeBackslashes(text) : text;
  }
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? escapeByte(bytes[at] ?? 0) : escapeBackslashes(bytes.toString('utf8', at, at + length));
    at += Math.max(length, 1);
  }
  return text;
}

/** How many bytes from `at` on are valid UTF-8 without a break; a run of ASCII counts as one piece. */
function sequenceLength(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && (bytes[end] ?? 0) < 0x80) {
    end += 1;
  }
  if (end > at) {
    return end - at;
  }
  for (let length = 2; length <= 4; length += 1) {
    if (at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) {
      return length;
    }
  }
  return 0;
}

function escapeByte(byte: number): string {
  return `${BACKSLASH_X}${HEX.charAt(byte >> 4)}${HEX.charAt(byte & 15)}`;
}

/** Only `\x80` to `\xff` can be taken for an escaped byte, and what an escaped backslash looks like, `\x5c`. */
function escapeBackslashes(text: string): string {
  let escaped = '';
  let copied = 0;
  for (let at = text.indexOf(BACKSLASH_X); at !== -1; at = text.indexOf(BACKSLASH_X, at + 1)) {
    if (looksEscaped(text.charAt(at + 2), text.charAt(at + 3))) {
      escaped += `${text.slice(copied, at)}\\x5c`;
      copied = at + 1;
    }
  }
  return copied === 0 ? text : escaped + text.slice(copied);
}

function looksEscaped(high: string, low: string): boolean {
  const value = HEX.indexOf(high) * 16 + HEX.indexOf(low);
  return high !== '' && low !== '' && HEX.includes(high) && HEX.includes(low) && (value >= 0x80 || value === 0x5c);
}
