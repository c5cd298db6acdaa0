import assert from 'node:assert/strict';
import { readDocument } from '#lib/advisories/providers/redhat-csaf/document.ts';
import { loadCsaf } from '#lib/vex/index.ts';
import { publishedDocuments } from '#test/fixtures/fuzz-sbom.ts';
import { runVex } from '#test/fixtures/fuzz-vex.ts';
import { redhatVex } from '#test/fixtures/redhat-vex.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const OS = 'o:redhat:enterprise_linux:8';
const SEED = redhatVex('CVE-2026-10001', [
  { product: OS, purl: 'pkg:rpm/redhat/curl@7-1?arch=x86_64&epoch=1', status: 'fixed', impact: 'Important' },
  {
    product: OS,
    purl: 'pkg:rpm/redhat/npm@9-1?arch=noarch',
    module: 'pkg:rpmmod/redhat/nodejs@18:1:2',
    status: 'fixed',
  },
  { product: OS, purl: 'pkg:npm/a', status: 'known_affected', remediation: ['no_fix_planned', 'Will not fix'] },
  {
    product: OS,
    purl: 'pkg:rpm/redhat/b?arch=src',
    status: 'known_affected',
    remediation: ['none_available', 'Affected'],
  },
]);

/** Documents of CSAF: what they except, and what they say as documents of Red Hat. */
export const csaf: FuzzTarget = {
  id: 'csaf',
  seeds: () => [
    Buffer.from(JSON.stringify(SEED)),
    ...publishedDocuments('spec/csaf', (name) => /examples\/csaf\/.*\.json$/.test(name)),
  ],
  maxMillis: 200,
  dictionary: [
    '"csaf_version"',
    '"2.1"',
    '"purls"',
    '"product_paths"',
    '"group_ids"',
    '"metrics"',
    'known_not_affected',
    'pkg:rpmmod/redhat/nodejs:18/npm',
    'cpe:/a:redhat:rhel_eus:8.4::appstream',
  ],
  mutate: mutateStructure,
  run: async (input) => {
    const [entry] = readDocument('2026/cve-2026-10001.json', input, await loadCsaf());
    invariant('a row has a package, a product and where it is affected', () => {
      for (const row of entry?.kind === 'record' ? entry.record.affected : []) {
        assert.ok(row.name !== '' && row.ecosystem.startsWith('Red Hat:'));
        assert.equal(row.ranges.length, 1);
        assert.ok(row.state !== undefined);
      }
    });
    runVex(input, 'csaf');
  },
};
