import { isDigit, isLetter } from '../../characters.ts';
import { unquote } from './literals.ts';

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const HASH = 0x23;
const PERCENT = 0x25;
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['{', '}'],
  ['(', ')'],
  ['[', ']'],
]);
/** A text of Ruby, read from the front. Only what rubygems writes is understood; nothing is evaluated. */
export class RubyText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get atStatementEnd(): boolean {
    return this.atEnd || '\n;#'.includes(this.#text[this.#at] ?? '');
  }

  /** Over blanks, and not over the end of a line. */
  skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) {
      this.#at += 1;
    }
  }

  /** Letters, digits and underscores; empty when there is none here. */
  word(): string {
    const start = this.#at;
    while (isWord(this.#text.charCodeAt(this.#at))) {
      this.#at += 1;
    }
    return this.#text.slice(start, this.#at);
  }

  /** True and past it when exactly this comes next. */
  take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) {
      return false;
    }
    this.#at += expected.length;
    return true;
  }

  /** A literal, frozen or not; null, and at some place inside, for whatever else. */
  string(): string | null {
    const start = this.#at;
    if (!this.#skipString()) {
      return null;
    }
    const written = this.#text.slice(start, this.#at);
    this.take('.freeze');
    return unquote(written);
  }

  /** A list of literals; null for whatever else. */
  strings(): readonly string[] | null {
    if (!this.take('[')) {
      return null;
    }
    const items: string[] = [];
    for (this.skipBlanks(); !this.take(']'); this.skipBlanks()) {
      const item = items.length === 0 || this.take(',') ? this.#next() : null;
      if (item === null) {
        return null;
      }
      items.push(item);
    }
    this.take('.freeze');
    return items;
  }

  /**
   * To the start of the next statement, over strings and brackets with line ends in them, of which so many are open already; false when the
   * text ends inside one.
   */
  skipStatement(opened = 0): boolean {
    let open = opened;
    for (; !this.atEnd; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === HASH) {
        this.#skipLine();
      }
      const char = this.#text[this.#at] ?? '';
      if (open === 0 && (char === '\n' || char === ';')) {
        this.#at += 1;
        return true;
      }
      if ('([{'.includes(char) && char !== '') {
        open += 1;
      } else if (')]}'.includes(char) && char !== '') {
        open = Math.max(0, open - 1);
      } else if (code === QUOTE || code === APOSTROPHE || (code === PERCENT && this.#opensLiteral())) {
        if (!this.#skipString()) {
          this.#at = this.#text.length;
          return false;
        }
        this.#at -= 1;
      }
    }
    return open === 0;
  }

  #next(): string | null {
    this.skipBlanks();
    return this.string();
  }

  /** `%q<`, and not a remainder. */
  #opensLiteral(): boolean {
    return 'qQ'.includes(this.#text[this.#at + 1] ?? ' ') && CLOSING.has(this.#text[this.#at + 2] ?? '');
  }

  #skipLine(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    this.#at = newline === -1 ? this.#text.length : newline;
  }

  /** False, and nowhere in particular, when none starts here or it has no end. */
  #skipString(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    if (code === PERCENT) {
      return this.#opensLiteral() && this.#skipBracketed();
    }
    if (code !== QUOTE && code !== APOSTROPHE) {
      return false;
    }
    for (this.#at += 1; !this.atEnd; this.#at += 1) {
      const next = this.#text.charCodeAt(this.#at);
      if (next === BACKSLASH) {
        this.#at += 1;
      } else if (next === code) {
        this.#at += 1;
        return true;
      }
    }
    return false;
  }

  #skipBracketed(): boolean {
    const opening = this.#text[this.#at + 2] ?? '';
    const closing = CLOSING.get(opening);
    let depth = 0;
    for (this.#at += 2; !this.atEnd; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === '\\') {
        this.#at += 1;
      } else if (char === opening) {
        depth += 1;
      } else if (char === closing) {
        depth -= 1;
        if (depth === 0) {
          this.#at += 1;
          return true;
        }
      }
    }
    return false;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

function isWord(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f;
}
