import type { Order } from '../scheme.ts';
import { compareIdentifiers, orderSemver } from '../semver/compare.ts';
import { compareLists } from '../text.ts';
import type { BuildVersion } from './parse.ts';

/** Semantic versioning, and then the build, where none is older than any. */
export function orderBuildVersion(a: BuildVersion, b: BuildVersion): Order {
  return orderSemver(a, b) || compareLists(a.build, b.build, compareIdentifiers);
}
