import type { EntryType } from '#model/layer.ts';
import { FLAG, type TarHeader } from './header.ts';
import type { PaxRecords } from './pax.ts';

/** One entry as the archive has it: names not yet normalised, whiteouts not yet told apart. */
export interface TarEntry {
  readonly name: string;
  readonly type: EntryType;
  /** Permission bits with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a file, holes of a sparse one included; 0 for everything else. */
  readonly size: number;
  /** The target of a link as written, else empty. */
  readonly link: string;
  /** Why the content of this file will not be handed out though it is there. */
  readonly withheld: string | null;
}

/** Where the parser's events go. They come in the order of the archive, synchronously, from within `write`. */
export interface TarSink {
  /** True asks for the content of a file, which then follows, and `contentEnd` after it. */
  entry(entry: TarEntry): boolean;
  /** A piece of the content, not copied: it belongs to the caller of `write` again when that returns. */
  content(piece: Buffer): void;
  contentEnd(): void;
  /** Something that is in the archive and cannot be used; the rest of the archive goes on. */
  problem(name: string, reason: string): void;
}

/** What the headers before an entry say about it. */
export interface Extensions {
  readonly pax: PaxRecords | null;
  /** GNU long names; empty when there is none. */
  readonly longName: string;
  readonly longLink: string;
}

export const NO_EXTENSIONS: Extensions = { pax: null, longName: '', longLink: '' };

/**
 * A header with what its extensions override. GNU names win over pax names and pax over the plain header, as in Go.
 * `size` of the result is what the header says of the bytes that follow.
 */
export function toTarEntry(header: TarHeader, flagType: EntryType, { pax, longName, longLink }: Extensions): TarEntry {
  const name = longName || (pax?.path ?? header.name);
  // Old archives have folders of the same flag as files. Like every folder they have no content, whatever their size says.
  const type = header.flag === FLAG.old && name.endsWith('/') ? 'folder' : flagType;
  return {
    name,
    type,
    mode: header.mode,
    uid: pax?.uid ?? header.uid,
    gid: pax?.gid ?? header.gid,
    size: type === 'file' ? (pax?.size ?? header.size) : 0,
    link: type === 'symlink' || type === 'hardlink' ? longLink || (pax?.linkpath ?? header.link) : '',
    withheld: null,
  };
}

/** Null for a flag that is none of a file system object. */
export function entryTypeOf(flag: number): EntryType | null {
  switch (flag) {
    case FLAG.old:
    case FLAG.file:
    case FLAG.contiguous:
    case FLAG.gnuSparse:
      return 'file';
    case FLAG.hardlink:
      return 'hardlink';
    case FLAG.symlink:
      return 'symlink';
    case FLAG.char:
      return 'char';
    case FLAG.block:
      return 'block';
    case FLAG.folder:
    case FLAG.gnuDumpFolder:
      return 'folder';
    case FLAG.fifo:
      return 'fifo';
    default:
      return null;
  }
}
