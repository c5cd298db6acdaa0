import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';

/**
 * The packages that `installed.json` lists, whatever they are: since Composer 2 a member of an object, before it the whole
 * document. Throws `PACKAGE_METADATA_INVALID`, `LIMIT_EXCEEDED` or an error of the JSON parser.
 */
export function parseInstalled(bytes: Uint8Array, object: string): readonly unknown[] {
  const document = parseStrictJson(bytes, object);
  const list: unknown = Array.isArray(document) ? document : membersOf(document)?.get('packages');
  if (!Array.isArray(list)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable list of installed packages', {
      object,
      expected: 'an array, or an object with an array of packages',
      found: 'another JSON value',
    });
  }
  if (list.length > LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'packages', list.length);
  }
  return list;
}
