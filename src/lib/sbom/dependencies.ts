import type { Package } from '#model/package.ts';

/** A package of a report, and what a document calls it. */
export interface Called {
  readonly entry: Package;
  readonly id: string;
}

/** What one package needs of the others, by their ids. */
export interface Dependency {
  readonly from: string;
  readonly to: readonly string[];
}

/** The dependencies between packages of a report, in its order, to the first package of a purl; packages without one are not in it. */
export function dependenciesOf(packages: readonly Called[]): readonly Dependency[] {
  const idsByPurl = new Map(packages.toReversed().map(({ entry, id }) => [entry.purl, id]));
  return packages.flatMap(({ entry, id }) => {
    const needed = new Set((entry.dependsOn ?? []).flatMap((purl) => idsByPurl.get(purl) ?? []));
    const to = [...needed].filter((each) => each !== id);
    return to.length === 0 ? [] : [{ from: id, to }];
  });
}
