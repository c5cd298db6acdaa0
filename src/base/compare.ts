/** Negative, zero or positive as a sort asks for. By UTF-16 code units, so that the order is the same on every machine. */
export function compareText(a: string, b: string): -1 | 0 | 1 {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
