import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { YamlValue } from './value.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001b'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const CODE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

export interface FlowContext {
  readonly object: string;
  /** Counts a value; throws when there are too many. */
  count(): void;
  /** To be thrown, with what was expected. */
  fail(expected: string): Error;
}

/** What stands on one line: quoted texts, and lists and maps in brackets. */
export class Flow {
  readonly #text: string;
  readonly #context: FlowContext;
  at: number;

  constructor(text: string, at: number, context: FlowContext) {
    this.#text = text;
    this.at = at;
    this.#context = context;
  }

  /** A quoted text, with its quotes here. */
  quoted(): string {
    return this.#is("'") ? this.#singleQuoted() : this.#doubleQuoted();
  }

  /** A list or a map in brackets. */
  collection(depth: number): YamlValue {
    if (depth > LIMITS.yamlDepth) {
      throw limitExceeded(this.#context.object, LIMITS.yamlDepth, 'levels');
    }
    const isMap = this.#is('{');
    const close = isMap ? '}' : ']';
    const map = new Map<string, YamlValue>();
    const list: YamlValue[] = [];
    this.at += 1;
    this.#skipBlanks();
    while (!this.#is(close)) {
      this.#context.count();
      if (isMap) {
        const key = this.#isQuote ? this.quoted() : this.#plain(':,{}[]');
        this.#skipBlanks();
        const value = this.#is(':') ? this.#valueOfPair(depth) : '';
        if (map.has(key)) {
          throw this.#context.fail('every key once');
        }
        map.set(key, value);
      } else {
        list.push(this.#value(depth, ',{}[]'));
      }
      this.#skipBlanks();
      if (this.#is(',')) {
        this.at += 1;
        this.#skipBlanks();
      } else if (!this.#is(close)) {
        throw this.#context.fail(`${close} on the same line`);
      }
    }
    this.at += 1;
    return isMap ? map : list;
  }

  #valueOfPair(depth: number): YamlValue {
    this.at += 1;
    this.#skipBlanks();
    return this.#value(depth, ',{}[]');
  }

  #value(depth: number, ends: string): YamlValue {
    if (this.#is('{') || this.#is('[')) {
      return this.collection(depth + 1);
    }
    return this.#isQuote ? this.quoted() : this.#plain(ends);
  }

  /** Up to one of `ends`; a colon ends it only before a blank or at the end. */
  #plain(ends: string): string {
    const start = this.at;
    while (this.at < this.#text.length && !(ends.includes(this.#char) && (this.#char !== ':' || this.#isSeparator))) {
      this.at += 1;
    }
    return this.#text.slice(start, this.at).trimEnd();
  }

  get #isSeparator(): boolean {
    const next = this.#text.charAt(this.at + 1);
    return next === '' || next === ' ';
  }

  #singleQuoted(): string {
    let text = '';
    let start = this.at + 1;
    for (;;) {
      const end = this.#text.indexOf("'", start);
      if (end === -1) {
        throw this.#context.fail("' on the same line");
      }
      text += this.#text.slice(start, end);
      if (this.#text.charAt(end + 1) !== "'") {
        this.at = end + 1;
        return text;
      }
      text += "'";
      start = end + 2;
    }
  }

  #doubleQuoted(): string {
    let text = '';
    this.at += 1;
    let start = this.at;
    while (!this.#is('"')) {
      if (this.at >= this.#text.length) {
        throw this.#context.fail('" on the same line');
      }
      if (this.#is('\\')) {
        text += this.#text.slice(start, this.at) + this.#escape();
        start = this.at;
      } else {
        this.at += 1;
      }
    }
    text += this.#text.slice(start, this.at);
    this.at += 1;
    return text;
  }

  #escape(): string {
    const letter = this.#text.charAt(this.at + 1);
    const digits = CODE_DIGITS.get(letter);
    this.at += 2;
    if (digits === undefined) {
      const escaped = ESCAPES.get(letter);
      if (escaped === undefined) {
        throw this.#context.fail('an escape that there is');
      }
      return escaped;
    }
    const hex = this.#text.slice(this.at, this.at + digits);
    const code = Number.parseInt(hex, 16);
    if (hex.length < digits || !/^[0-9A-Fa-f]+$/.test(hex) || code > 0x10ffff) {
      throw this.#context.fail(`${digits} hexadecimal digits of a character`);
    }
    this.at += digits;
    return String.fromCodePoint(code);
  }

  #skipBlanks(): void {
    while (this.#is(' ')) {
      this.at += 1;
    }
  }

  get #char(): string {
    return this.#text.charAt(this.at);
  }

  #is(char: string): boolean {
    return this.#char === char;
  }

  get #isQuote(): boolean {
    return this.#is("'") || this.#is('"');
  }
}
