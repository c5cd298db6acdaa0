import { type Digest, isDigest } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';

/** What is remembered of the last look. */
export interface Cursor {
  /** Of the shard that came of it. */
  readonly revision: Digest;
  /** Of the list of modified records; null when there is none, or when it has to be read again. */
  readonly list: string | null;
  /** Of the archive; null when the source gives nothing of the kind. */
  readonly archive: string | null;
  /** The newest record that the list names, milliseconds UTC; 0 without a list. */
  readonly newest: number;
  /** When the archive was last looked at, milliseconds UTC. */
  readonly whole: number;
}

/** Null for none, and for one that is not from here. */
export function readCursor(text: string | null): Cursor | null {
  if (text === null) {
    return null;
  }
  try {
    const value = parseStrictJson(Buffer.from(text), 'cursor') as Record<keyof Cursor, unknown>;
    const { revision, list, archive, newest, whole } = value;
    const validators = [list, archive].every((item) => item === null || typeof item === 'string');
    const times = [newest, whole].every(Number.isFinite);
    return typeof revision === 'string' && isDigest(revision) && validators && times ? (value as Cursor) : null;
  } catch {
    return null;
  }
}

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor);
}
