import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';

/** A package as its database describes it. */
export interface Installed {
  readonly record: PackageRecord;
  readonly purl: string;
  /** The cataloger: packages of one database depend on each other, and on nothing else. */
  readonly cataloger: string;
}

export interface Dependencies<Item extends Installed> {
  /** The purls of what each package needs, sorted; packages that need nothing which is there are not in it. */
  readonly byPackage: ReadonlyMap<Item, readonly string[]>;
  /** False when there are more than a limit, so that some are left out. */
  readonly complete: boolean;
}

/**
 * What packages need of each other: for every name in `requires`, the packages of that name and those that provide it, all of
 * them where there are several. What the package provides itself, or nobody, is no dependency.
 */
export function findDependencies<Item extends Installed>(packages: Iterable<Item>): Dependencies<Item> {
  const all = [...packages];
  const providers = providersByName(all);
  const byPackage = new Map<Item, readonly string[]>();
  // Packages that need what packages provide can be as many as the product of both.
  let pairs = 0;
  for (const item of all) {
    const needed = new Set<string>();
    for (const name of item.record.requires ?? []) {
      const candidates = providers.get(keyOf(item, name)) ?? [];
      pairs += candidates.length;
      if (pairs > LIMITS.packageDependencies) {
        return { byPackage, complete: false };
      }
      if (!candidates.includes(item)) {
        for (const { purl } of fittingArchitecture(item, candidates)) {
          needed.add(purl);
        }
      }
    }
    if (needed.size > 0) {
      byPackage.set(item, [...needed].toSorted());
    }
  }
  return { byPackage, complete: true };
}

function providersByName<Item extends Installed>(packages: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const providers = new Map<string, Item[]>();
  for (const item of packages) {
    for (const name of new Set([item.record.name, ...(item.record.provides ?? [])])) {
      const key = keyOf(item, name);
      const known = providers.get(key);
      if (known === undefined) {
        providers.set(key, [item]);
      } else {
        known.push(item);
      }
    }
  }
  return providers;
}

function keyOf({ cataloger }: Installed, name: string): string {
  return `${cataloger}\0${name}`;
}

/** Of a package that is there for several architectures, that of the package which needs it. */
function fittingArchitecture<Item extends Installed>({ record }: Item, candidates: readonly Item[]): readonly Item[] {
  const fits = (candidate: Item): boolean => candidate.record.architecture === record.architecture;
  const fitting = new Set(candidates.filter(fits).map((candidate) => candidate.record.name));
  return candidates.filter((candidate) => fits(candidate) || !fitting.has(candidate.record.name));
}
