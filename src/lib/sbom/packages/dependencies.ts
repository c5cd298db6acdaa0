import type { Package } from '#model/package.ts';
import type { SbomComponent, SbomDocument } from '#model/sbom.ts';

/**
 * Packages with what the document says that they need, by their package URLs; `readable` are the components that became packages.
 * Documents of Plimsoll itself have that with each package, so that those stay as they are.
 */
export function withDependencies(
  packages: readonly Package[],
  { dependencies }: SbomDocument,
  readable: readonly { readonly component: SbomComponent }[],
): readonly Package[] {
  const components = new Map(readable.map(({ component }) => [component.ref, component]));
  const needs = new Map<string, Set<string>>();
  for (const { ref, needs: refs } of dependencies) {
    const from = components.get(ref);
    if (from === undefined || from.purl === null || from.cataloger !== null) {
      continue;
    }
    const known = needs.get(from.purl) ?? new Set<string>();
    for (const to of refs) {
      const purl: string = components.get(to)?.purl ?? from.purl;
      if (purl !== from.purl) {
        known.add(purl);
      }
    }
    needs.set(from.purl, known);
  }
  return packages.map((entry) => {
    const needed = needs.get(entry.purl);
    return needed === undefined || needed.size === 0 || entry.dependsOn !== undefined
      ? entry
      : { ...entry, dependsOn: [...needed].toSorted() };
  });
}
