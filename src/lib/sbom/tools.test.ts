import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { inventoryOf } from './inventory.ts';
import { readSbom } from './read.ts';

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
});
