/** A token of Lua, as far as literals need them. `unfinished` is a text or comment that the file ends in. */
export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'symbol' | 'end' | 'unfinished';
  /** Of a text what it stands for, else as written. */
  readonly text: string;
}

const END: Token = { kind: 'end', text: '' };
const UNFINISHED: Token = { kind: 'unfinished', text: '' };
const NEWLINE = '\n';

/** Escapes of one letter; any other character stands for itself. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** The tokens of a text in Lua (Reference Manual 5.4, 3.1), one at a time; the last is `end` or `unfinished`. */
export class LuaTokens {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    if (!this.#skipBlanks()) {
      return UNFINISHED;
    }
    const char = this.#text.charAt(this.#at);
    if (char === '') {
      return END;
    }
    if (char === '"' || char === "'") {
      return this.#quoted(char);
    }
    if (char === '[') {
      const level = this.#bracketLevel(this.#at);
      return level === null ? this.#symbol(1) : this.#long(level);
    }
    if (isNameStart(char)) {
      return { kind: 'name', text: this.#word() };
    }
    if (isDigit(char)) {
      return { kind: 'number', text: this.#word() };
    }
    const pair = this.#text.slice(this.#at, this.#at + 2);
    return this.#symbol(pair === '==' || pair === '..' ? 2 : 1);
  }

  /** Blanks and comments; false where a comment does not end. */
  #skipBlanks(): boolean {
    for (;;) {
      while (this.#at < this.#text.length && ' \t\r\n\f\v'.includes(this.#text.charAt(this.#at))) {
        this.#at += 1;
      }
      if (!this.#text.startsWith('--', this.#at)) {
        return true;
      }
      const level = this.#bracketLevel(this.#at + 2);
      if (level === null) {
        const end = this.#text.indexOf(NEWLINE, this.#at);
        this.#at = end === -1 ? this.#text.length : end + 1;
      } else {
        this.#at += 2;
        if (this.#long(level).kind === 'unfinished') {
          return false;
        }
      }
    }
  }

  /** How many `=` are between the two brackets that open a long text; null where there are no such brackets. */
  #bracketLevel(at: number): number | null {
    if (this.#text.charAt(at) !== '[') {
      return null;
    }
    let end = at + 1;
    while (this.#text.charAt(end) === '=') {
      end += 1;
    }
    return this.#text.charAt(end) === '[' ? end - at - 1 : null;
  }

  #long(level: number): Token {
    const start = this.#at + level + 2;
    const end = this.#text.indexOf(`]${'='.repeat(level)}]`, start);
    if (end === -1) {
      this.#at = this.#text.length;
      return UNFINISHED;
    }
    this.#at = end + level + 2;
    return { kind: 'text', text: this.#text.slice(start, end) };
  }

  #quoted(quote: string): Token {
    let plain = '';
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const char = this.#text.charAt(at);
      if (char === quote) {
        this.#at = at + 1;
        return { kind: 'text', text: plain };
      }
      if (char === NEWLINE) {
        break;
      }
      if (char === '\\') {
        const escape = unescape(this.#text.slice(at + 1, at + 11));
        plain += escape.plain;
        at += escape.length;
      } else {
        plain += char;
      }
    }
    this.#at = this.#text.length;
    return UNFINISHED;
  }

  #word(): string {
    const start = this.#at;
    while (isWord(this.#text.charAt(this.#at))) {
      this.#at += 1;
    }
    return this.#text.slice(start, this.#at);
  }

  #symbol(length: number): Token {
    const text = this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    return { kind: 'symbol', text };
  }
}

/** What stands behind a backslash; of a byte past ASCII it cannot be told what character it makes. */
function unescape(text: string): { readonly plain: string; readonly length: number } {
  const number = /^(?:x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|([0-9]{1,3}))/.exec(text);
  if (number !== null) {
    const [written, byte, unicode, decimal = ''] = number;
    const code = Number.parseInt(byte ?? unicode ?? decimal, decimal === '' ? 16 : 10);
    const last = unicode === undefined ? 0x7f : 0x10ffff;
    const plain = code <= last ? String.fromCodePoint(code).toWellFormed() : '\ufffd';
    return { plain, length: written.length };
  }
  const char = text.charAt(0);
  return { plain: ESCAPES.get(char) ?? char, length: 1 };
}

function isNameStart(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isWord(char: string): boolean {
  return isNameStart(char) || isDigit(char);
}
