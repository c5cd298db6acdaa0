import type { PackagesError } from '../error.ts';
import { damaged, type Executable, fieldText, type Section, type Segment } from './executable.ts';

/** A Windows program or library (PE format, Microsoft). Addresses of segments and sections are those in memory: the image base counts. */
export interface Pe extends Executable {
  readonly format: 'PE';
  /** Of the resources, relative to the image base; null where it has none. */
  readonly resources: number | null;
  readonly imageBase: number;
  /** It holds code for the .NET runtime. */
  readonly isManaged: boolean;
}

const MZ = 0x5a4d;
const SIGNATURE = 0x4550;
/** Where the DOS header says where the PE header is. */
const POINTER = 0x3c;
const DOS_HEADER_BYTES = 64;
const FILE_HEADER_BYTES = 20;
const SECTION_BYTES = 40;
const SYMBOL_BYTES = 18;
const NAME_BYTES = 64;
const RESOURCES = 2;
const CLR_HEADER = 14;
/** Initialised data that can be read and written and nothing else, whatever its alignment. */
const DATA = 0xc000_0040;
const ALIGNMENT_BITS = 0x00f0_0000;

/** True for what starts as a DOS program does, as every PE file does. */
export function isPeProgram(head: Uint8Array): boolean {
  return head[0] === 0x4d && head[1] === 0x5a;
}

/** Null for a program of DOS, of OS/2 or of 16-bit Windows; throws `PE_INVALID` for headers that the file does not hold. */
export function parsePe(bytes: Uint8Array, object: string): Pe | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < DOS_HEADER_BYTES || view.getUint16(0, true) !== MZ) {
    throw damaged('PE', object, `a DOS header of ${DOS_HEADER_BYTES} bytes`, `${bytes.length} bytes`);
  }
  const start = view.getUint32(POINTER, true);
  if (start + 4 + FILE_HEADER_BYTES > bytes.length) {
    throw damaged('PE', object, `a header at byte ${start}`, `${bytes.length} bytes`);
  }
  return view.getUint32(start, true) === SIGNATURE ? new PeReader(bytes, view, start + 4, object).read() : null;
}

class PeReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Of the file header, which is behind the signature. */
  readonly #start: number;
  readonly #object: string;

  constructor(bytes: Uint8Array, view: DataView, start: number, object: string) {
    this.#bytes = bytes;
    this.#view = view;
    this.#start = start;
    this.#object = object;
  }

  read(): Pe {
    const optional = this.#start + FILE_HEADER_BYTES;
    const size = this.#view.getUint16(this.#start + 16, true);
    const magic = optional + 2 <= this.#bytes.length ? this.#view.getUint16(optional, true) : 0;
    const wide = magic === 0x20b;
    const directories = wide ? 112 : 96;
    if ((magic !== 0x10b && !wide) || size < directories || optional + size > this.#bytes.length) {
      throw this.#damaged('an optional header of PE32 or PE32+', `type 0x${magic.toString(16)} with ${size} bytes`);
    }
    const imageBase = wide
      ? Number(this.#view.getBigUint64(optional + 24, true))
      : this.#view.getUint32(optional + 28, true);
    const count = Math.min(
      this.#view.getUint32(optional + directories - 4, true),
      Math.floor((size - directories) / 8),
    );
    const directory = (index: number): number =>
      index < count ? this.#view.getUint32(optional + directories + 8 * index, true) : 0;
    const rows = this.#sections(optional + size);
    return {
      format: 'PE',
      bytes: this.#bytes,
      segments: rows.map((at) => this.#segment(at, imageBase)),
      sections: rows.map((at) => this.#section(at, imageBase)),
      resources: directory(RESOURCES) === 0 ? null : directory(RESOURCES),
      imageBase,
      isManaged: directory(CLR_HEADER) !== 0,
    };
  }

  /** Where the rows of the section table start. */
  #sections(table: number): readonly number[] {
    const count = this.#view.getUint16(this.#start + 2, true);
    if (table + count * SECTION_BYTES > this.#bytes.length) {
      throw this.#damaged(`${count} section headers at byte ${table}`, `${this.#bytes.length} bytes`);
    }
    return Array.from({ length: count }, (_, index) => table + index * SECTION_BYTES);
  }

  #segment(at: number, imageBase: number): Segment {
    const flags = (this.#view.getUint32(at + 36, true) & ~ALIGNMENT_BITS) >>> 0;
    const address = this.#view.getUint32(at + 12, true);
    return {
      isData: flags === DATA && address !== 0 && this.#view.getUint32(at + 16, true) !== 0,
      offset: this.#view.getUint32(at + 20, true),
      address: imageBase + address,
      size: this.#view.getUint32(at + 16, true),
    };
  }

  /** In the file it is filled up with zeros to the next multiple of the alignment, in memory it may be longer. */
  #section(at: number, imageBase: number): Section {
    const inMemory = this.#view.getUint32(at + 8, true);
    const inFile = this.#view.getUint32(at + 16, true);
    return {
      name: this.#name(at),
      hasContent: inFile !== 0,
      address: imageBase + this.#view.getUint32(at + 12, true),
      offset: this.#view.getUint32(at + 20, true),
      size: inMemory === 0 ? inFile : Math.min(inMemory, inFile),
    };
  }

  /** Eight bytes, or where a longer one is in the texts behind the symbols: `/123`. */
  #name(at: number): string {
    const name = fieldText(this.#bytes, at, at + 8);
    if (!/^\/[0-9]{1,7}$/.test(name)) {
      return name;
    }
    const symbols = this.#view.getUint32(this.#start + 8, true);
    const texts = symbols + SYMBOL_BYTES * this.#view.getUint32(this.#start + 12, true);
    const start = texts + Number(name.slice(1));
    return symbols === 0 ? name : fieldText(this.#bytes, start, start + NAME_BYTES);
  }

  #damaged(expected: string, found: string): PackagesError {
    return damaged('PE', this.#object, expected, found);
  }
}
