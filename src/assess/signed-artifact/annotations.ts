import { type Digest, isDigest } from '#base/digest.ts';
import { type AppError, quote } from '#base/error.ts';

/** How what is not of the form of such an artifact is said. */
export type Invalid = (object: string, expected: string, found: string) => AppError;

/** Annotations of one kind of artifact, whose names all begin alike: whatever they say was said by a stranger. */
export class Annotations {
  readonly #values: ReadonlyMap<string, string>;
  readonly #prefix: string;
  readonly #object: string;
  readonly #invalid: Invalid;

  constructor(values: ReadonlyMap<string, string>, prefix: string, object: string, invalid: Invalid) {
    this.#values = values;
    this.#prefix = prefix;
    this.#object = object;
    this.#invalid = invalid;
  }

  text(name: string, fits: (text: string) => boolean, expected: string): string {
    const value = this.#values.get(`${this.#prefix}${name}`);
    if (value === undefined || !fits(value)) {
      const found = value === undefined ? 'nothing' : quote(value);
      throw this.#invalid(`${this.#object}, ${this.#prefix}${name}`, expected, found);
    }
    return value;
  }

  digest(name: string): Digest {
    return this.text(name, isDigest, 'a digest') as Digest;
  }

  /** A whole number that is a time as well: milliseconds of any year that has four digits. */
  count(name: string): number {
    return Number(this.text(name, (text) => /^(0|[1-9][0-9]{0,14})$/.test(text), 'a whole number'));
  }
}
