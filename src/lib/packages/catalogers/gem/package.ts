import { quote } from '#base/error.ts';
import type { PackageRecord } from '#model/package.ts';
import { PackagesError } from '../../error.ts';
import type { Gemspec } from './parse-gemspec.ts';

/** Longer names and versions are on no index. */
const LENGTH = 256;

/** A version or platform past all bounds becomes none; throws `PACKAGE_METADATA_INVALID` for a missing or impossible name. */
export function toPackageRecord(gemspec: Gemspec, object: string): PackageRecord {
  const { name, version, platform, licenses } = gemspec;
  if (name === null || !isName(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'gem specification without a usable name', {
      object,
      expected: 'a name of ASCII letters, digits, periods, underscores and dashes',
      found: name === null ? 'none' : quote(name),
    });
  }
  const requires = gemspec.requires.filter(isName);
  return {
    type: 'gem',
    name,
    version: version === null || version.length > LENGTH ? '' : version.trim(),
    ...(platform === null || platform.length > LENGTH ? {} : { architecture: platform }),
    licenses: licenses.filter((license) => license.trim() !== ''),
    ...(requires.length === 0 ? {} : { requires }),
  };
}

function isName(name: string): boolean {
  return name.length <= LENGTH && /^[a-zA-Z0-9._-]+$/.test(name);
}
