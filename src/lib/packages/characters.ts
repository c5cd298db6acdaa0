/** Of ASCII, by codes of characters. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Of ASCII, large or small. */
export function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}
