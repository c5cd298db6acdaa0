/** Classes of UTF-16 code units; `NaN`, past the end of a text, is in none. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

export function isIdentifierStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

export function isIdentifierPart(code: number): boolean {
  return isIdentifierStart(code) || isDigit(code);
}

/** What may stand between backquotes: `[A-Za-z0-9_.\-/ ]`. */
export function isQuotedPart(code: number): boolean {
  return isIdentifierPart(code) || code === 46 || code === 45 || code === 47 || code === 32;
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 12 || code === 13;
}
