import { quote } from '#base/error.ts';
import { AuthError } from './error.ts';

/** One challenge (RFC 9110, section 11.3): a scheme with parameters, or with one token68. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly token68: string | null;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The challenges of all `WWW-Authenticate` headers of an answer, in order. Throws `CHALLENGE_INVALID` for a header that
 * is not of the grammar, for a parameter given twice in a challenge, and for control characters in a value.
 */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap((header) => new Scanner(header).challenges());
}

const TCHAR = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/;
const TOKEN68 = /^[0-9A-Za-z._~+/-]$/;

/** A header is a list of challenges whose parameters are a list too, with the same comma: what a token starts, `=` decides. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  challenges(): readonly Challenge[] {
    const found: Challenge[] = [];
    this.#separators();
    while (this.#at < this.#text.length) {
      found.push(this.#challenge());
      this.#separators();
    }
    return found;
  }

  #challenge(): Challenge {
    const scheme = this.#token('a scheme').toLowerCase();
    const gap = this.#spaces();
    const parameters = new Map<string, string>();
    if (gap === 0 || this.#atEnd()) {
      this.#endOfElement('a blank after the scheme');
      return { scheme, token68: null, parameters };
    }
    const token68 = this.#token68();
    if (token68 !== null) {
      return { scheme, token68, parameters };
    }
    while (this.#parameter(parameters)) {
      this.#endOfElement('a comma after the parameter');
      this.#separators();
    }
    return { scheme, token68: null, parameters };
  }

  /** Reads a parameter; false, with nothing read, when something else follows: the next scheme, or the end. */
  #parameter(parameters: Map<string, string>): boolean {
    const start = this.#at;
    const name = this.#run(TCHAR).toLowerCase();
    this.#spaces();
    if (name === '' || this.#text[this.#at] !== '=') {
      this.#at = start;
      return false;
    }
    this.#at += 1;
    this.#spaces();
    const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#token('a value');
    if (parameters.has(name)) {
      throw this.#invalid(`one ${quote(name)} in a challenge`, 'two');
    }
    parameters.set(name, value);
    return true;
  }

  /** Characters of a token68 and `=` at its end, up to the next comma or the end; null when that is not what follows. */
  #token68(): string | null {
    const start = this.#at;
    const body = this.#run(TOKEN68);
    const padding = this.#run(/^=$/);
    this.#spaces();
    if (body !== '' && this.#atEnd()) {
      return body + padding;
    }
    this.#at = start;
    return null;
  }

  #quoted(): string {
    let value = '';
    this.#at += 1;
    for (;;) {
      const char = this.#text[this.#at];
      this.#at += 1;
      if (char === '"') {
        return value;
      }
      const next = char === '\\' ? this.#text[this.#at] : char;
      this.#at += char === '\\' ? 1 : 0;
      if (next === undefined) {
        throw this.#invalid('a closing quote', 'none');
      }
      if ((next < ' ' && next !== '\t') || next === '\u007f') {
        throw this.#invalid('no control characters', 'one');
      }
      value += next;
    }
  }

  #token(what: string): string {
    const token = this.#run(TCHAR);
    if (token === '') {
      throw this.#invalid(what, this.#at < this.#text.length ? quote(this.#text.slice(this.#at), 20) : 'the end');
    }
    return token;
  }

  #run(allowed: RegExp): string {
    const start = this.#at;
    while (this.#at < this.#text.length && allowed.test(this.#text.charAt(this.#at))) {
      this.#at += 1;
    }
    return this.#text.slice(start, this.#at);
  }

  #spaces(): number {
    return this.#run(/^[ \t]$/).length;
  }

  #separators(): void {
    this.#run(/^[ \t,]$/);
  }

  #atEnd(): boolean {
    return this.#at >= this.#text.length || this.#text[this.#at] === ',';
  }

  #endOfElement(expected: string): void {
    this.#spaces();
    if (!this.#atEnd()) {
      throw this.#invalid(expected, quote(this.#text.slice(this.#at), 20));
    }
  }

  #invalid(expected: string, found: string): AuthError {
    return new AuthError('CHALLENGE_INVALID', 'not a challenge', {
      object: `WWW-Authenticate ${quote(this.#text)}`,
      expected,
      found,
    });
  }
}
