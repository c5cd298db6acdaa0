import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { decodeText } from '../../text.ts';

/** A value of PHP, as far as packages need it: numbers, logical values and references are null, keys of lists texts. */
export type PhpValue = string | null | PhpArray;
export type PhpArray = ReadonlyMap<string, PhpValue>;

export function isPhpArray(value: PhpValue | undefined): value is PhpArray {
  return typeof value === 'object' && value !== null;
}

/** More digits than any length or number of elements has. */
const DIGITS = 15;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const QUOTE = 0x22;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * The array that PHP's `serialize` wrote. Nothing is ever built of objects: they are refused. Throws
 * `PACKAGE_METADATA_INVALID` and `LIMIT_EXCEEDED`.
 */
export function parseSerialized(bytes: Uint8Array, object: string): PhpArray {
  const reader = new SerializedReader(bytes, object);
  const value = reader.value(0);
  if (!isPhpArray(value)) {
    throw reader.broken('an array');
  }
  if (!reader.atEnd) {
    throw reader.broken('the end of the file');
  }
  return value;
}

class SerializedReader {
  readonly #bytes: Uint8Array;
  readonly #object: string;
  #at = 0;
  #elements = 0;

  constructor(bytes: Uint8Array, object: string) {
    this.#bytes = bytes;
    this.#object = object;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): PhpValue {
    switch (String.fromCharCode(this.#bytes[this.#at] ?? 0)) {
      case 's':
        return this.#string();
      case 'a':
        return this.#array(depth);
      case 'N':
        this.#at += 1;
        this.#expect(SEMICOLON, 'a semicolon');
        return null;
      case 'i':
      case 'd':
      case 'b':
      case 'r':
      case 'R':
        this.#scalar();
        return null;
      default:
        throw this.broken('a serialized text, number or array');
    }
  }

  /** `s:5:"bytes";` */
  #string(): string {
    this.#at += 1;
    const length = this.#number();
    this.#expect(QUOTE, 'a quotation mark');
    const start = this.#at;
    if (length > this.#bytes.length - start) {
      throw this.broken(`${length} bytes of text`);
    }
    this.#at += length;
    this.#expect(QUOTE, 'a quotation mark');
    this.#expect(SEMICOLON, 'a semicolon');
    return decodeText(this.#bytes.subarray(start, start + length));
  }

  /** `a:1:{i:0;s:1:"a";}`; the last of equal keys counts. */
  #array(depth: number): PhpArray {
    if (depth === LIMITS.jsonDepth) {
      throw limitExceeded(this.#object, LIMITS.jsonDepth, 'arrays inside each other');
    }
    this.#at += 1;
    const count = this.#number();
    this.#expect(OPENING, 'an opening brace');
    this.#elements += count;
    if (this.#elements > LIMITS.packagesPerFile) {
      throw limitExceeded(this.#object, LIMITS.packagesPerFile, 'elements', this.#elements);
    }
    const elements = new Map<string, PhpValue>();
    for (let index = 0; index < count; index += 1) {
      const key = this.#key();
      elements.set(key, this.value(depth + 1));
    }
    this.#expect(CLOSING, 'a closing brace');
    return elements;
  }

  #key(): string {
    switch (String.fromCharCode(this.#bytes[this.#at] ?? 0)) {
      case 's':
        return this.#string();
      case 'i':
        return this.#scalar();
      default:
        throw this.broken('a text or a number as key');
    }
  }

  /** What is between the colon and the semicolon of `i:-1;`, `d:0.5;`, `b:1;` and `R:2;`. */
  #scalar(): string {
    this.#at += 1;
    this.#expect(COLON, 'a colon');
    const end = this.#bytes.subarray(this.#at, this.#at + 64).indexOf(SEMICOLON);
    if (end < 1) {
      throw this.broken('a number and a semicolon');
    }
    const text = decodeText(this.#bytes.subarray(this.#at, this.#at + end));
    this.#at += end + 1;
    return text;
  }

  /** The length or count between two colons. */
  #number(): number {
    this.#expect(COLON, 'a colon');
    let number = 0;
    const start = this.#at;
    for (let digit = this.#digit(); digit !== null && this.#at - start < DIGITS; digit = this.#digit()) {
      number = number * 10 + digit;
      this.#at += 1;
    }
    if (this.#at === start) {
      throw this.broken('a number');
    }
    this.#expect(COLON, 'a colon');
    return number;
  }

  #digit(): number | null {
    const digit = (this.#bytes[this.#at] ?? 0) - 0x30;
    return digit >= 0 && digit <= 9 ? digit : null;
  }

  #expect(byte: number, name: string): void {
    if (this.#bytes[this.#at] !== byte) {
      throw this.broken(name);
    }
    this.#at += 1;
  }

  broken(expected: string): PackagesError {
    return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable registration of a package', {
      object: this.#object,
      expected,
      found: this.atEnd ? 'the end of the file' : `something else at byte ${this.#at}`,
    });
  }
}
