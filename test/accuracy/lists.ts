/** Item by item; what ends first is lower. */
export function compareLists<Item>(
  a: readonly Item[],
  b: readonly Item[],
  compare: (left: Item, right: Item) => number,
): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined) {
      return 1;
    }
    const order = compare(left, right);
    if (order !== 0) {
      return order;
    }
  }
  return a.length - b.length;
}

/** Decimal digits of any length; none are zero. */
export function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareTexts(left, right);
}

/** Every version is compared with very many others. */
export function remembered<Parsed>(parse: (version: string) => Parsed): (version: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (version) => {
    const parsed = known.get(version) ?? parse(version);
    known.set(version, parsed);
    return parsed;
  };
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
