import { quote } from '#base/error.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import type { Unit } from './parse-unit.ts';

const LENGTH = 256;

/** Throws `PACKAGE_METADATA_INVALID` for a missing or impossible name. */
export function toPackageRecord({ id, name, version, license, depends }: Unit, object: string): PackageRecord {
  if (name === null || name.length > LENGTH || !/^[A-Za-z0-9-]+$/.test(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'registration of a Haskell library without a usable name', {
      object,
      expected: 'a name of ASCII letters, digits and dashes',
      found: name === null ? 'none' : quote(name),
    });
  }
  const isVersion = version !== null && version.length <= LENGTH && /^[0-9][0-9.]*$/.test(version);
  return {
    type: 'hackage',
    name,
    version: isVersion ? version : '',
    ...new CapabilityNames(object).of(name, depends, id === null ? [] : [id]),
    licenses: license === null || license === '' ? [] : [license],
  };
}
