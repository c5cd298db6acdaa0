import { type Digest, isDigest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';

/** What is remembered of the last look. */
export interface Cursor {
  /** Of the shard that came of it. */
  readonly revision: Digest;
  /** To ask for `changes.csv` and `deletions.csv` with; null when the source gives nothing of the kind. */
  readonly changes: string | null;
  readonly deletions: string | null;
  /** The newest time that either of them had, milliseconds UTC. */
  readonly newest: number;
  /** Of the keys that all of it is signed by; null where it need not be. */
  readonly key: Digest | null;
}

/** Null for none, and for one that is not from here. */
export function readCursor(text: string | null): Cursor | null {
  let value: unknown;
  try {
    value = text === null ? null : parseStrictJson(text, 'cursor');
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return null;
  }
  const members = membersOf(value);
  const [revision, newest] = [members?.get('revision'), members?.get('newest')];
  const [changes, deletions] = [members?.get('changes'), members?.get('deletions')];
  if (typeof revision !== 'string' || !isDigest(revision) || typeof newest !== 'number' || !Number.isFinite(newest)) {
    return null;
  }
  const key = textOrNull(members?.get('key'));
  return {
    revision,
    newest,
    changes: textOrNull(changes),
    deletions: textOrNull(deletions),
    key: key !== null && isDigest(key) ? key : null,
  };
}

export function writeCursor({ revision, changes, deletions, newest, key }: Cursor): string {
  return JSON.stringify({ revision, changes, deletions, newest, ...(key !== null && { key }) });
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
