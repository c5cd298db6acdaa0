/** The name that a requirement begins with, as written (PEP 508); empty where it begins with none. */
export function nameOfRequirement(text: string): string {
  let end = 0;
  while (end < text.length && isOfName(text.charCodeAt(end))) {
    end += 1;
  }
  return text.slice(0, end);
}

function isOfName(code: number): boolean {
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isLetter || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x5f;
}
