import type { PackageRecord } from '#model/package.ts';
import type { Crate } from './parse-crates.ts';

/** The crates that are in the program. One needs exactly those versions of others that it was built with. */
export function toPackageRecords(crates: readonly (Crate | null)[]): readonly PackageRecord[] {
  return crates.flatMap((crate) => {
    if (crate === null || crate.isBuildOnly) {
      return [];
    }
    const needed = crate.dependencies.flatMap((place) => {
      const other = crates[place] ?? null;
      return other === null || other.isBuildOnly ? [] : [exactly(other)];
    });
    return [
      {
        type: 'cargo',
        name: crate.name,
        version: crate.version,
        ...(needed.length === 0 ? {} : { requires: [...new Set(needed)] }),
        provides: [exactly(crate)],
        licenses: [],
      },
    ];
  });
}

/** No crate has a blank in its name. */
function exactly({ name, version }: Crate): string {
  return `${name} ${version}`;
}
