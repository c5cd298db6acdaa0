import { type PackagesCode, PackagesError } from '../error.ts';

/** The parts of a program that tell where its data is, the same for every format. Offsets, sizes and addresses in bytes. */
export interface Executable {
  readonly format: 'ELF' | 'PE' | 'Mach-O';
  /** Of a universal program the part for one processor: offsets count from its start. */
  readonly bytes: Uint8Array;
  /** What is mapped into memory. */
  readonly segments: readonly Segment[];
  /** Empty for a file that was stripped of its section headers. */
  readonly sections: readonly Section[];
}

export interface Segment {
  /** Mapped into memory and writable, but not executable: initialised data. */
  readonly isData: boolean;
  readonly offset: number;
  readonly address: number;
  /** In the file. */
  readonly size: number;
}

export interface Section {
  /** At most its first 64 bytes; of Mach-O without its segment's. */
  readonly name: string;
  /** False for one that is all zeros, or was moved to a file of debug information. */
  readonly hasContent: boolean;
  readonly address: number;
  readonly offset: number;
  /** In the file. */
  readonly size: number;
}

/** The content from an address to the end of the segment around it, empty when no segment of the file holds it. */
export function contentAt({ bytes, segments }: Executable, address: number): Uint8Array {
  const around = segments.find((item) => item.address <= address && address < item.address + item.size);
  if (around === undefined) {
    return bytes.subarray(0, 0);
  }
  return bytes.subarray(around.offset + (address - around.address), around.offset + around.size);
}

/** What a section of this name holds; null where there is none, or none with content. Throws where the file ends before it does. */
export function sectionContent(executable: Executable, name: string, object: string): Uint8Array | null {
  const section = executable.sections.find((item) => item.name === name && item.hasContent);
  if (section === undefined) {
    return null;
  }
  const { length } = executable.bytes;
  const end = section.offset + section.size;
  if (end > length) {
    throw damaged(executable.format, object, `section ${name} up to byte ${end}`, `${length} bytes`);
  }
  return executable.bytes.subarray(section.offset, end);
}

const CODES: Readonly<Record<Executable['format'], PackagesCode>> = {
  ELF: 'ELF_INVALID',
  PE: 'PE_INVALID',
  'Mach-O': 'MACHO_INVALID',
};

export function damaged(format: Executable['format'], object: string, expected: string, found: string): PackagesError {
  return new PackagesError(CODES[format], `damaged ${format} executable`, { object, expected, found });
}

/** A text of one byte per character up to its NUL, or to the end of the field. */
export function fieldText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) {
      break;
    }
    text += String.fromCharCode(byte);
  }
  return text;
}
