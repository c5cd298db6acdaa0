import { isAppError, messageOf, quote } from '#base/error.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { unquoted } from '../../text.ts';

/** Some dozens are in the largest images. */
const CONTENT_SETS = 10_000;

/**
 * The `content_sets` of an image content manifest (containerbuildsystem/atomic-reactor, content_manifest.json); empty when
 * it has none. Throws `PACKAGE_METADATA_INVALID` and `LIMIT_EXCEEDED`.
 */
export function parseContentSets(bytes: Uint8Array, object: string): readonly string[] {
  const sets = readObject(bytes, object).get('content_sets') ?? [];
  if (!Array.isArray(sets)) {
    throw invalid(object, 'a list of content sets', typeof sets);
  }
  if (sets.length > CONTENT_SETS) {
    throw limitExceeded(object, CONTENT_SETS, 'content sets', sets.length);
  }
  return [...new Set(sets.map((name: unknown) => textOf(name, 'content set', object)))];
}

/** The members of `labels.json`, each a text. Some builds put quotes around it that are none of JSON. */
export function parseLabels(bytes: Uint8Array, object: string): ReadonlyMap<string, string> {
  return new Map([...readObject(bytes, object)].map(([key, value]) => [key, unquoted(textOf(value, 'label', object))]));
}

function readObject(bytes: Uint8Array, object: string): Members {
  let value: unknown;
  try {
    value = parseStrictJson(bytes, object);
  } catch (error) {
    if (isAppError(error)) {
      throw error;
    }
    throw invalid(object, 'JSON', quote(messageOf(error)));
  }
  const members = membersOf(value);
  if (members === null) {
    throw invalid(object, 'an object', Array.isArray(value) ? 'an array' : typeof value);
  }
  return members;
}

function textOf(value: unknown, what: string, object: string): string {
  if (typeof value !== 'string') {
    throw invalid(object, `each ${what} a text`, value === null ? 'null' : typeof value);
  }
  return value;
}

function invalid(object: string, expected: string, found: string): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable build information', { object, expected, found });
}
