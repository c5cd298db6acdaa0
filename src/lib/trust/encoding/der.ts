import { TrustError } from '../error.ts';

/** Identifier octets (X.690 section 8.1.2) of the universal types that certificates, timestamps and revocation use. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The identifier octet of context tag `number`: `[0]` constructed (explicit, or an implicit SEQUENCE) or primitive. */
export function contextTag(number: number, form: 'constructed' | 'primitive' = 'constructed'): number {
  return (form === 'constructed' ? 0xa0 : 0x80) | number;
}

/** Values inside each other; certificates need about a dozen. */
const MAX_DEPTH = 32;
const CONSTRUCTED = 0x20;

/** One DER value. Its bytes are views of the input: they stay valid as long as that does. */
export class Der {
  /** The identifier octet, class and form included. */
  readonly tag: number;
  /** The contents octets. */
  readonly content: Uint8Array;
  /** Identifier, length and contents: what signatures are over. */
  readonly raw: Uint8Array;
  readonly #object: string;
  readonly #depth: number;
  #children: readonly Der[] | null = null;

  constructor(tag: number, content: Uint8Array, raw: Uint8Array, object: string, depth: number) {
    this.tag = tag;
    this.content = content;
    this.raw = raw;
    this.#object = object;
    this.#depth = depth;
  }

  /** What the document is called in errors. */
  get object(): string {
    return this.#object;
  }

  /** The values inside a constructed value, or inside the OCTET STRING of an extension. Throws `DER_INVALID`. */
  get children(): readonly Der[] {
    this.#children ??= readAll(this.content, this.#object, this.#depth + 1);
    return this.#children;
  }

  /** Itself, when it has this tag. Throws `DER_INVALID` with `what`. */
  expect(tag: number, what: string): this {
    if (this.tag !== tag) {
      throw invalid(this.#object, `${what} with tag ${hex(tag)}`, `tag ${hex(this.tag)}`);
    }
    return this;
  }

  /** The child at `index`. Throws `DER_INVALID` with `what` when there is none. */
  child(index: number, what: string): Der {
    const child = this.children[index];
    if (child === undefined) {
      throw invalid(this.#object, what, `a value with ${this.children.length} members`);
    }
    return child;
  }

  /** The first child with a tag; undefined where there is none. For OPTIONAL members with context tags. */
  find(tag: number): Der | undefined {
    return this.children.find((child) => child.tag === tag);
  }
}

/** The one DER value that the bytes are, with nothing behind it. Lengths are definite and minimal (X.690 section 10). Throws `DER_INVALID`. */
export function parseDer(bytes: Uint8Array, object: string): Der {
  const values = readAll(bytes, object, 0);
  const [value] = values;
  if (value === undefined || values.length !== 1) {
    throw invalid(object, 'one DER value', `${values.length}`);
  }
  return value;
}

function readAll(bytes: Uint8Array, object: string, depth: number): readonly Der[] {
  if (depth > MAX_DEPTH) {
    throw invalid(object, `at most ${MAX_DEPTH} levels`, 'more');
  }
  const values: Der[] = [];
  let at = 0;
  while (at < bytes.length) {
    const value = readOne(bytes, at, object, depth);
    values.push(value);
    at += value.raw.length;
  }
  return values;
}

function readOne(bytes: Uint8Array, start: number, object: string, depth: number): Der {
  const tag = byteAt(bytes, start, object);
  if ((tag & 0x1f) === 0x1f) {
    throw invalid(object, 'a tag number below 31', `identifier ${hex(tag)}`);
  }
  const first = byteAt(bytes, start + 1, object);
  let at = start + 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) {
      throw invalid(object, 'a definite length of at most four octets', `length octet ${hex(first)}`);
    }
    length = 0;
    for (let index = 0; index < octets; index += 1) {
      length = length * 256 + byteAt(bytes, at + index, object);
    }
    if (length < 0x80 || length < 256 ** (octets - 1)) {
      throw invalid(object, 'the shortest form of a length', `${length} in ${octets} octets`);
    }
    at += octets;
  }
  const end = at + length;
  if (end > bytes.length) {
    throw invalid(object, `${length} octets of contents`, `${bytes.length - at}`);
  }
  return new Der(tag, bytes.subarray(at, end), bytes.subarray(start, end), object, depth);
}

function byteAt(bytes: Uint8Array, at: number, object: string): number {
  const byte = bytes[at];
  if (byte === undefined) {
    throw invalid(object, 'another octet', 'the end');
  }
  return byte;
}

/** True for a value that holds others. */
export function isConstructed(value: Der): boolean {
  return (value.tag & CONSTRUCTED) !== 0;
}

export function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('DER_INVALID', 'not valid DER', { object, expected, found });
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
