import { publishedDocuments, runSbom, toolDocuments } from '#test/fixtures/fuzz-sbom.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** CycloneDX JSON. */
export const cyclonedx: FuzzTarget = {
  id: 'cyclonedx',
  seeds: () => [
    ...toolDocuments('.cdx.json'),
    ...publishedDocuments('spec/cyclonedx/1.6', (name) => name.startsWith('valid-')),
  ],
  maxMillis: 200,
  dictionary: ['"purl"', 'pkg:npm/a@1', '"components"', '"bom-ref"', 'plimsoll:facts', '"1.7"', 'operating-system'],
  mutate: mutateStructure,
  run: runSbom,
};
