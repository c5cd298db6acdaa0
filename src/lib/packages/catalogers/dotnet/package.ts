import type { PackageRecord } from '#model/package.ts';
import type { Library } from './parse-deps.ts';

/** Under the name that its publisher wrote; NuGet does not tell the case of names apart. */
export function toPackageRecord({ name, version, dependencies }: Library): PackageRecord {
  return {
    type: 'nuget',
    name,
    version,
    ...(dependencies.length === 0 ? {} : { requires: [...new Set(dependencies.map((text) => text.toLowerCase()))] }),
    provides: [`${name}/${version}`.toLowerCase()],
    licenses: [],
  };
}
