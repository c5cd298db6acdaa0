import { digestOf } from '#base/digest.ts';
import { publishedDocuments } from '#test/fixtures/fuzz-sbom.ts';
import { runVex } from '#test/fixtures/fuzz-vex.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const SEED = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://vex.example/1',
  author: 'somebody',
  timestamp: '2026-01-01T00:00:00Z',
  version: 1,
  statements: [
    {
      vulnerability: { name: 'CVE-2026-1', aliases: ['GHSA-1'] },
      products: [
        { '@id': 'pkg:npm/a', identifiers: { purl: 'pkg:npm/a@1.0.0', cpe23: 'cpe:2.3:a:a:a:1:*:*:*:*:*:*:*' } },
        {
          '@id': `pkg:oci/app@${digestOf('image')}`,
          subcomponents: [{ '@id': 'pkg:npm/a' }],
          hashes: { 'sha-256': 'ab' },
        },
      ],
      status: 'not_affected',
      justification: 'component_not_present',
    },
    { vulnerability: { name: 'GHSA-1' }, products: [{ '@id': 'pkg:npm/a' }], status: 'under_investigation' },
  ],
};

/** OpenVEX documents, and what they except. */
export const openvex: FuzzTarget = {
  id: 'openvex',
  seeds: () => [
    Buffer.from(JSON.stringify(SEED)),
    ...publishedDocuments('spec/openvex', (name) => /^(?:samples|spec-examples)\/(?!csaf).*\.json$/.test(name)),
    ...publishedDocuments('openvex', (name) => name.endsWith('.json')),
  ],
  maxMillis: 100,
  dictionary: [
    '"status"',
    'fixed',
    'affected',
    'pkg:npm/a',
    'pkg:oci/app',
    'cpe:/a:a:a',
    '"hashes"',
    '"timestamp"',
    'GHSA-1',
  ],
  mutate: mutateStructure,
  run: (input) => runVex(input, 'openvex'),
};
