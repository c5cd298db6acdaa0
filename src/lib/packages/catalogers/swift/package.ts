import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';

const NAME_CHARS = 1024;

/** Null for a name that no package URL can be made of. */
export function toPackageRecord(name: string, version: string): PackageRecord | null {
  if (name.length > NAME_CHARS || /[\s\p{Cc}]/u.test(name)) {
    return null;
  }
  const isVersion = version.length <= LIMITS.versionChars && !/[\s\p{Cc}]/u.test(version);
  return { type: 'swift', name, version: isVersion ? version : '', licenses: [] };
}
