import { publishedDocuments } from '#test/fixtures/fuzz-sbom.ts';
import { runVex } from '#test/fixtures/fuzz-vex.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const SEED = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
  version: 1,
  metadata: { timestamp: '2026-01-01T00:00:00Z', authors: [{ name: 'somebody' }] },
  components: [{ 'bom-ref': 'a', type: 'library', name: 'a', purl: 'pkg:npm/a', components: [] }],
  vulnerabilities: [
    {
      id: 'CVE-2026-1',
      references: [{ id: 'GHSA-1' }],
      analysis: { state: 'not_affected', justification: 'code_not_present', lastUpdated: '2026-02-01T00:00:00Z' },
      affects: [
        {
          ref: 'a',
          versions: [
            { version: '1.0.0', status: 'affected' },
            { range: 'vers:npm/>=1.0.0|!=1.5.0|<2.0.0', status: 'unaffected' },
          ],
        },
        { ref: 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a' },
      ],
    },
  ],
};

/** Statements about vulnerabilities in CycloneDX, and what they except. */
export const cyclonedxVex: FuzzTarget = {
  id: 'cyclonedx-vex',
  seeds: () => [
    Buffer.from(JSON.stringify(SEED)),
    ...publishedDocuments('spec/cyclonedx/1.6', (name) => name.startsWith('valid-vulnerability')),
  ],
  maxMillis: 100,
  dictionary: [
    '"state"',
    'resolved',
    'exploitable',
    'vers:npm/',
    '|',
    '>=',
    '<=',
    '!=',
    '*',
    '%2B',
    '"bom-ref"',
    'unaffected',
  ],
  mutate: mutateStructure,
  run: (input) => runVex(input, 'cyclonedx'),
};
