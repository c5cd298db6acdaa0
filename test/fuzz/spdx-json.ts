import { publishedDocuments, runSbom, toolDocuments } from '#test/fixtures/fuzz-sbom.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** SPDX 2.2, 2.3 and 3.0 as JSON, and the JSON of Syft. */
export const spdxJson: FuzzTarget = {
  id: 'spdx-json',
  seeds: () => [
    ...toolDocuments('.spdx.json', 'syft-1.27.1.json'),
    ...publishedDocuments('spec/spdx', (name) => name.endsWith('.json') && !name.includes('schema')),
  ],
  maxMillis: 200,
  dictionary: [
    '"purl"',
    'pkg:npm/a@1',
    'SPDXRef-a',
    'NOASSERTION',
    'CONTAINS',
    '"@graph"',
    'software_Package',
    'dependsOn',
  ],
  mutate: mutateStructure,
  run: runSbom,
};
