import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { sampleReport } from '#test/samples/report.ts';
import { type SbomName, sbomWriters } from './formats/list.ts';
import { inventoryOf } from './inventory.ts';
import { readSbom } from './read.ts';
import { writeSbom } from './write.ts';

evidence('sbom/read-syft', 'real tool', 'the JSON that Syft 1.27.1 writes of an image');
evidence('sbom/read-spdx-2', 'real tool', 'documents of Syft 1.27.1 and Trivy 0.57.1 in JSON and as tag-value text');

const FOLDER = resolve(import.meta.dirname, '../../../test/fixtures/sbom');
const DIGEST = 'sha256:f88602063086d70b6a2d43e47b950a978ac81e084c3d1dfc6396b267104d8d9c';
const IMAGE_ID = 'sha256:2fdb7244ce7b378e2caa5d3a3af07b615bb02dcd12d84e7e9bb5929c304bec9e';
const UPPER = 'sha256:96d4c131051a3a89c68cf2cf2055b6e945efb35e94742d14dfe85b9628cd4e8e';

interface Said {
  readonly file: string;
  readonly format: string;
  readonly digest: string | null;
  readonly id: string | null;
  /** Of lodash. */
  readonly layer: string | null;
  readonly place: string | null;
}

const LODASH = '/srv/node_modules/lodash/package.json';
const DOCUMENTS: readonly Said[] = [
  { file: 'syft-1.27.1.json', format: 'syft 16.0.34', digest: DIGEST, id: IMAGE_ID, layer: UPPER, place: LODASH },
  { file: 'syft-1.27.1.cdx.json', format: 'cyclonedx 1.6', digest: DIGEST, id: null, layer: UPPER, place: LODASH },
  { file: 'syft-1.27.1.spdx.json', format: 'spdx 2.3', digest: DIGEST, id: null, layer: null, place: LODASH },
  { file: 'syft-1.27.1.spdx', format: 'spdx 2.3', digest: DIGEST, id: null, layer: null, place: LODASH },
  { file: 'trivy-0.57.1.cdx.json', format: 'cyclonedx 1.6', digest: null, id: IMAGE_ID, layer: UPPER, place: LODASH },
  { file: 'trivy-0.57.1.spdx.json', format: 'spdx 2.3', digest: null, id: IMAGE_ID, layer: UPPER, place: null },
  { file: 'trivy-0.57.1.spdx', format: 'spdx 2.3', digest: null, id: null, layer: null, place: null },
];

describe('documents of other tools', () => {
  for (const { file, format, digest, id, layer, place } of DOCUMENTS) {
    it(`${file}: packages, sources, distribution and image are those of the image`, () => {
      const document = readSbom(readFileSync(join(FOLDER, file)), file);
      const { packages, os, unknowns } = inventoryOf(document);
      assert.equal(`${document.format} ${document.version}`, format);
      const names = packages.map(({ type, name, version }) => `${type} ${name} ${version}`);
      assert.deepEqual(
        names.filter((name) => !name.startsWith('npm old')),
        [
          'apk busybox 1.30.1-r5',
          'apk libcrypto1.1 1.1.1k-r0',
          'apk musl 1.1.22-r4',
          'apk ssl_client 1.30.1-r5',
          'npm @hapi/hoek 8.5.0',
          'npm lodash 4.17.4',
          'pypi requests 2.19.0',
        ],
      );
      assert.equal(packages.find(({ name }) => name === 'ssl_client')?.source?.name, 'busybox');
      assert.deepEqual([os?.id, os?.versionId], ['alpine', '3.10.9']);
      assert.deepEqual([document.subject?.digest, document.subject?.id], [digest, id]);
      const lodash = packages.find(({ name }) => name === 'lodash');
      assert.deepEqual([lodash?.layer, lodash?.locations[0]?.path ?? null], [layer, place]);
      assert.deepEqual(unknowns, []);
      assert.match(document.tools.join(' '), /syft.1\.27\.1|trivy.0\.57\.1/);
      assert.ok(document.dependencies.length > 0);
    });
  }

  const formats = Object.keys(sbomWriters) as readonly SbomName[];
  for (const { file } of DOCUMENTS) {
    it(`${file}: written in every other format it says the same, with dependencies and hashes`, () => {
      const document = readSbom(readFileSync(join(FOLDER, file)), file);
      const { packages, os, unknowns } = inventoryOf(document);
      assert.ok(packages.some(({ dependsOn = [] }) => dependsOn.length > 0));
      const isTrivy = file.startsWith('trivy');
      assert.equal(
        packages.some(({ hashes = [] }) => hashes.length > 0),
        isTrivy,
      );
      const image = { ...sampleReport().image, digest: document.subject?.digest ?? null };
      const report = sampleReport({ image, packages, os, unknowns, findings: [], kind: 'inventory' });
      for (const format of formats) {
        const again = inventoryOf(readSbom(Buffer.from(writeSbom(report, { format, now: 0 })), format));
        assert.deepEqual([again.packages, again.os, again.unknowns], [packages, os, unknowns], format);
      }
    });
  }

  it('in SPDX 3.0 name hashes as the other formats do', () => {
    const graph = [
      {
        type: 'software_Package',
        spdxId: 'urn:a',
        creationInfo: '_:c',
        software_packageUrl: 'pkg:npm/a@1',
        verifiedUsing: ['sha256', 'blake2b256', 'sha3_384', 'md6'].map((algorithm) => {
          return { type: 'Hash', algorithm, hashValue: 'AB' };
        }),
      },
    ];
    const context = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld';
    const document = readSbom(Buffer.from(JSON.stringify({ '@context': context, '@graph': graph })), 'a');
    assert.deepEqual(
      inventoryOf(document).packages[0]?.hashes?.map(({ algorithm, value }) => `${algorithm} ${value}`),
      ['sha256 ab', 'blake2b-256 ab', 'sha3-384 ab', 'md6 ab'],
    );
  });
});
