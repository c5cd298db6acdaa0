import type { Vulnerability } from '#model/finding.ts';
import type { PackageLocation } from '#model/package.ts';
import type { Covered } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';

interface Results {
  readonly findings: readonly Vulnerability[];
  readonly unknowns: readonly Unknown[];
}

/**
 * Sets apart what language advisories say of files that belong to OS packages: a distribution repairs without raising the
 * version, and its own advisories say what is not repaired. `known` are the purls of packages that these advisories know;
 * without them nobody speaks for the file, and what was found counts.
 */
export function setCoveredApart(
  { findings, unknowns }: Results,
  known: ReadonlySet<string>,
): Results & { readonly covered: Covered } {
  const isCovered = ({ ownedBy }: Pick<PackageLocation, 'ownedBy'>): boolean =>
    ownedBy !== undefined && known.has(ownedBy);
  // A document may say nothing of places: then nobody speaks for any.
  const found = Object.groupBy(findings, ({ locations }) =>
    locations.length > 0 && locations.every(isCovered) ? 'covered' : 'counts',
  );
  const open = Object.groupBy(unknowns, (unknown) => (isCovered(unknown) ? 'covered' : 'counts'));
  return {
    findings: found.counts ?? [],
    unknowns: open.counts ?? [],
    covered: { findings: found.covered ?? [], unknowns: open.covered ?? [] },
  };
}
