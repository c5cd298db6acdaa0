import { quote } from '#base/error.ts';
import { PackagesError } from '../error.ts';

/** A line without its indent and line end. */
export interface Line {
  /** Blanks before its text. */
  readonly indent: number;
  readonly text: string;
  /** Where the line begins in the document. */
  readonly start: number;
  /** Counted from 1. */
  readonly number: number;
}

const SPACE = 0x20;

/** The lines of a YAML document, with the next one in view. What is blank or a comment alone is passed over. */
export class Lines {
  readonly #text: string;
  readonly #object: string;
  #at = 0;
  #number = 0;
  #next: Line | null = null;

  constructor(text: string, object: string) {
    this.#text = text;
    this.#object = object;
    this.#advance();
  }

  /** Null at the end. */
  get next(): Line | null {
    return this.#next;
  }

  take(): Line {
    const line = this.#next;
    if (line === null) {
      throw this.invalid('a value', this.#number);
    }
    this.#advance();
    return line;
  }

  /** Puts what is left of the line that was taken last in front of the next one. */
  putBack(line: Line): void {
    this.#next = line;
    const end = this.#text.indexOf('\n', line.start);
    this.#at = end === -1 ? this.#text.length : end + 1;
    this.#number = line.number;
  }

  /** The lines below `line` that are indented more than it is, blank ones among them, as they are; what is then next is behind them. */
  *takeRaw(line: Line): Generator<string, void> {
    this.#at = this.#endOf(line.start);
    this.#number = line.number;
    while (this.#at < this.#text.length) {
      const end = this.#endOf(this.#at);
      const raw = this.#text.slice(this.#at, end).trimEnd();
      if (raw !== '' && indentOf(raw) <= line.indent) {
        break;
      }
      yield raw;
      this.#at = end;
      this.#number += 1;
    }
    this.#advance();
  }

  invalid(expected: string, number: number, found?: string): PackagesError {
    return new PackagesError('PACKAGE_METADATA_INVALID', `not YAML as tools write it, line ${number}`, {
      object: this.#object,
      expected,
      found: found === undefined ? 'something else' : quote(found, 40),
    });
  }

  #advance(): void {
    this.#next = null;
    while (this.#next === null && this.#at < this.#text.length) {
      const start = this.#at;
      const end = this.#endOf(start);
      this.#at = end;
      this.#number += 1;
      const raw = this.#text.slice(start, end).trimEnd();
      const indent = indentOf(raw);
      const text = raw.slice(indent);
      if (text.startsWith('\t')) {
        throw this.invalid('blanks as indent', this.#number, '\t');
      }
      if (text !== '' && !text.startsWith('#')) {
        this.#next = { indent, text, start, number: this.#number };
      }
    }
  }

  #endOf(start: number): number {
    const newline = this.#text.indexOf('\n', start);
    return newline === -1 ? this.#text.length : newline + 1;
  }
}

function indentOf(raw: string): number {
  let indent = 0;
  while (raw.charCodeAt(indent) === SPACE) {
    indent += 1;
  }
  return indent;
}
