/**
 * What a parser had to leave out of a file, counted by kind, so that a hostile file yields a handful of reasons and not a
 * million. Kinds are constants of the parser.
 */
export class Omissions {
  readonly #kinds = new Map<string, { count: number; readonly firstLine: number }>();

  add(kind: string, line: number): void {
    const known = this.#kinds.get(kind);
    if (known === undefined) {
      this.#kinds.set(kind, { count: 1, firstLine: line });
    } else {
      known.count += 1;
    }
  }

  /** One sentence part per kind, in the order of their first lines. */
  reasons(): readonly string[] {
    return [...this.#kinds].map(([kind, { count, firstLine }]) =>
      count === 1 ? `line ${firstLine}: ${kind}` : `line ${firstLine} and ${count - 1} more: ${kind}`,
    );
  }
}
