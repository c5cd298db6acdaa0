import type { PackagesError } from '../error.ts';
import { damaged, type Executable, fieldText, type Section, type Segment } from './executable.ts';

const MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const LOAD = 1;
const EXECUTABLE_AND_WRITABLE = 3;
const WRITABLE = 2;
const NO_CONTENT = 8;
const NAME_BYTES = 64;

/** True when an executable or a shared library starts like this; object files and core dumps do not count. */
export function isElfProgram(head: Uint8Array): boolean {
  if (!MAGIC.every((byte, index) => head[index] === byte)) {
    return false;
  }
  // e_type, two bytes in the order that byte 5 says: ET_EXEC is 2, ET_DYN is 3.
  const type = head[5] === 2 ? head[17] : head[16];
  return type === 2 || type === 3;
}

/** The System V ABI, chapters 4 and 5. Throws `ELF_INVALID` for a header table that the file does not hold. */
export function parseElf(bytes: Uint8Array, object: string): Executable {
  const reader = new ElfReader(bytes, object);
  return { format: 'ELF', bytes, segments: reader.segments(), sections: reader.sections() };
}

/** Offsets of the members, by word size: 32 and 64 bits order them differently. */
const LAYOUT_32 = {
  header: {
    size: 52,
    segments: 28,
    sections: 32,
    segmentSize: 42,
    segmentCount: 44,
    sectionSize: 46,
    sectionCount: 48,
    names: 50,
  },
  segment: { size: 32, flags: 24, offset: 4, address: 8, fileSize: 16 },
  section: { size: 40, address: 12, offset: 16, length: 20 },
} as const;
const LAYOUT_64 = {
  header: {
    size: 64,
    segments: 32,
    sections: 40,
    segmentSize: 54,
    segmentCount: 56,
    sectionSize: 58,
    sectionCount: 60,
    names: 62,
  },
  segment: { size: 56, flags: 4, offset: 8, address: 16, fileSize: 32 },
  section: { size: 64, address: 16, offset: 24, length: 32 },
} as const;

class ElfReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #object: string;
  readonly #littleEndian: boolean;
  readonly #is64: boolean;
  readonly #layout: typeof LAYOUT_32 | typeof LAYOUT_64;

  constructor(bytes: Uint8Array, object: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#object = object;
    this.#littleEndian = bytes[5] !== 2;
    this.#is64 = bytes[4] === 2;
    this.#layout = this.#is64 ? LAYOUT_64 : LAYOUT_32;
    if (bytes.length < this.#layout.header.size) {
      throw this.#damaged(`a header of ${this.#layout.header.size} bytes`, `${bytes.length} bytes`);
    }
  }

  segments(): readonly Segment[] {
    const { header, segment } = this.#layout;
    const table = this.#word(header.segments);
    const count = this.#half(header.segmentCount);
    return this.#rows('program headers', table, this.#half(header.segmentSize), count, segment.size).flatMap((at) => {
      const flags = this.#view.getUint32(at + segment.flags, this.#littleEndian);
      const isLoaded = this.#view.getUint32(at, this.#littleEndian) === LOAD;
      const row = {
        isData: (flags & EXECUTABLE_AND_WRITABLE) === WRITABLE,
        offset: this.#word(at + segment.offset),
        address: this.#word(at + segment.address),
        size: this.#word(at + segment.fileSize),
      };
      return isLoaded ? [row] : [];
    });
  }

  sections(): readonly Section[] {
    const { header, section } = this.#layout;
    const table = this.#word(header.sections);
    if (table === 0) {
      return [];
    }
    const rowSize = this.#half(header.sectionSize);
    // More sections than fit into the header's count are for object files; a program with such a table has no names here.
    const count = this.#half(header.sectionCount);
    const rows = this.#rows('section headers', table, rowSize, count, section.size);
    const strings = rows[this.#half(header.names)];
    const namesStart = strings === undefined ? 0 : this.#word(strings + section.offset);
    const namesEnd = strings === undefined ? 0 : namesStart + this.#word(strings + section.length);
    return rows.map((at) => ({
      name: this.#name(namesStart + this.#view.getUint32(at, this.#littleEndian), namesEnd),
      hasContent: this.#view.getUint32(at + 4, this.#littleEndian) !== NO_CONTENT,
      address: this.#word(at + section.address),
      offset: this.#word(at + section.offset),
      size: this.#word(at + section.length),
    }));
  }

  /** Where the rows of a table start; throws unless the file holds all of them. */
  #rows(what: string, table: number, rowSize: number, count: number, leastSize: number): readonly number[] {
    if (count === 0) {
      return [];
    }
    if (rowSize < leastSize || table + rowSize * count > this.#bytes.length) {
      throw this.#damaged(
        `${count} ${what} of at least ${leastSize} bytes each`,
        `${this.#bytes.length} bytes in all, ${what} of ${rowSize} bytes at ${table}`,
      );
    }
    return Array.from({ length: count }, (_, index) => table + rowSize * index);
  }

  /** At most as long as the names that matter here. */
  #name(start: number, end: number): string {
    return fieldText(this.#bytes, start, Math.min(end, start + NAME_BYTES));
  }

  #half(at: number): number {
    return this.#view.getUint16(at, this.#littleEndian);
  }

  /** An address, offset or size. Past 2^53 it is inexact, and then larger than any file too. */
  #word(at: number): number {
    if (!this.#is64) {
      return this.#view.getUint32(at, this.#littleEndian);
    }
    // Much cheaper than through a BigInt, and there are some hundred of these in each program.
    const high = this.#view.getUint32(this.#littleEndian ? at + 4 : at, this.#littleEndian);
    return high * 2 ** 32 + this.#view.getUint32(this.#littleEndian ? at : at + 4, this.#littleEndian);
  }

  #damaged(expected: string, found: string): PackagesError {
    return damaged('ELF', this.#object, expected, found);
  }
}
