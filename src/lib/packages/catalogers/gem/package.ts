import { quote } from '#base/error.ts';
import type { PackageRecord } from '#model/package.ts';
import { PackagesError } from '../../error.ts';
import type { Gemspec } from './parse-gemspec.ts';

/** Longer names and versions are on no index. */
const LENGTH = 256;

/** A version or platform past all bounds becomes none; throws `PACKAGE_METADATA_INVALID` for a missing or impossible name. */
export function toPackageRecord({ name, version, platform, licenses }: Gemspec, object: string): PackageRecord {
  if (name === null || name.length > LENGTH || !/^[a-zA-Z0-9._-]+$/.test(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'gem specification without a usable name', {
      object,
      expected: 'a name of ASCII letters, digits, periods, underscores and dashes',
      found: name === null ? 'none' : quote(name),
    });
  }
  return {
    type: 'gem',
    name,
    version: version === null || version.length > LENGTH ? '' : version.trim(),
    ...(platform === null || platform.length > LENGTH ? {} : { architecture: platform }),
    licenses: licenses.filter((license) => license.trim() !== ''),
  };
}
