import { quote } from '#base/error.ts';
import { isDigit, isLetter } from '../../characters.ts';
import { PackagesError } from '../../error.ts';
import { decodeText } from '../../text.ts';

/** A META file of findlib (META(5)), as far as it makes a package record. */
export interface Meta {
  /** Null when there is none. */
  readonly version: string | null;
  /** Libraries that it or a package inside it needs. */
  readonly requires: readonly string[];
}

/** Packages inside each other; findlib has two levels in use. */
const DEPTH = 64;

type Token =
  | { readonly kind: 'word' | 'text'; readonly text: string }
  | { readonly kind: '=' | '+=' | '-=' | '(' | ')' | ',' | '-' | 'end' };

/** Throws `PACKAGE_METADATA_INVALID` for what does not follow the grammar from its first character to its last. */
export function parseMeta(bytes: Uint8Array, object: string): Meta {
  const tokens = new Tokens(decodeText(bytes), object);
  const requires = new Set<string>();
  let version: string | null = null;
  let depth = 0;
  for (let token = tokens.next(); token.kind !== 'end' || depth > 0; token = tokens.next()) {
    if (token.kind === ')' && depth > 0) {
      depth -= 1;
    } else if (token.kind !== 'word') {
      throw tokens.unexpected(token);
    } else if (token.text === 'package' && tokens.textOrNull() !== null) {
      tokens.expect('(');
      depth += 1;
      if (depth > DEPTH) {
        throw tokens.unexpected(token);
      }
    } else {
      const { value, isConditional } = assignment(tokens);
      if (token.text === 'version' && depth === 0 && !isConditional) {
        version ??= value;
      } else if (token.text === 'requires') {
        value.split(/[ ,\t\r\n]/).forEach((name) => requires.add(name));
      }
    }
  }
  return { version, requires: [...requires].filter((name) => name !== '') };
}

/** `(PREDICATE, -PREDICATE) = "VALUE"` or `+=`, the predicates optional. */
function assignment(tokens: Tokens): { readonly value: string; readonly isConditional: boolean } {
  let token = tokens.next();
  const isConditional = token.kind === '(';
  if (isConditional) {
    do {
      token = tokens.next();
      token = token.kind === '-' ? tokens.next() : token;
      if (token.kind !== 'word') {
        throw tokens.unexpected(token);
      }
      token = tokens.next();
    } while (token.kind === ',');
    if (token.kind !== ')') {
      throw tokens.unexpected(token);
    }
    token = tokens.next();
  }
  const value = token.kind === '=' || token.kind === '+=' || token.kind === '-=' ? tokens.textOrNull() : null;
  if (value === null) {
    throw tokens.unexpected(token);
  }
  return { value, isConditional };
}

class Tokens {
  readonly #text: string;
  readonly #object: string;
  #at = 0;

  constructor(text: string, object: string) {
    this.#text = text;
    this.#object = object;
  }

  next(): Token {
    this.#skipBlanks();
    const char = this.#text[this.#at];
    switch (char) {
      case undefined:
        return { kind: 'end' };
      case '"':
        return { kind: 'text', text: this.#quoted() };
      case '=':
      case '(':
      case ')':
      case ',':
        this.#at += 1;
        return { kind: char };
      case '+':
      case '-': {
        const assigns = this.#text[this.#at + 1] === '=';
        this.#at += assigns ? 2 : 1;
        if (char === '+') {
          return assigns ? { kind: '+=' } : this.#fail('+');
        }
        return { kind: assigns ? '-=' : '-' };
      }
      default:
        return { kind: 'word', text: this.#word() };
    }
  }

  /** Past a quoted text and its value, if one comes next. */
  textOrNull(): string | null {
    this.#skipBlanks();
    return this.#text[this.#at] === '"' ? this.#quoted() : null;
  }

  expect(kind: '('): void {
    const token = this.next();
    if (token.kind !== kind) {
      throw this.unexpected(token);
    }
  }

  unexpected(token: Token): PackagesError {
    return this.#invalid(token.kind === 'word' || token.kind === 'text' ? quote(token.text) : token.kind);
  }

  #word(): string {
    const start = this.#at;
    while (isWordCharacter(this.#text.charCodeAt(this.#at))) {
      this.#at += 1;
    }
    return this.#at === start ? this.#fail(this.#text[start] ?? '') : this.#text.slice(start, this.#at);
  }

  /** A backslash stands before any character that is meant as it is. */
  #quoted(): string {
    let text = '';
    let plain = this.#at + 1;
    for (this.#at = plain; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === '"') {
        text += this.#text.slice(plain, this.#at);
        this.#at += 1;
        return text;
      }
      if (char === '\\') {
        text += this.#text.slice(plain, this.#at);
        this.#at += 1;
        plain = this.#at;
      }
    }
    return this.#fail('a quotation without an end');
  }

  #skipBlanks(): void {
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === '#') {
        const newline = this.#text.indexOf('\n', this.#at);
        this.#at = newline === -1 ? this.#text.length : newline;
      } else if (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) {
        this.#at += 1;
      } else {
        return;
      }
    }
  }

  #fail(found: string): never {
    throw this.#invalid(quote(found));
  }

  #invalid(found: string): PackagesError {
    return new PackagesError('PACKAGE_METADATA_INVALID', 'not a META file of findlib', {
      object: this.#object,
      expected: 'NAME = "VALUE", with predicates, and package "NAME" ( … )',
      found,
    });
  }
}

function isWordCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f || code === 0x2e;
}
