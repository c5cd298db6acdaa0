import { isAppError } from '#base/error.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';

/** A JSON object that says more of packages which other files describe; null where it is broken, since no package is missed then. */
export function readHint(bytes: Uint8Array, object: string): Members | null {
  try {
    return membersOf(parseStrictJson(bytes, object));
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}
