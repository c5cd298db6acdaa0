import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { Entry } from 'yauzl';
import { fromRandomAccessReaderPromise } from 'yauzl';
import { isAppError, messageOf, quote } from '#base/error.ts';
import { createExpansionGuard, inflateRawSized, LIMITS, limitExceeded } from '#base/limits.ts';
import { AdvisoryError } from '../../error.ts';
import type { FeedLimits } from '../provider.ts';
import { DirectoryReader, ReadAhead } from './read-ahead.ts';

export const ARCHIVE_LIMITS: FeedLimits = {
  recordBytes: LIMITS.advisoryBytes,
  totalBytes: LIMITS.feedBytes,
  records: LIMITS.feedRecords,
};

/** One file of the archive, or why it could not be had. The name is as written there: never use it as a path. */
export type ArchiveEntry =
  | { readonly name: string; readonly bytes: Uint8Array }
  | { readonly name: string; readonly problem: string };

const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a zip archive, one at a time and each held whole. A file that is broken, encrypted or over the limit is
 * said by name; an archive that is broken as a whole, has overlapping entries or expands like a bomb is an error.
 */
export async function* readArchive(
  path: string,
  limits: FeedLimits,
  signal: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > LIMITS.feedArchiveBytes) {
      throw limitExceeded(path, LIMITS.feedArchiveBytes, 'bytes', size);
    }
    yield* readEntries({ path, fd: file.fd, size, limits, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw isAppError(error) ? error : archiveError(path, 'a zip archive', messageOf(error), error);
  } finally {
    await file.close();
  }
}

interface Archive {
  readonly path: string;
  readonly fd: number;
  readonly size: number;
  readonly limits: FeedLimits;
  readonly signal: AbortSignal;
}

/** Entries read between two turns of the event loop, so that an abort and a progress line get through. */
const ENTRIES_PER_TURN = 64;
const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER = 0x04034b50;

async function* readEntries(archive: Archive): AsyncGenerator<ArchiveEntry> {
  // File names stay bytes: yauzl would refuse the whole archive for one that climbs out of its folder.
  const zip = await fromRandomAccessReaderPromise(new DirectoryReader(archive.fd), archive.size, {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: false,
  });
  if (zip.entryCount > archive.limits.records) {
    throw limitExceeded(archive.path, archive.limits.records, 'records', zip.entryCount);
  }
  const guard = createExpansionGuard(archive.path, archive.limits.totalBytes);
  guard.consumed(archive.size);
  const data = new ReadAhead(archive.fd);
  let stored = 0;
  for await (const entry of zip.eachEntry()) {
    if (zip.entriesRead % ENTRIES_PER_TURN === 0) {
      await setImmediate(undefined, { signal: archive.signal });
    }
    stored += entry.compressedSize;
    if (stored > archive.size) {
      throw archiveError(archive.path, 'entries that do not overlap', `${stored} bytes of them in ${archive.size}`);
    }
    const name = entry.fileNameRaw.toString('utf8');
    if (name.endsWith('/')) {
      continue;
    }
    const refusal = refuse(entry, name, archive.limits);
    if (refusal !== null) {
      yield { name, problem: refusal };
      continue;
    }
    guard.produced(entry.uncompressedSize);
    yield readEntry(data, entry, name);
  }
}

function refuse(entry: Entry, name: string, limits: FeedLimits): string | null {
  if (!name.endsWith('.json') || name.includes('..') || name.startsWith('/') || name.includes('\\')) {
    return 'expected a file name that ends in .json and stays in its folder';
  }
  if (entry.uncompressedSize > limits.recordBytes || entry.compressedSize > limits.recordBytes) {
    const found = Math.max(entry.uncompressedSize, entry.compressedSize);
    return `expected at most ${limits.recordBytes} bytes, found ${found}`;
  }
  if (entry.isEncrypted()) {
    return 'expected plain data, found an encrypted entry';
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    return `expected deflate or no compression, found method ${entry.compressionMethod}`;
  }
  return null;
}

function readEntry(data: ReadAhead, entry: Entry, name: string): ArchiveEntry {
  try {
    // APPNOTE.TXT 4.3.7: the name and the extra field may be of another length than in the directory.
    const header = data.read(LOCAL_HEADER_BYTES, entry.relativeOffsetOfLocalHeader);
    if (header.length !== LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER) {
      return { name, problem: 'expected an entry where the archive says that it is' };
    }
    const skipped = LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    const raw = data.read(entry.compressedSize, entry.relativeOffsetOfLocalHeader + skipped);
    if (raw.length !== entry.compressedSize) {
      return { name, problem: `expected ${entry.compressedSize} bytes in the archive, found ${raw.length}` };
    }
    // What the entry promises has been held against the limit.
    const bytes = entry.compressionMethod === STORED ? raw : inflateRawSized(raw, entry.uncompressedSize);
    if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32) {
      return { name, problem: 'expected the size and checksum that the archive promises, found others' };
    }
    return { name, bytes };
  } catch (error) {
    return { name, problem: `cannot be unpacked: ${quote(messageOf(error))}` };
  }
}

function archiveError(path: string, expected: string, found: string, cause?: unknown): AdvisoryError {
  return new AdvisoryError('ADVISORY_ARCHIVE_INVALID', 'broken archive', { object: path, expected, found, cause });
}
