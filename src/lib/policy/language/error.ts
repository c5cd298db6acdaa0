/** What an expression came to instead of a value: `no such key: x`, `divide by zero`. Absorbed by `||` and `&&` as the language has it. */
export class CelError extends Error {
  #offset: number;

  constructor(message: string, offset = -1) {
    super(message);
    this.name = 'CelError';
    this.#offset = offset;
  }

  /** Where in the text, from 0; -1 where it is not known. */
  get offset(): number {
    return this.#offset;
  }

  /** Itself, at that place where it had none. */
  at(offset: number): this {
    if (this.#offset < 0) {
      this.#offset = offset;
    }
    return this;
  }
}

/** More was charged than allowed. Absorbed by nothing. */
export class CelBudgetError extends Error {
  readonly allowed: number;

  constructor(allowed: number) {
    super(`cost budget of ${allowed} units is used up`);
    this.name = 'CelBudgetError';
    this.allowed = allowed;
  }
}

/** Something wrong with the text of an expression, found before it runs. Offsets from 0, in UTF-16 code units of the text. */
export interface CelIssue {
  readonly offset: number;
  readonly length: number;
  /** `no field 'severty' in plimsoll.Finding; did you mean 'severity'?` */
  readonly message: string;
}
