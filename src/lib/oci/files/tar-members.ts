import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import {
  BLOCK,
  checksumProblem,
  decodeName,
  FLAG,
  isZeroBlock,
  type PaxRecords,
  parseHeader,
  parsePax,
  type TarHeader,
} from '#lib/layers/index.ts';
import { OciError } from '../error.ts';

const ZIP = 'PK\u0003\u0004';

/** One member of an image archive, its content not read. */
export interface TarMember {
  /** As written. */
  readonly name: string;
  readonly kind: 'file' | 'symlink' | 'hardlink' | 'folder' | 'other';
  /** Where the content starts in the tar. */
  readonly offset: number;
  readonly size: number;
  /** The target of a link as written. */
  readonly link: string;
}

/** Bytes by position. A reader of a stream can only go forward. */
export interface BlockReader {
  /** Exactly `length` bytes, or fewer only at the very end. */
  at(offset: number, length: number): Promise<Buffer>;
}

/** What the extension headers before a member say about it. */
interface Extensions {
  pax: PaxRecords;
  longName: string | null;
  longLink: string | null;
}

/**
 * The members of a tar in order, without their content. The layers' own parser decodes the headers; this only hops from
 * one to the next. Throws `ARCHIVE_INVALID`, and `LIMIT_EXCEEDED` past `limit` headers.
 */
export async function* readMembers(
  reader: BlockReader,
  object: string,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<TarMember> {
  let offset = 0;
  let count = 0;
  let extensions = noExtensions();
  for (;;) {
    signal?.throwIfAborted();
    const block = await reader.at(offset, BLOCK);
    if (await isEnd(reader, block, offset, object)) {
      return;
    }
    count += 1;
    if (count > limit) {
      throw limitExceeded(object, limit, 'members');
    }
    const header = decodeHeader(block, offset, object);
    offset += BLOCK;
    if (await applyExtension(reader, header, offset, extensions, object)) {
      offset += padded(header.size);
      continue;
    }
    const member = toMember(header, offset, extensions, object);
    offset += padded(member.size);
    extensions = noExtensions();
    yield member;
  }
}

/** Two blocks of zeros end a tar. Files cut off right there are common and harmless; anywhere else the tar is truncated. */
async function isEnd(reader: BlockReader, block: Buffer, offset: number, object: string): Promise<boolean> {
  if (block.length === 0 && offset > 0) {
    return true;
  }
  if (block.length < BLOCK) {
    if (offset === 0) {
      throw notTar(object, `${block.length} bytes`);
    }
    throw broken(object, offset, `${BLOCK} bytes of a header`, `${block.length} bytes`);
  }
  if (!isZeroBlock(block, 0)) {
    return false;
  }
  const second = await reader.at(offset + BLOCK, BLOCK);
  if (second.length === BLOCK && !isZeroBlock(second, 0)) {
    throw broken(object, offset + BLOCK, 'a second block of zeros', 'something else');
  }
  return true;
}

function decodeHeader(block: Buffer, offset: number, object: string): TarHeader {
  const problem = checksumProblem(block, 0);
  if (problem !== null) {
    if (offset === 0) {
      throw notTar(object, block.toString('latin1', 0, 4) === ZIP ? 'a zip archive' : 'something else');
    }
    throw broken(object, offset, 'a tar header', problem);
  }
  const header = parseHeader(block, 0);
  if (typeof header === 'string') {
    throw broken(object, offset, 'a tar header', `an unreadable ${header}`);
  }
  return header;
}

/** True when the header was one that only describes the next member. */
async function applyExtension(
  reader: BlockReader,
  header: TarHeader,
  offset: number,
  extensions: Extensions,
  object: string,
): Promise<boolean> {
  if (header.flag === FLAG.paxGlobal) {
    return true;
  }
  if (header.flag !== FLAG.pax && header.flag !== FLAG.gnuLongName && header.flag !== FLAG.gnuLongLink) {
    return false;
  }
  if (header.size > LIMITS.tarExtensionBytes) {
    throw limitExceeded(`${object}, header at byte ${offset - BLOCK}`, LIMITS.tarExtensionBytes, 'bytes', header.size);
  }
  const body = await reader.at(offset, header.size);
  if (body.length < header.size) {
    throw broken(object, offset, `${header.size} bytes of an extended header`, `${body.length} bytes`);
  }
  if (header.flag === FLAG.pax) {
    const records = parsePax(body);
    if (typeof records === 'string') {
      throw broken(object, offset, 'pax records', records);
    }
    extensions.pax = records;
    return true;
  }
  const end = body.indexOf(0);
  const text = decodeName(end === -1 ? body : body.subarray(0, end));
  if (header.flag === FLAG.gnuLongName) {
    extensions.longName = text;
  } else {
    extensions.longLink = text;
  }
  return true;
}

function toMember(header: TarHeader, offset: number, extensions: Extensions, object: string): TarMember {
  const { pax, longName, longLink } = extensions;
  const name = longName ?? pax.path ?? header.name;
  const kind = pax.sparse === undefined ? kindOf(header.flag, name) : 'other';
  const size = hasContent(header.flag) ? (pax.size ?? header.size) : 0;
  if (!Number.isSafeInteger(offset + padded(size))) {
    throw broken(object, offset - BLOCK, 'a size that a file can have', `${size} bytes for ${quote(name)}`);
  }
  return { name, kind, offset, size, link: longLink ?? pax.linkpath ?? header.link };
}

function kindOf(flag: number, name: string): TarMember['kind'] {
  switch (flag) {
    case FLAG.old:
      return name.endsWith('/') ? 'folder' : 'file';
    case FLAG.file:
    case FLAG.contiguous:
      return 'file';
    case FLAG.symlink:
      return 'symlink';
    case FLAG.hardlink:
      return 'hardlink';
    case FLAG.folder:
      return 'folder';
    default:
      return 'other';
  }
}

/** Types whose size field means nothing, as in Go's archive/tar (isHeaderOnlyType). */
function hasContent(flag: number): boolean {
  return (
    flag !== FLAG.hardlink &&
    flag !== FLAG.symlink &&
    flag !== FLAG.char &&
    flag !== FLAG.block &&
    flag !== FLAG.folder &&
    flag !== FLAG.fifo
  );
}

function noExtensions(): Extensions {
  return { pax: {}, longName: null, longLink: null };
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Whoever names a file that has nothing to do with images needs to hear what to name, not where the header is wrong. */
function notTar(object: string, found: string): OciError {
  return new OciError('ARCHIVE_INVALID', 'not a tar archive', {
    object,
    expected: 'a tar, plain or compressed with gzip, zstd or xz',
    found,
    hint: 'Name what docker save, podman save or skopeo copy writes, a tar of a root file system, or a folder.',
  });
}

function broken(object: string, offset: number, expected: string, found: string): OciError {
  return new OciError('ARCHIVE_INVALID', `not a readable tar at byte ${offset}`, { object, expected, found });
}
