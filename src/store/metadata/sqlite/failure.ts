import { isAppError, messageOf } from '#base/error.ts';
import { MetadataError } from '../error.ts';
import type { SqliteFailure } from './protocol.ts';

/** What was thrown, as plain data. Node says of a database that is closed that its state is not right. */
export function failureOf(error: unknown): SqliteFailure {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE') {
    return { message: error.message, code: CLOSED };
  }
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;
  return { message: messageOf(error), code };
}

/** What SQLite said, in our words where the user can do something about it; otherwise as it is: a fault of ours. */
export function errorOf({ message, code }: SqliteFailure, path: string): Error {
  const problem = code === null ? undefined : PROBLEMS[code & 0xff];
  if (problem === undefined) {
    return new Error(`${message} (${path})`);
  }
  const [metadataCode, text, hint] = problem;
  return new MetadataError(metadataCode, text, { object: path, found: message, hint });
}

export function toError(error: unknown, path: string): Error {
  return isAppError(error) ? error : errorOf(failureOf(error), path);
}

/** SQLITE_MISUSE, as SQLite itself has it for this. */
const CLOSED = 21;
const CHECK_FILE = 'Check the file, its folder, their owner and the disk.';

/** By SQLite's primary result codes (sqlite.org/rescode.html). */
const PROBLEMS: Readonly<Record<number, readonly [MetadataError['code'], string, string]>> = {
  5: ['METADATA_UNAVAILABLE', 'another process holds the database', 'Find out which process keeps writing to it.'],
  6: ['METADATA_UNAVAILABLE', 'another process holds the database', 'Find out which process keeps writing to it.'],
  8: ['METADATA_UNAVAILABLE', 'the database cannot be written to', CHECK_FILE],
  10: ['METADATA_UNAVAILABLE', 'the database cannot be read or written', CHECK_FILE],
  11: ['METADATA_DAMAGED', 'damaged database', 'Restore it from a backup.'],
  13: ['METADATA_FULL', 'no room for the database', 'Make room on its disk.'],
  14: ['METADATA_UNAVAILABLE', 'the database cannot be opened', CHECK_FILE],
  21: ['METADATA_UNAVAILABLE', 'the database is closed', 'Open the store again.'],
  26: ['METADATA_DAMAGED', 'not a database', 'Restore it from a backup.'],
};
