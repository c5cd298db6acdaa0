import { AppError, messageOf, quote } from '../error.ts';
import { LIMITS } from '../limits.ts';

export type JsonCode =
  /** The text is not JSON (RFC 8259), or not UTF-8. */
  | 'JSON_INVALID'
  /** An object names the same member twice, so that two parsers could read two different documents. */
  | 'JSON_DUPLICATE_KEY'
  /** Arrays and objects are nested deeper than the limit. */
  | 'JSON_TOO_DEEP';

export class JsonError extends AppError<JsonCode> {}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON (RFC 8259) that decides something: a manifest, a policy, a signed statement. Two parsers that pick
 * different values of a duplicate member would see different images, so duplicates are refused (`JSON_DUPLICATE_KEY`),
 * as are bytes that are not UTF-8, nesting past `LIMITS.jsonDepth` (`JSON_TOO_DEEP`) and everything that is not JSON
 * (`JSON_INVALID`). `object` names the document in the error.
 */
export function parseStrictJson(input: Uint8Array | string, object: string): unknown {
  const text = typeof input === 'string' ? input : decode(input, object);
  // The scan runs first: JSON.parse itself has no depth limit that an attacker could not reach.
  new DuplicateScan(text, object).run();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new JsonError('JSON_INVALID', 'not valid JSON', { object, found: quote(messageOf(error)), cause: error });
  }
}

function decode(bytes: Uint8Array, object: string): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new JsonError('JSON_INVALID', 'not valid JSON', {
      object,
      expected: 'UTF-8 text',
      found: 'bytes that are not UTF-8',
      cause: error,
    });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** One pass over the text that only follows strings and brackets; JSON.parse judges everything else. */
class DuplicateScan {
  readonly #text: string;
  readonly #object: string;
  /** One element per open bracket: the members seen so far for an object, null for an array. */
  readonly #open: (Set<string> | null)[] = [];

  constructor(text: string, object: string) {
    this.#text = text;
    this.#object = object;
  }

  run(): void {
    const text = this.#text;
    let at = 0;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        const end = endOfString(text, at);
        this.#string(at, end);
        at = end;
      } else {
        if (code === 0x7b || code === 0x5b) {
          this.#enter(code === 0x7b);
        } else if (code === 0x7d || code === 0x5d) {
          this.#open.pop();
        }
        at += 1;
      }
    }
  }

  #enter(isObject: boolean): void {
    if (this.#open.length >= LIMITS.jsonDepth) {
      throw new JsonError('JSON_TOO_DEEP', 'nested too deep', {
        object: this.#object,
        expected: `at most ${LIMITS.jsonDepth} levels`,
        found: 'more',
      });
    }
    this.#open.push(isObject ? new Set() : null);
  }

  /** A string is a member name when a colon follows it inside an object. */
  #string(start: number, end: number): void {
    const members = this.#open.at(-1);
    if (members === null || members === undefined || !colonFollows(this.#text, end)) {
      return;
    }
    const raw = this.#text.slice(start, end);
    const name = raw.includes('\\') ? unescapeName(raw) : raw.slice(1, -1);
    if (members.has(name)) {
      throw new JsonError('JSON_DUPLICATE_KEY', 'duplicate member', {
        object: this.#object,
        expected: 'every member name once',
        found: `${quote(name)} again`,
      });
    }
    members.add(name);
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      return at + 1;
    }
    at += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

function colonFollows(text: string, from: number): boolean {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x3a) {
      return true;
    }
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      return false;
    }
  }
  return false;
}

/** `"\u0061"` and `"a"` are the same name; a broken escape stays as it is, for JSON.parse to refuse. */
function unescapeName(raw: string): string {
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw;
  }
}
