import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { contentAt, damaged as damagedProgram, type Executable } from '../../executables/executable.ts';
import { decodeText } from '../../text.ts';

/** What the Go linker writes into a program (cmd/link `buildinfo`, read as debug/buildinfo does). */
export interface BuildInfo {
  /** As the toolchain names itself: `go1.22.3`, `devel go1.23-…`. */
  readonly goVersion: string;
  /** The text that `go version -m` prints; empty for a program built without modules. */
  readonly modules: string;
}

/** As ELF names it, and as Mach-O does. Programs of Windows have it in their data. */
const SECTIONS: readonly string[] = ['.go.buildinfo', '__go_buildinfo'];
/** Go's mark at the start of the code (PE, Mach-O), and a note of type 4 by the name of `Go` in either byte order (ELF). */
const BUILD_IDS: readonly Buffer[] = ['\xff Go build ID: "', '\x04\0\0\0Go\0\0', '\0\0\0\x04Go\0\0'].map((mark) =>
  Buffer.from(mark, 'latin1'),
);
const BUILD_ID_SECTION = '.note.go.buildid';
/** As far as the go command itself looks for them (cmd/internal/buildid). */
const BUILD_ID_BYTES = 32 * 1024;
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
const HEADER_BYTES = 32;
const BIG_ENDIAN = 0x1;
const INLINE_STRINGS = 0x2;
/** The module text stands between two random marks of this length. */
const SENTINEL_BYTES = 16;

/** Null for a program that Go did not build; throws `GO_BUILD_INFO_INVALID` for one that it did and that does not say of what. */
export function parseBuildInfo(program: Executable, object: string): BuildInfo | null {
  const area = buildInfoArea(program, object);
  const address = area === null ? null : findMagic(program, area);
  if (address === null) {
    if (area?.isCertain === true || hasBuildId(program)) {
      throw damaged(object, 'the magic of the build information', 'a Go program without it');
    }
    return null;
  }
  const header = Buffer.from(contentAt(program, address).subarray(0, HEADER_BYTES));
  if (header.length < HEADER_BYTES) {
    throw damaged(object, `a header of ${HEADER_BYTES} bytes`, `${header.length} bytes`);
  }
  const flags = header.readUInt8(15);
  const [version, modules] =
    (flags & INLINE_STRINGS) === 0
      ? readPointedStrings(program, header, (flags & BIG_ENDIAN) !== 0, object)
      : readInlineStrings(contentAt(program, address + HEADER_BYTES), object);
  if (version.length === 0) {
    throw damaged(object, 'the version of Go', 'an empty text');
  }
  return { goVersion: decodeText(version), modules: withoutSentinels(modules, object) };
}

/** True for what the Go linker made, whatever was removed from it later. */
function hasBuildId({ bytes, sections }: Executable): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, BUILD_ID_BYTES));
  return sections.some(({ name }) => name === BUILD_ID_SECTION) || BUILD_IDS.some((mark) => start.includes(mark));
}

interface Area {
  readonly address: number;
  readonly size: number;
  /** True for the section that exists for this purpose, false for a data segment of any program. */
  readonly isCertain: boolean;
}

function buildInfoArea(program: Executable, object: string): Area | null {
  const section = program.sections.find((item) => SECTIONS.includes(item.name));
  if (section !== undefined) {
    return section.hasContent ? { address: section.address, size: section.size, isCertain: true } : null;
  }
  const data = program.segments.find((segment) => segment.isData);
  if (data === undefined) {
    return null;
  }
  if (data.offset + data.size > program.bytes.length) {
    const expected = `data up to byte ${data.offset + data.size}`;
    throw damagedProgram(program.format, object, expected, `${program.bytes.length} bytes`);
  }
  return { address: data.address, size: data.size, isCertain: false };
}

/** The first aligned place of the magic in the area, as an address. */
function findMagic(program: Executable, area: Area): number | null {
  const content = contentAt(program, area.address);
  const bytes = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, area.size));
  const misalignment = area.address % ALIGNMENT;
  for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    if ((at + misalignment) % ALIGNMENT === 0) {
      return area.address + at;
    }
  }
  return null;
}

type Strings = readonly [version: Uint8Array, modules: Uint8Array];

/** Since Go 1.18: both strings follow the header, each after its length as a varint. */
function readInlineStrings(content: Uint8Array, object: string): Strings {
  const version = readVarintString(content, 0, object);
  const modules = readVarintString(content, version.end, object);
  return [version.bytes, modules.bytes];
}

interface VarintString {
  readonly bytes: Uint8Array;
  readonly end: number;
}

function readVarintString(content: Uint8Array, start: number, object: string): VarintString {
  let length = 0;
  let at = start;
  let factor = 1;
  let byte: number;
  do {
    byte = content[at] ?? 0;
    length += (byte & 0x7f) * factor;
    factor *= 128;
    at += 1;
  } while (byte >= 0x80 && at < start + 10);
  return { bytes: slice(content, at, length, object), end: at + length };
}

/** Before Go 1.18: the header holds two addresses of Go strings, each an address and a length. */
function readPointedStrings(program: Executable, header: Buffer, bigEndian: boolean, object: string): Strings {
  const size = header.readUInt8(14);
  if (size !== 4 && size !== 8) {
    throw damaged(object, 'pointers of 4 or 8 bytes', `${size} bytes`);
  }
  const read = (from: Uint8Array, at: number): number => {
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    return size === 4 ? view.getUint32(at, !bigEndian) : Number(view.getBigUint64(at, !bigEndian));
  };
  const follow = (pointer: number): Uint8Array => {
    if (pointer === 0) {
      return header.subarray(0, 0);
    }
    const string = slice(contentAt(program, pointer), 0, 2 * size, object);
    return slice(contentAt(program, read(string, 0)), 0, read(string, size), object);
  };
  return [follow(read(header, 16)), follow(read(header, 16 + size))];
}

function slice(content: Uint8Array, start: number, length: number, object: string): Uint8Array {
  if (length > LIMITS.packageDatabaseBytes) {
    throw limitExceeded(object, LIMITS.packageDatabaseBytes, 'bytes of build information', length);
  }
  if (start + length > content.length) {
    throw damaged(object, `a text of ${length} bytes`, `${Math.max(0, content.length - start)} bytes`);
  }
  return content.subarray(start, start + length);
}

function withoutSentinels(modules: Uint8Array, object: string): string {
  if (modules.length === 0) {
    return '';
  }
  const text = modules.subarray(SENTINEL_BYTES, -SENTINEL_BYTES);
  if (text.at(-1) !== 0x0a) {
    throw damaged(object, 'module lines between two marks', quote(decodeText(modules.subarray(0, 64))));
  }
  return decodeText(text);
}

function damaged(object: string, expected: string, found: string): PackagesError {
  return new PackagesError('GO_BUILD_INFO_INVALID', 'unreadable Go build information', { object, expected, found });
}
