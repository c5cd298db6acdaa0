import { PackagesError } from '../../error.ts';
import { type Executable, sectionContent } from '../../executables/executable.ts';

/** What the host of a bundle has in its initialised data behind the place of the bundle's header: SHA-256 of ".net core bundle". */
const SIGNATURE = Buffer.from('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 'hex');
const SECTIONS: readonly string[] = ['.data', '__data'];
const PLACE_BYTES = 8;
/** Version 1 is of .NET Core 3, 2 of .NET 5, and 6 of .NET 6 and later. */
const KNOWN: readonly number[] = [1, 2, 6];
/** Of an entry in front of its name: offset, size and kind, and since .NET 6 the compressed size. */
const ENTRY_BYTES = 17;
/** The least that an entry takes. */
const SHORTEST_ENTRY = ENTRY_BYTES + 1;
const LIST = '.deps.json';
/** A length in seven bits a byte, of at most so many: names are shorter than two million characters. */
const LENGTH_BYTES = 3;

/** The list of libraries in a single-file application of .NET; `none` where it is a bundle without one, null for any other program. */
export function findLibraryList(program: Executable, object: string): Uint8Array | 'none' | null {
  const place = headerPlace(program, object);
  return place === null ? null : new BundleReader(program.bytes, place, object).libraryList();
}

/** Zero stands in a host without a bundle: its application is in files beside it. */
function headerPlace(program: Executable, object: string): number | null {
  for (const name of SECTIONS) {
    const content = sectionContent(program, name, object);
    if (content === null) {
      continue;
    }
    const data = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    const at = data.indexOf(SIGNATURE);
    if (at >= PLACE_BYTES) {
      const place = Number(data.readBigUInt64LE(at - PLACE_BYTES));
      return place === 0 ? null : place;
    }
  }
  return null;
}

/** The header of a bundle (dotnet/designs, "The Single-file Bundler"). Numbers are little endian, whatever the processor. */
class BundleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #object: string;
  #at: number;

  constructor(bytes: Uint8Array, place: number, object: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#object = object;
    this.#at = place;
  }

  libraryList(): Uint8Array | 'none' {
    const major = this.#int();
    this.#int();
    const count = this.#int();
    this.#name();
    if (!KNOWN.includes(major)) {
      throw this.#damaged('a bundle of version 1, 2 or 6', `version ${major}`);
    }
    return major === 1 ? this.#listAmong(count) : this.#content(this.#long(), this.#long());
  }

  /** The first version names it only among the files. */
  #listAmong(count: number): Uint8Array | 'none' {
    if (count * SHORTEST_ENTRY > this.#bytes.length - this.#at) {
      throw this.#damaged(`${count} files in the bundle`, `${this.#bytes.length - this.#at} bytes`);
    }
    for (let index = 0; index < count; index += 1) {
      const [offset, size] = [this.#long(), this.#long()];
      this.#take(1);
      if (this.#name().endsWith(LIST)) {
        return this.#content(offset, size);
      }
    }
    return 'none';
  }

  #content(offset: number, size: number): Uint8Array | 'none' {
    if (size === 0) {
      return 'none';
    }
    if (offset + size > this.#bytes.length) {
      throw this.#damaged(`a list of libraries up to byte ${offset + size}`, `${this.#bytes.length} bytes`);
    }
    return this.#bytes.subarray(offset, offset + size);
  }

  #int(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Past 2^53 it is inexact, and then larger than any file too. */
  #long(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  #name(): string {
    let length = 0;
    for (let index = 0; index < LENGTH_BYTES; index += 1) {
      const byte = this.#view.getUint8(this.#take(1));
      length += (byte & 0x7f) * 128 ** index;
      if (byte < 0x80) {
        const at = this.#take(length);
        // Only its end counts.
        return Buffer.from(this.#bytes.subarray(Math.max(at, at + length - LIST.length), at + length)).toString();
      }
    }
    throw this.#damaged(`a length of at most ${LENGTH_BYTES} bytes`, 'a longer one');
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) {
      throw this.#damaged(`a bundle up to byte ${at + count}`, `${this.#bytes.length} bytes`);
    }
    this.#at = at + count;
    return at;
  }

  #damaged(expected: string, found: string): PackagesError {
    const details = { object: this.#object, expected, found };
    return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable bundle of .NET', details);
  }
}
