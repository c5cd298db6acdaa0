import { type Executable, type Section, sectionContent } from './executable.ts';

/** Of a symbol in a 64-bit file (System V ABI, chapter 4, "Symbol Table"). */
const SYMBOL_BYTES = 24;
const ADDRESS = 8;
const LITTLE_ENDIAN = 1;
const WIDE = 2;

/** Tables of symbols with their names: what the linker leaves for others first, since stripping removes the rest. */
const TABLES = [
  ['.dynsym', '.dynstr'],
  ['.symtab', '.strtab'],
] as const;

/** Where symbols of these names are in memory. Of 64-bit little-endian files only; throws `ELF_INVALID` for a table behind the end of the file. */
export function symbolAddresses(
  elf: Executable,
  wanted: readonly string[],
  object: string,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (elf.bytes[4] !== WIDE || elf.bytes[5] !== LITTLE_ENDIAN) {
    return found;
  }
  const names = wanted.map((name) => Buffer.from(`${name}\0`));
  for (const [table, texts] of TABLES) {
    const symbols = sectionContent(elf, table, object);
    const strings = sectionContent(elf, texts, object);
    if (symbols !== null && strings !== null) {
      collect(symbols, strings, names, (index, address) => {
        found.set(wanted[index] ?? '', address);
      });
    }
    if (found.size === wanted.length) {
      break;
    }
  }
  return found;
}

function collect(
  symbols: Uint8Array,
  strings: Uint8Array,
  names: readonly Uint8Array[],
  add: (index: number, address: number) => void,
): void {
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  for (let at = 0; at + SYMBOL_BYTES <= symbols.length; at += SYMBOL_BYTES) {
    const start = view.getUint32(at, true);
    const index = names.findIndex((name) => startsAt(strings, start, name));
    if (index !== -1) {
      add(index, view.getUint32(at + ADDRESS, true) + view.getUint32(at + ADDRESS + 4, true) * 2 ** 32);
    }
  }
}

function startsAt(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (bytes[start + at] !== text[at]) {
      return false;
    }
  }
  return true;
}

/** The content from an address to the end of the section around it, empty when none holds it. */
export function sectionContentAt({ bytes, sections }: Executable, address: number): Uint8Array {
  const holds = ({ hasContent, address: start, size }: Section): boolean =>
    hasContent && start !== 0 && start <= address && address < start + size;
  const around = sections.find(holds);
  return around === undefined
    ? bytes.subarray(0, 0)
    : bytes.subarray(around.offset + (address - around.address), around.offset + around.size);
}
