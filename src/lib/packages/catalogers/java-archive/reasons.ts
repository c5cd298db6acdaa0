import { AppError } from '#base/error.ts';

/** What could not be read in an archive, counted by kind, so that a hostile one yields a handful of reasons and not a million. */
export class Reasons {
  readonly #kinds = new Map<string, { readonly first: string; count: number }>();

  /** `kind` is one of few; `first` says more, of the first one. */
  add(kind: string, first: string): void {
    const known = this.#kinds.get(kind);
    if (known === undefined) {
      this.#kinds.set(kind, { first, count: 1 });
    } else {
      known.count += 1;
    }
  }

  /** Throws what is none of our own errors. */
  addError(error: unknown): void {
    if (!(error instanceof AppError)) {
      throw error;
    }
    this.add(error.problem, error.message);
  }

  list(): readonly string[] {
    return [...this.#kinds.values()].map(({ first, count }) =>
      count === 1 ? first : `${first}, and ${count - 1} more`,
    );
  }
}
