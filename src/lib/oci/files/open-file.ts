import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { messageOf } from '#base/error.ts';
import { OciError } from '../error.ts';

const CHUNK = 1024 * 1024;

/** An open regular file with its size at the time of opening. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Opens a regular file for reading. `path` has its links resolved already. Anything else is refused without waiting on
 * it: opening a pipe would block until someone writes, opening a device may do things.
 */
export async function openRegularFile(path: string, object: string): Promise<OpenFile> {
  const seen = await lstat(path).catch((error: unknown) => {
    throw unreadable(object, 'a regular file', error);
  });
  if (!seen.isFile()) {
    throw unreadable(object, 'a regular file', 'something else');
  }
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: unknown) => {
    throw unreadable(object, 'a readable file', error);
  });
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw unreadable(object, 'a regular file', 'something else');
  }
  return { handle, size: stat.size };
}

/** The result of `work`; the file is closed when that fails. */
export async function closeOnError<T>(file: OpenFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

/**
 * `size` bytes of a file, in chunks of up to 1 MiB of which the next is read while one is looked at. A chunk is valid until
 * the next one is asked for. Throws `ARCHIVE_INVALID` when the file ends before them.
 */
export async function* readRange(
  handle: FileHandle,
  start: number,
  size: number,
  object: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const length = Math.min(CHUNK, size);
  const buffers = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(size > length ? length : 0)];
  const read = (done: number, turn: number): Promise<Uint8Array> =>
    readPiece(handle, buffers[turn & 1] ?? Buffer.alloc(0), start + done, size - done);
  let ahead = size > 0 ? read(0, 0) : null;
  try {
    for (let done = 0, turn = 1; ahead !== null; turn += 1) {
      signal?.throwIfAborted();
      const piece = await ahead;
      done += piece.length;
      if (piece.length === 0) {
        ahead = null;
        throw new OciError('ARCHIVE_INVALID', 'the file ends too early', {
          object,
          expected: `${size} bytes`,
          found: `${done} bytes`,
        });
      }
      ahead = done < size ? read(done, turn) : null;
      yield piece;
    }
  } finally {
    // Whoever stops reading may close the file next.
    await ahead?.catch(() => undefined);
  }
}

async function readPiece(handle: FileHandle, buffer: Buffer, position: number, left: number): Promise<Uint8Array> {
  const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, left), position);
  return buffer.subarray(0, bytesRead);
}

/** The path with all links resolved, or null when nothing is there. */
export async function resolvePath(path: string, object: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || hasCode(error, 'ENAMETOOLONG')) {
      return null;
    }
    throw unreadable(object, 'a path that can be followed', error);
  }
}

/** Like `resolvePath`, for what the user named: throws `SOURCE_NOT_FOUND`. */
export async function resolveSource(path: string): Promise<string> {
  const resolved = await resolvePath(path, path);
  if (resolved === null) {
    throw new OciError('SOURCE_NOT_FOUND', 'no such file or folder', {
      object: path,
      expected: 'a file or folder',
      found: 'nothing',
    });
  }
  return resolved;
}

function unreadable(object: string, expected: string, found: unknown): OciError {
  const cause = found instanceof Error ? { cause: found } : {};
  return new OciError('SOURCE_UNREADABLE', 'cannot be opened', {
    object,
    expected,
    found: messageOf(found),
    ...cause,
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
