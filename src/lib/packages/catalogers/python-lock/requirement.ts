import { isDigit, isLetter } from '../../characters.ts';

/** The name that a requirement begins with, as written (PEP 508); empty where it begins with none. */
export function nameOfRequirement(text: string): string {
  let end = 0;
  while (end < text.length && isOfName(text.charCodeAt(end))) {
    end += 1;
  }
  return text.slice(0, end);
}

function isOfName(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x2d || code === 0x2e || code === 0x5f;
}
