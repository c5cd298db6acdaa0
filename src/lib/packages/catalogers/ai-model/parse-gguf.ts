import { PackagesError } from '../../error.ts';
import type { ModelMetadata } from './package.ts';

const MAGIC = [0x47, 0x47, 0x55, 0x46];
/** Since the second version lengths have eight bytes. */
const VERSIONS: readonly number[] = [2, 3];
/** Models have some dozens of these. */
const PAIRS = 65_536;
/** Arrays in arrays. */
const DEPTH = 4;
const VALUE_LENGTH = 4096;

const STRING = 8;
const ARRAY = 9;
/** Bytes of each other type, by its number. */
const SIZES: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];

const NAME = 'general.name';
const SHARD = 'split.no';

/**
 * What the header of a GGUF file says of its model (ggml, "GGUF"), as far as the bytes go; null for a file that only goes on with another.
 * Throws `PACKAGE_METADATA_INVALID` for a damaged header, and where the bytes end before a name came.
 */
export function parseGguf(bytes: Uint8Array, object: string): ModelMetadata | null {
  const reader = new HeaderReader(bytes, object);
  const count = reader.start();
  const texts = new Map<string, string>();
  for (let pair = 0; pair < count; pair += 1) {
    try {
      const key = reader.string();
      const type = reader.word();
      if (key === SHARD && type < STRING && reader.small(type) > 0) {
        return null;
      }
      if (type === STRING && key.startsWith('general.') && !texts.has(key)) {
        texts.set(key, reader.string());
      } else if (key !== SHARD || type >= STRING) {
        reader.skip(type, 0);
      }
    } catch (error) {
      // Names come first, and words of a vocabulary later.
      if (error instanceof EndOfBytes && texts.has(NAME)) {
        break;
      }
      throw error instanceof EndOfBytes ? reader.invalid('an end inside the header') : error;
    }
  }
  const textOf = (key: string): string | null => texts.get(`general.${key}`) ?? null;
  const [name, version] = [textOf('name'), textOf('version')];
  return { name, version, license: textOf('license'), repository: textOf('repo_url') };
}

class EndOfBytes extends Error {}

class HeaderReader {
  readonly #bytes: Buffer;
  readonly #object: string;
  #at = 4;
  #isBigEndian = false;

  constructor(bytes: Uint8Array, object: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#object = object;
  }

  /** The number of pairs. */
  start(): number {
    if (this.#bytes.length < 24 || MAGIC.some((byte, index) => this.#bytes[index] !== byte)) {
      throw this.invalid('another beginning');
    }
    this.#isBigEndian = this.#bytes.readUInt16LE(4) === 0;
    const version = this.word();
    if (!VERSIONS.includes(version)) {
      throw this.invalid(`version ${version}`);
    }
    this.#length();
    const count = this.#length();
    if (count > PAIRS) {
      throw this.invalid(`${count} pairs`);
    }
    return count;
  }

  word(): number {
    const at = this.#take(4);
    return this.#isBigEndian ? this.#bytes.readUInt32BE(at) : this.#bytes.readUInt32LE(at);
  }

  /** A number of one, two or four bytes. */
  small(type: number): number {
    const size = SIZES[type] ?? 0;
    const at = this.#take(size);
    return this.#isBigEndian ? this.#bytes.readUIntBE(at, size) : this.#bytes.readUIntLE(at, size);
  }

  /** At most the first bytes of it. */
  string(): string {
    const length = this.#length();
    const at = this.#take(length);
    return this.#bytes.toString('utf8', at, at + Math.min(length, VALUE_LENGTH));
  }

  skip(type: number, depth: number): void {
    const size = SIZES[type];
    if (size !== undefined) {
      this.#take(size);
    } else if (type === STRING) {
      this.#take(this.#length());
    } else if (type === ARRAY && depth < DEPTH) {
      this.#skipArray(depth);
    } else {
      throw this.invalid(`a value of type ${type}`);
    }
  }

  invalid(found: string): PackagesError {
    return new PackagesError('PACKAGE_METADATA_INVALID', 'header of a GGUF model that cannot be read', {
      object: this.#object,
      expected: 'GGUF of version 2 or 3 with a name',
      found,
    });
  }

  /** Elements of one size are passed over at once; of the others each takes at least eight bytes. */
  #skipArray(depth: number): void {
    const type = this.word();
    const count = this.#length();
    const size = SIZES[type];
    if (size !== undefined) {
      this.#take(size * count);
      return;
    }
    for (let index = 0; index < count; index += 1) {
      this.skip(type, depth + 1);
    }
  }

  /** Past 2^53 it is inexact, and then larger than any file too. */
  #length(): number {
    const at = this.#take(8);
    return Number(this.#isBigEndian ? this.#bytes.readBigUInt64BE(at) : this.#bytes.readBigUInt64LE(at));
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) {
      throw new EndOfBytes();
    }
    this.#at += length;
    return at;
  }
}
