import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';

/** A map key: COSE labels are integers or texts (RFC 9052 section 1.4). */
export type CborKey = number | bigint | string;
export type CborMap = ReadonlyMap<CborKey, CborValue>;
/** An integer is a bigint only where a number could not hold it. */
export type CborValue = CborKey | boolean | null | Uint8Array | CborTag | CborMap | readonly CborValue[];

/** A tagged value (RFC 8949 section 3.4): 18 for COSE_Sign1, 1 for seconds since 1970. */
export class CborTag {
  readonly number: number | bigint;
  readonly value: CborValue;

  constructor(number: number | bigint, value: CborValue) {
    this.number = number;
    this.value = value;
  }
}

/** Values inside each other; a COSE_Sign1 needs four. */
const MAX_DEPTH = 16;

const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The one CBOR value (RFC 8949) that the bytes are, with nothing behind it. Strict, so that no two readers can see two
 * documents: lengths are definite and in their shortest form, map keys are integers or texts and occur once, text is
 * UTF-8. Floats, `undefined` and other simple values are refused, as COSE headers do not need them. Byte strings are
 * views of the input. Throws `CBOR_INVALID` naming `object`.
 */
export function decodeCbor(bytes: Uint8Array, object: string): CborValue {
  const reader = new Reader(bytes, object);
  const value = reader.read(0);
  reader.end();
  return value;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #object: string;
  #at = 0;

  constructor(bytes: Uint8Array, object: string) {
    this.#bytes = bytes;
    this.#object = object;
  }

  read(depth: number): CborValue {
    if (depth > MAX_DEPTH) {
      throw this.#invalid(`at most ${MAX_DEPTH} levels`, 'more');
    }
    const initial = this.#octet();
    const major = initial >> 5;
    if (major === MAJOR.simple) {
      return this.#simple(initial);
    }
    const argument = this.#argument(initial & 0x1f);
    switch (major) {
      case MAJOR.unsigned:
        return argument;
      case MAJOR.negative:
        return narrow(-1n - BigInt(argument));
      case MAJOR.bytes:
        return this.#take(argument);
      case MAJOR.text:
        return this.#text(argument);
      case MAJOR.array:
        return this.#array(argument, depth);
      case MAJOR.map:
        return this.#map(argument, depth);
      default:
        return new CborTag(argument, this.read(depth + 1));
    }
  }

  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw this.#invalid('one value and the end', `${this.#bytes.length - this.#at} more octets`);
    }
  }

  #simple(initial: number): boolean | null {
    switch (initial) {
      case 0xf4:
        return false;
      case 0xf5:
        return true;
      case 0xf6:
        return null;
      default:
        throw this.#invalid('false, true or null as a simple value', hex(initial));
    }
  }

  /** The argument of a head (section 3), in its shortest form. */
  #argument(info: number): number | bigint {
    if (info < 24) {
      return info;
    }
    if (info > 27) {
      throw this.#invalid('a definite length', `additional information ${info}`);
    }
    const octets = 2 ** (info - 24);
    let value = 0n;
    for (const octet of this.#take(octets)) {
      value = value * 256n + BigInt(octet);
    }
    const smallest = octets === 1 ? 24n : 1n << BigInt(4 * octets);
    if (value < smallest) {
      throw this.#invalid('the shortest form of a number', `${value} in ${octets} octets`);
    }
    return narrow(value);
  }

  #text(length: number | bigint): string {
    const bytes = this.#take(length);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.#invalid('UTF-8 in a text', 'other bytes');
    }
  }

  #array(count: number | bigint, depth: number): readonly CborValue[] {
    this.#room(count);
    const values: CborValue[] = [];
    for (let index = 0; index < count; index += 1) {
      values.push(this.read(depth + 1));
    }
    return values;
  }

  #map(count: number | bigint, depth: number): CborMap {
    this.#room(count);
    const map = new Map<CborKey, CborValue>();
    for (let index = 0; index < count; index += 1) {
      const key = this.read(depth + 1);
      if (typeof key !== 'number' && typeof key !== 'bigint' && typeof key !== 'string') {
        throw this.#invalid('an integer or a text as a map key', describeCbor(key));
      }
      if (map.has(key)) {
        throw this.#invalid('every map key once', `${describeCbor(key)} again`);
      }
      map.set(key, this.read(depth + 1));
    }
    return map;
  }

  #octet(): number {
    const octet = this.#bytes[this.#at];
    if (octet === undefined) {
      throw this.#invalid('another octet', 'the end');
    }
    this.#at += 1;
    return octet;
  }

  #take(length: number | bigint): Uint8Array {
    const size = this.#room(length);
    const taken = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return taken;
  }

  /** Every octet and every member needs at least one octet of what is left. */
  #room(count: number | bigint): number {
    const left = this.#bytes.length - this.#at;
    if (count > left) {
      throw this.#invalid(`a length of at most the ${left} octets that follow`, `${count}`);
    }
    return Number(count);
  }

  #invalid(expected: string, found: string): TrustError {
    return new TrustError('CBOR_INVALID', `not valid CBOR at octet ${this.#at}`, {
      object: this.#object,
      expected,
      found,
    });
  }
}

/** What a value is, for error messages. */
export function describeCbor(value: CborValue | undefined): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') {
    return String(value);
  }
  if (typeof value === 'string') {
    return quote(value, 60);
  }
  if (value instanceof Uint8Array) {
    return `${value.length} octets`;
  }
  if (value instanceof CborTag) {
    return `tag ${value.number}`;
  }
  return value instanceof Map ? `a map of ${value.size}` : 'an array';
}

/** The deterministic CBOR of a value (RFC 8949 section 4.2.1): the shortest heads, members of maps in the order of their encoded keys. */
export function encodeCbor(value: CborValue): Uint8Array {
  if (typeof value === 'number' || typeof value === 'bigint') {
    const integer = BigInt(value);
    return integer < 0n ? head(MAJOR.negative, -1n - integer) : head(MAJOR.unsigned, integer);
  }
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(MAJOR.text, bytes.length), bytes]);
  }
  if (typeof value === 'boolean' || value === null) {
    return Uint8Array.of(value === null ? 0xf6 : value ? 0xf5 : 0xf4);
  }
  if (value instanceof Uint8Array) {
    return Buffer.concat([head(MAJOR.bytes, value.length), value]);
  }
  if (value instanceof CborTag) {
    return Buffer.concat([head(MAJOR.tag, value.number), encodeCbor(value.value)]);
  }
  if (isMap(value)) {
    const members = [...value]
      .map(([key, member]) => [encodeCbor(key), encodeCbor(member)] as const)
      .toSorted(([left], [right]) => Buffer.compare(left, right));
    return Buffer.concat([head(MAJOR.map, value.size), ...members.flat()]);
  }
  return Buffer.concat([head(MAJOR.array, value.length), ...value.map(encodeCbor)]);
}

function isMap(value: CborMap | readonly CborValue[]): value is CborMap {
  return value instanceof Map;
}

function head(major: number, argument: number | bigint): Uint8Array {
  const type = major << 5;
  if (argument < 24) {
    return Uint8Array.of(type | Number(argument));
  }
  const power = argument < 0x100 ? 0 : argument < 0x1_0000 ? 1 : argument < 0x1_0000_0000 ? 2 : 3;
  const digits = argument.toString(16).padStart(2 * 2 ** power, '0');
  return Buffer.concat([Uint8Array.of(type | (24 + power)), Buffer.from(digits, 'hex')]);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function hex(octet: number): string {
  return `0x${octet.toString(16).padStart(2, '0')}`;
}
