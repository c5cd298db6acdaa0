import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';

/** A package, however often it was seen. */
export interface Installed {
  readonly purl: string;
}

/** A package as one file describes it. */
export interface Sighting<Item extends Installed> {
  readonly item: Item;
  readonly record: PackageRecord;
  /** Packages that one cataloger finds depend on each other, and on nothing else. */
  readonly cataloger: string;
  /** Only those of the same one, where there are several (`Cataloger.environment`). */
  readonly environment: string;
  /** In the view. */
  readonly path: string;
  /** Of a cataloger that looks files up (`Analyser.lookUp`) the files of what it needs; names are not looked for then. */
  readonly needs: readonly string[] | null;
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
export function findDependencies<Item extends Installed>(sightings: readonly Sighting<Item>[]): Dependencies<Item> {
  const byName = index(sightings, (each) =>
    each.needs === null ? new Set([each.record.name, ...(each.record.provides ?? [])]) : [],
  );
  const byPath = index(sightings, (each) => (each.needs === null ? [] : [each.path]));
  const needed = new Map<Item, Set<string>>();
  // Packages that need what packages provide can be as many as the product of both.
  let pairs = 0;
  for (const each of sightings) {
    const groups =
      each.needs === null
        ? (each.record.requires ?? []).map((name) => byName.get(keyOf(each, name)) ?? [])
        : each.needs.map((path) => byPath.get(keyOf(each, path)) ?? []);
    const purls = needed.get(each.item) ?? new Set();
    for (const candidates of groups) {
      pairs += candidates.length;
      if (pairs > LIMITS.packageDependencies) {
        return { byPackage: sorted(needed), complete: false };
      }
      if (!candidates.some(({ item }) => item === each.item)) {
        for (const { item } of fittingArchitecture(each, candidates)) {
          purls.add(item.purl);
        }
      }
    }
    if (purls.size > 0) {
      needed.set(each.item, purls);
    }
  }
  return { byPackage: sorted(needed), complete: true };
}

type Index<Item extends Installed> = ReadonlyMap<string, readonly Sighting<Item>[]>;

function index<Item extends Installed>(
  sightings: readonly Sighting<Item>[],
  textsOf: (sighting: Sighting<Item>) => Iterable<string>,
): Index<Item> {
  const found = new Map<string, Sighting<Item>[]>();
  for (const sighting of sightings) {
    for (const text of textsOf(sighting)) {
      const key = keyOf(sighting, text);
      const known = found.get(key);
      if (known === undefined) {
        found.set(key, [sighting]);
      } else {
        known.push(sighting);
      }
    }
  }
  return found;
}

function keyOf<Item extends Installed>({ cataloger, environment }: Sighting<Item>, text: string): string {
  return `${cataloger}\0${environment}\0${text}`;
}

function sorted<Item>(needed: ReadonlyMap<Item, ReadonlySet<string>>): ReadonlyMap<Item, readonly string[]> {
  return new Map([...needed].map(([item, purls]) => [item, [...purls].toSorted()]));
}

/** Of a package that is there for several architectures, that of the package which needs it. */
function fittingArchitecture<Item extends Installed>(
  { record }: Sighting<Item>,
  candidates: readonly Sighting<Item>[],
): readonly Sighting<Item>[] {
  const fits = (candidate: Sighting<Item>): boolean => candidate.record.architecture === record.architecture;
  const fitting = new Set(candidates.filter(fits).map((candidate) => candidate.record.name));
  return candidates.filter((candidate) => fits(candidate) || !fitting.has(candidate.record.name));
}
