import { quote } from '#base/error.ts';
import type { PackageRecord } from '#model/package.ts';
import { PackagesError } from '../../error.ts';
import type { PackageJson } from './parse-package-json.ts';

/** The longest name that npm takes, scope included (validate-npm-package-name). */
const NAME_LENGTH = 214;
/** The longest version that npm takes (node-semver, `MAX_LENGTH`). */
const VERSION_LENGTH = 256;

/** A version that npm would not take becomes an empty one; throws `PACKAGE_METADATA_INVALID` for a missing or impossible name. */
export function toPackageRecord(json: PackageJson, object: string): PackageRecord {
  if (json.name === null || !isPackageName(json.name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'package.json without a usable name', {
      object,
      expected: 'a name that npm allows',
      found: json.name === null ? 'none' : quote(json.name),
    });
  }
  const version = json.version === null || json.version.length > VERSION_LENGTH ? '' : json.version;
  const requires = json.requires.filter(isPackageName);
  return {
    type: 'npm',
    name: json.name,
    version,
    licenses: json.licenses,
    ...(requires.length === 0 ? {} : { requires }),
  };
}

/** The rules for names that were ever allowed: capitals and a few more characters than today. */
export function isPackageName(name: string): boolean {
  if (name.length > NAME_LENGTH) {
    return false;
  }
  if (!name.startsWith('@')) {
    return isNamePart(name);
  }
  const slash = name.indexOf('/');
  return slash !== -1 && isNamePart(name.slice(1, slash)) && isNamePart(name.slice(slash + 1));
}

function isNamePart(part: string): boolean {
  return /^[A-Za-z0-9._~!'()*-]+$/.test(part) && !part.startsWith('.');
}
