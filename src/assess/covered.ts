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
  const found = Object.groupBy(findings, (finding) => (isCovered(finding, known) ? 'covered' : 'counts'));
  const open = Object.groupBy(unknowns, ({ ownedBy }) =>
    ownedBy !== undefined && known.has(ownedBy) ? 'covered' : 'counts',
  );
  return {
    findings: found.counts ?? [],
    unknowns: open.counts ?? [],
    covered: { findings: found.covered ?? [], unknowns: open.covered ?? [] },
  };
}

/** True when all places belong to OS packages that these advisories know. A document may say nothing of places: then nobody speaks for any. */
export function isCovered(
  { locations }: { readonly locations: readonly Pick<PackageLocation, 'ownedBy'>[] },
  known: ReadonlySet<string>,
): boolean {
  return locations.length > 0 && locations.every(({ ownedBy }) => ownedBy !== undefined && known.has(ownedBy));
}
