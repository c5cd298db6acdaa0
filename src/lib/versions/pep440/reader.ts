import { DASH, DOT, endOfDigits, isDigit, isLower, toNumeral, UNDERSCORE } from '../text.ts';

/** A cursor over lower-case ASCII text. Every method takes what it is named after, or nothing. */
export class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  done(): boolean {
    return this.#at === this.#text.length;
  }

  accept(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#at)) {
      return false;
    }
    this.#at += literal.length;
    return true;
  }

  /** As written; empty when there are none. */
  digits(): string {
    const end = endOfDigits(this.#text, this.#at);
    const digits = this.#text.slice(this.#at, end);
    this.#at = end;
    return digits;
  }

  /** The numeral after a character, both or nothing. */
  digitsAfter(code: number): string | null {
    if (this.#text.charCodeAt(this.#at) !== code || !isDigit(this.#text.charCodeAt(this.#at + 1))) {
      return null;
    }
    this.#at += 1;
    return toNumeral(this.digits());
  }

  /** One of `.`, `-`, `_`. */
  separator(): boolean {
    const found = isSeparator(this.#text.charCodeAt(this.#at));
    this.#at += found ? 1 : 0;
    return found;
  }

  /** A label with an optional separator on either side and an optional number, 0 when there is none: `-rc.1`, `.dev`. */
  labelled(labels: Iterable<string>): { readonly label: string; readonly number: string } | null {
    const start = this.#at;
    this.separator();
    for (const label of labels) {
      if (this.accept(label)) {
        this.separator();
        return { label, number: toNumeral(this.digits()) };
      }
    }
    this.#at = start;
    return null;
  }

  /** A run of letters and digits; empty when there is none. */
  alphanumeric(): string {
    const start = this.#at;
    let code = this.#text.charCodeAt(this.#at);
    while (isDigit(code) || isLower(code)) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    return this.#text.slice(start, this.#at);
  }
}

function isSeparator(code: number): boolean {
  return code === DOT || code === DASH || code === UNDERSCORE;
}
