/** A database that was emptied says no more about the image than one that is missing: `reasons`, or that. */
export function emptyIsUnknown(count: number, reasons: readonly string[]): readonly string[] {
  return count === 0 && reasons.length === 0 ? ['expected at least one package, found an empty database'] : reasons;
}

/**
 * What a parser had to leave out of a file, counted by kind, so that a hostile file yields a handful of reasons and not a
 * million. Kinds are constants of the parser.
 */
export class Omissions {
  readonly #unit: string;
  readonly #kinds = new Map<string, { count: number; readonly first: number }>();

  /** `unit` is what is numbered: a line, a page. */
  constructor(unit = 'line') {
    this.#unit = unit;
  }

  add(kind: string, number: number): void {
    const known = this.#kinds.get(kind);
    if (known === undefined) {
      this.#kinds.set(kind, { count: 1, first: number });
    } else {
      known.count += 1;
    }
  }

  /** One sentence part per kind, in the order in which they were first met. */
  reasons(): readonly string[] {
    return [...this.#kinds].map(([kind, { count, first }]) =>
      count === 1 ? `${this.#unit} ${first}: ${kind}` : `${this.#unit} ${first} and ${count - 1} more: ${kind}`,
    );
  }
}
