import { isDigit } from '../../characters.ts';
/** A term as it is written; numbers and characters are kept as text, since nothing here computes with them. */
export type Term =
  | { readonly kind: 'atom' | 'string' | 'binary' | 'number'; readonly text: string }
  | { readonly kind: 'list' | 'tuple' | 'map'; readonly items: readonly Term[] };

/** Deeper nesting is in no application's file. */
const DEPTH = 64;
/** Applications of a thousand modules have a few thousand terms. */
const TERMS = 500_000;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['d', '\x7f'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['s', ' '],
  ['t', '\t'],
  ['v', '\v'],
]);

/**
 * The first term of a file as `file:consult/1` reads it (Erlang reference manual, "Data Types"), or why there is none. Nothing
 * is evaluated. Sigils and triple-quoted strings, which are for sources, are none.
 */
export function readFirstTerm(text: string): Term | string {
  const reader = new TermReader(text);
  const term = reader.term(0);
  if (term === null || !reader.takesEnd()) {
    return reader.failure;
  }
  return term;
}

class TermReader {
  readonly #text: string;
  #at = 0;
  #terms = 0;
  #failure = '';

  constructor(text: string) {
    this.#text = text;
  }

  get failure(): string {
    return this.#failure === '' ? 'something that is no Erlang term' : this.#failure;
  }

  /** A full stop; it may be the last character of the file. */
  takesEnd(): boolean {
    this.#skipBlanks();
    return this.#take('.') || this.#fail('no full stop behind the term') !== null;
  }

  /** Null, with `failure`, when there is none here. */
  term(depth: number): Term | null {
    this.#terms += 1;
    if (this.#terms > TERMS || depth > DEPTH) {
      return this.#fail(depth > DEPTH ? `terms deeper than ${DEPTH}` : `more than ${TERMS} terms`);
    }
    this.#skipBlanks();
    const char = this.#text[this.#at] ?? '';
    switch (char) {
      case '':
        return this.#fail('an end inside a term');
      case '{':
        return this.#items('tuple', '{', '}', depth);
      case '[':
        return this.#items('list', '[', ']', depth);
      case '#':
        return this.#take('#{') ? this.#rest('map', '}', depth) : null;
      case '"':
        return this.#strings();
      case "'": {
        const text = this.#quoted("'");
        return text === null ? null : { kind: 'atom', text };
      }
      case '<':
        return this.#binary();
      case '$':
        return this.#character();
      default:
        return this.#word(char);
    }
  }

  #items(kind: 'tuple' | 'list', open: string, close: string, depth: number): Term | null {
    this.#take(open);
    return this.#rest(kind, close, depth);
  }

  /** Up to the closing bracket. The tail of an improper list and the values of a map count as items. */
  #rest(kind: 'tuple' | 'list' | 'map', close: string, depth: number): Term | null {
    const items: Term[] = [];
    for (this.#skipBlanks(); !this.#take(close); this.#skipBlanks()) {
      if (items.length > 0 && !this.#takesSeparator(kind)) {
        return this.#fail(`a ${kind} without an end`);
      }
      const item = this.term(depth + 1);
      if (item === null) {
        return null;
      }
      items.push(item);
    }
    return { kind, items };
  }

  #takesSeparator(kind: 'tuple' | 'list' | 'map'): boolean {
    return this.#take(',') || (kind === 'list' && this.#take('|')) || (kind === 'map' && this.#take('=>'));
  }

  /** String literals beside each other are one. */
  #strings(): Term | null {
    let text = '';
    while (this.#text[this.#at] === '"') {
      const part = this.#quoted('"');
      if (part === null) {
        return null;
      }
      text += part;
      this.#skipBlanks();
    }
    return { kind: 'string', text };
  }

  /** `<<"text">>`, `<<"text"/utf8>>` and numbers; of the latter the text is none. */
  #binary(): Term | null {
    if (!this.#take('<<')) {
      return null;
    }
    let text = '';
    for (this.#skipBlanks(); !this.#take('>>'); this.#skipBlanks()) {
      if (this.#text[this.#at] === '"') {
        const part = this.#quoted('"');
        if (part === null) {
          return null;
        }
        text += part;
      } else if (isWordCharacter(this.#text.charCodeAt(this.#at)) || ',/:-'.includes(this.#text[this.#at] ?? ' ')) {
        this.#at += 1;
      } else {
        return this.#fail('a binary without an end');
      }
    }
    return { kind: 'binary', text };
  }

  #character(): Term | null {
    const start = this.#at;
    this.#at += this.#text[this.#at + 1] === '\\' ? 3 : 2;
    return { kind: 'number', text: this.#text.slice(start, this.#at) };
  }

  #word(first: string): Term | null {
    const start = this.#at;
    if (first === '-' || first === '+') {
      this.#at += 1;
    }
    while (isWordCharacter(this.#text.charCodeAt(this.#at)) || this.#isInsideNumber(start)) {
      this.#at += 1;
    }
    const text = this.#text.slice(start, this.#at);
    const code = first.charCodeAt(0);
    if (isLower(code)) {
      return { kind: 'atom', text };
    }
    const digit = first === '-' || first === '+' ? text.charCodeAt(1) : code;
    return isDigit(digit) ? { kind: 'number', text } : this.#fail(`${JSON.stringify(first)} where a term starts`);
  }

  /** The point, base and exponent of a number: `1.5e-3`, `16#ff`. A full stop has no digit behind it. */
  #isInsideNumber(start: number): boolean {
    const char = this.#text[this.#at] ?? '';
    if (this.#at === start || isLower(this.#text.charCodeAt(start)) || !'.#-+'.includes(char)) {
      return false;
    }
    const before = this.#text[this.#at - 1] ?? '';
    const next = this.#text.charCodeAt(this.#at + 1);
    return char === '-' || char === '+'
      ? before === 'e' || before === 'E'
      : isDigit(next) || (char === '#' && isWordCharacter(next));
  }

  /** Past the closing quotation mark; null when there is none. */
  #quoted(quotationMark: string): string | null {
    let text = '';
    let plain = this.#at + 1;
    for (this.#at = plain; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === quotationMark) {
        text += this.#text.slice(plain, this.#at);
        this.#at += 1;
        return text;
      }
      if (char === '\\') {
        text += this.#text.slice(plain, this.#at) + this.#escape();
        plain = this.#at + 1;
      }
    }
    return this.#fail('a quotation without an end');
  }

  /** To the last character of the escape: `\n`, `\x{e9}`, `\xe9`, `\351`, `\^A`. */
  #escape(): string {
    const following = this.#text.slice(this.#at + 1, this.#at + 12);
    const numbered = /^(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|([0-7]{1,3}))/.exec(following);
    if (numbered !== null) {
      const [all, braced, hexadecimal, octal] = numbered;
      this.#at += all.length;
      const code = octal === undefined ? Number.parseInt(braced ?? hexadecimal ?? '', 16) : Number.parseInt(octal, 8);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\ufffd';
    }
    if (following.startsWith('^') && following.length > 1) {
      this.#at += 2;
      return String.fromCharCode(following.charCodeAt(1) & 31);
    }
    this.#at += 1;
    const char = following[0] ?? '';
    return ESCAPES.get(char) ?? char;
  }

  #skipBlanks(): void {
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === '%') {
        const newline = this.#text.indexOf('\n', this.#at);
        this.#at = newline === -1 ? this.#text.length : newline;
      } else if (this.#text.charCodeAt(this.#at) > 0x20 && this.#text.charCodeAt(this.#at) !== 0xa0) {
        return;
      } else {
        this.#at += 1;
      }
    }
  }

  #take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) {
      return false;
    }
    this.#at += expected.length;
    return true;
  }

  #fail(failure: string): null {
    this.#failure = failure;
    return null;
  }
}

/** Atoms start with these, in Latin-1. */
function isLower(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0xdf && code <= 0xff && code !== 0xf7);
}

/** What continues an atom or a number. */
function isWordCharacter(code: number): boolean {
  return (
    isDigit(code) ||
    isLower(code) ||
    (code >= 0x40 && code <= 0x5a) ||
    code === 0x5f ||
    (code >= 0xc0 && code <= 0xde && code !== 0xd7)
  );
}
