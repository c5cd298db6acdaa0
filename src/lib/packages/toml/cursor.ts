import { quote } from '#base/error.ts';
import { PackagesError } from '../error.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** A place in the text of a TOML document, and what it takes to say what is wrong there. */
export class Cursor {
  readonly text: string;
  readonly object: string;
  at = 0;

  constructor(text: string, object: string) {
    this.text = text;
    this.object = object;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here; the empty text at the end. */
  get char(): string {
    return this.text.charAt(this.at);
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Goes past this text when it is here. */
  take(text: string): boolean {
    const found = this.startsWith(text);
    if (found) {
      this.at += text.length;
    }
    return found;
  }

  expect(text: string): void {
    if (!this.take(text)) {
      throw this.invalid(quote(text));
    }
  }

  skipBlanks(): void {
    while (this.#code === SPACE || this.#code === TAB) {
      this.at += 1;
    }
  }

  /** Blanks, line ends and comments: what may be between the elements of an array. */
  skipLines(): void {
    for (;;) {
      this.skipBlanks();
      if (this.char === '#') {
        this.#skipComment();
      } else if (!this.takeNewline()) {
        return;
      }
    }
  }

  takeNewline(): boolean {
    return this.take('\n') || this.take('\r\n');
  }

  /** What may follow a header or a value on its line. */
  expectLineEnd(): void {
    this.skipBlanks();
    if (this.char === '#') {
      this.#skipComment();
    }
    if (!this.isAtEnd && !this.takeNewline()) {
      throw this.invalid('the end of the line');
    }
  }

  /** The longest run of characters of which `accepts` holds, gone past. */
  takeWhile(accepts: (code: number) => boolean): string {
    const start = this.at;
    while (this.at < this.text.length && accepts(this.#code)) {
      this.at += 1;
    }
    return this.text.slice(start, this.at);
  }

  invalid(expected: string, found?: string): PackagesError {
    return new PackagesError('PACKAGE_METADATA_INVALID', `not TOML in line ${this.#line()}`, {
      object: this.object,
      expected,
      found: found ?? (this.isAtEnd ? 'the end of the file' : quote(this.text.slice(this.at, this.at + 20))),
    });
  }

  get #code(): number {
    return this.text.charCodeAt(this.at);
  }

  #skipComment(): void {
    this.takeWhile((code) => code !== NEWLINE && code !== RETURN && !isControl(code));
    if (!this.isAtEnd && this.char !== '\n' && !this.startsWith('\r\n')) {
      throw this.invalid('a comment without control characters');
    }
  }

  #line(): number {
    let line = 1;
    for (let at = this.text.indexOf('\n'); at !== -1 && at < this.at; at = this.text.indexOf('\n', at + 1)) {
      line += 1;
    }
    return line;
  }
}

/** Those that neither comments nor texts may hold; the tab is none of them. */
export function isControl(code: number): boolean {
  return (code < SPACE && code !== TAB) || code === 0x7f;
}
