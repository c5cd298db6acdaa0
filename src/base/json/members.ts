import { JsonError, parseStrictJson } from './strict.ts';

/** The members of a JSON object; null for any other value. A map, since names may be anybody's. */
export type Members = ReadonlyMap<string, unknown>;

export function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;
}

/** A text that is there and not empty. */
export function textOf(members: Members, name: string): string | null {
  const value = members.get(name);
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * Parses a JSON object that holds secrets. `fail` gets what was found instead of one, without any of the content: the
 * parser's own message shows the place where it stopped.
 */
export function parseSecretObject(bytes: Uint8Array, object: string, fail: (found: string) => Error): Members {
  let members: Members | null;
  try {
    members = membersOf(parseStrictJson(bytes, object));
  } catch (error) {
    if (!(error instanceof JsonError)) {
      throw error;
    }
    throw fail(error.code === 'JSON_DUPLICATE_KEY' ? 'a member twice' : 'something else');
  }
  if (members === null) {
    throw fail('another JSON value');
  }
  return members;
}
