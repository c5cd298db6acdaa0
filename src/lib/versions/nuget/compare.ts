import type { Order } from '../scheme.ts';
import { comparePrereleases } from '../semver/compare.ts';
import { compareLists, compareNumerals } from '../text.ts';
import type { NugetVersion } from './parse.ts';

/** The four numbers, then the prerelease as semantic versioning has it, whatever its case. */
export function orderNuget(a: NugetVersion, b: NugetVersion): Order {
  return compareLists(a.numbers, b.numbers, compareNumerals) || comparePrereleases(a.prerelease, b.prerelease);
}
