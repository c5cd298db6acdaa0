import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { PackagesError } from '../error.ts';
import { damaged, type Executable, fieldText, type Section, type Segment } from './executable.ts';

const MAGIC_32 = 0xfeed_face;
const MAGIC_64 = 0xfeed_facf;
const UNIVERSAL_32 = 0xcafe_babe;
const UNIVERSAL_64 = 0xcafe_babf;
/** A class file of Java has the same magic, and behind it a version, which is this at least. */
const JAVA = 45;
/** Of a universal file: more than there ever were processors. */
const PARTS = 16;
const TYPE = 12;
/** MH_EXECUTE, MH_DYLIB and MH_BUNDLE; others are object files, dumps and debug information. */
const PROGRAM_TYPES: readonly number[] = [2, 6, 8];
const READ_AND_WRITE = 3;
/** Of section flags the type; S_ZEROFILL, S_GB_ZEROFILL and S_THREAD_LOCAL_ZEROFILL hold nothing. */
const TYPE_BITS = 0xff;
const ZEROS: readonly number[] = [1, 12, 18];

/** True for a program or library of one processor, and for a universal file, which may hold some of them. */
export function isMachOProgram(head: Uint8Array): boolean {
  if (head.length < 16) {
    return false;
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const littleEndian = byteOrder(view);
  return littleEndian === null ? isUniversal(view) : PROGRAM_TYPES.includes(view.getUint32(TYPE, littleEndian));
}

function isUniversal(view: DataView): boolean {
  const magic = view.getUint32(0);
  const count = view.getUint32(4);
  return (magic === UNIVERSAL_32 || magic === UNIVERSAL_64) && count > 0 && count < JAVA;
}

/** True for little endian; null for what is not Mach-O. */
function byteOrder(view: DataView): boolean | null {
  const magics: readonly number[] = [MAGIC_32, MAGIC_64];
  if (magics.includes(view.getUint32(0, true))) {
    return true;
  }
  return magics.includes(view.getUint32(0)) ? false : null;
}

/** One executable for each processor (Mach-O, mach-o/loader.h and mach-o/fat.h); throws `MACHO_INVALID` where the file ends too early. */
export function parseMachO(bytes: Uint8Array, object: string): readonly Executable[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUniversal(view) ? parseUniversal(bytes, view, object) : [new MachOReader(bytes, view, object).read()];
}

function parseUniversal(bytes: Uint8Array, view: DataView, object: string): readonly Executable[] {
  const wide = view.getUint32(0) === UNIVERSAL_64;
  const count = view.getUint32(4);
  const rowBytes = wide ? 32 : 20;
  if (count > PARTS) {
    throw limitExceeded(object, PARTS, 'processors', count);
  }
  if (8 + count * rowBytes > bytes.length) {
    throw damaged('Mach-O', object, `a table of ${count} parts`, `${bytes.length} bytes`);
  }
  return Array.from({ length: count }, (_, index) => 8 + index * rowBytes).flatMap((at) => {
    const start = wide ? Number(view.getBigUint64(at + 8)) : view.getUint32(at + 8);
    const size = wide ? Number(view.getBigUint64(at + 16)) : view.getUint32(at + 12);
    if (start + size > bytes.length) {
      throw damaged('Mach-O', object, `a part from byte ${start} up to ${start + size}`, `${bytes.length} bytes`);
    }
    const part = bytes.subarray(start, start + size);
    const partView = new DataView(part.buffer, part.byteOffset, part.byteLength);
    // A static library may be universal too; a universal file inside another is none that loads.
    const isProgram = isMachOProgram(part) && byteOrder(partView) !== null;
    return isProgram ? [new MachOReader(part, partView, object).read()] : [];
  });
}

/** Offsets of the members, by word size. */
const LAYOUT_32 = {
  header: 28,
  command: 1,
  segment: { size: 56, address: 24, offset: 32, fileSize: 36, greatestProtection: 40, protection: 44, count: 48 },
  section: { size: 68, address: 32, length: 36, offset: 40, flags: 56 },
} as const;
const LAYOUT_64 = {
  header: 32,
  command: 0x19,
  segment: { size: 72, address: 24, offset: 40, fileSize: 48, greatestProtection: 56, protection: 60, count: 64 },
  section: { size: 80, address: 32, length: 40, offset: 48, flags: 64 },
} as const;

class MachOReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #object: string;
  readonly #littleEndian: boolean;
  readonly #is64: boolean;
  readonly #layout: typeof LAYOUT_32 | typeof LAYOUT_64;

  constructor(bytes: Uint8Array, view: DataView, object: string) {
    this.#bytes = bytes;
    this.#view = view;
    this.#object = object;
    this.#littleEndian = byteOrder(view) === true;
    this.#is64 = this.#int(0) === MAGIC_64;
    this.#layout = this.#is64 ? LAYOUT_64 : LAYOUT_32;
    if (bytes.length < this.#layout.header) {
      throw this.#damaged(`a header of ${this.#layout.header} bytes`, `${bytes.length} bytes`);
    }
  }

  read(): Executable {
    const count = this.#int(16);
    const end = this.#layout.header + this.#int(20);
    if (end > this.#bytes.length) {
      throw this.#damaged(`load commands up to byte ${end}`, `${this.#bytes.length} bytes`);
    }
    if (count > LIMITS.executableParts) {
      throw limitExceeded(this.#object, LIMITS.executableParts, 'load commands', count);
    }
    const segments: Segment[] = [];
    const sections: Section[] = [];
    let at: number = this.#layout.header;
    for (let index = 0; index < count; index += 1) {
      const size = at + 8 <= end ? this.#int(at + 4) : 0;
      if (size < 8 || at + size > end) {
        throw this.#damaged(`load command ${index + 1} of ${count} within ${end} bytes`, `${size} bytes at ${at}`);
      }
      if (this.#int(at) === this.#layout.command) {
        segments.push(this.#segment(at, size));
        for (const section of this.#sectionsOf(at)) {
          sections.push(section);
        }
        if (sections.length > LIMITS.executableParts) {
          throw limitExceeded(this.#object, LIMITS.executableParts, 'sections', sections.length);
        }
      }
      at += size;
    }
    return { format: 'Mach-O', bytes: this.#bytes, segments, sections };
  }

  #segment(at: number, size: number): Segment {
    const { segment, section } = this.#layout;
    const count = size < segment.size ? 0 : this.#int(at + segment.count);
    if (size < segment.size + count * section.size) {
      throw this.#damaged(`a segment with ${count} sections`, `${size} bytes at ${at}`);
    }
    const address = this.#word(at + segment.address);
    const fileSize = this.#word(at + segment.fileSize);
    const isData =
      this.#int(at + segment.protection) === READ_AND_WRITE &&
      this.#int(at + segment.greatestProtection) === READ_AND_WRITE;
    return {
      isData: isData && address !== 0 && fileSize !== 0,
      offset: this.#word(at + segment.offset),
      address,
      size: fileSize,
    };
  }

  /** Of a segment that is long enough for them. */
  #sectionsOf(command: number): readonly Section[] {
    const { segment, section } = this.#layout;
    return Array.from({ length: this.#int(command + segment.count) }, (_, index) => {
      const at = command + segment.size + index * section.size;
      return {
        name: fieldText(this.#bytes, at, at + 16),
        hasContent: !ZEROS.includes(this.#int(at + section.flags) & TYPE_BITS),
        address: this.#word(at + section.address),
        offset: this.#int(at + section.offset),
        size: this.#word(at + section.length),
      };
    });
  }

  #int(at: number): number {
    return this.#view.getUint32(at, this.#littleEndian);
  }

  /** An address, offset or size. Past 2^53 it is inexact, and then larger than any file too. */
  #word(at: number): number {
    return this.#is64 ? Number(this.#view.getBigUint64(at, this.#littleEndian)) : this.#int(at);
  }

  #damaged(expected: string, found: string): PackagesError {
    return damaged('Mach-O', this.#object, expected, found);
  }
}
