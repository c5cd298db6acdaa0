import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { sbomFile } from './index.ts';

evidence('catalogers/sbom-file', 'real tool', 'an SPDX document of Syft 1.27.1');

const EXAMPLE = readFileSync(resolve(import.meta.dirname, '../../../../../test/fixtures/sbom/syft-1.27.1.spdx.json'));

catalogerContract(sbomFile, { example: { path: 'usr/share/sbom/app.spdx.json', bytes: EXAMPLE } });

test('documents by their names and folders', () => {
  const cases: readonly (readonly [path: string, wanted: boolean])[] = [
    ['app/bom.cdx.json', true],
    ['app.spdx.json', true],
    ['opt/app.syft.json', true],
    ['opt/bitnami/redis/.spdx-redis.spdx', true],
    ['usr/share/sbom/base/debian.json', true],
    ['var/lib/db/sbom/zlib-1.3.1-r1.spdx.json', true],
    ['usr/lib/db/sbom/zlib.json', true],
    ['usr/share/sbom/readme.txt', false],
    ['app/LICENSE.spdx', false],
    ['app/package.json', false],
    ['usr/share/sbomb/a.json', false],
    ['usr/lib/python3/numpy-2.dist-info/sboms/auditwheel.cdx.json', false],
  ];
  for (const [path, wanted] of cases) {
    assert.equal(sbomFile.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('the text is kept as it is, byte order mark and all; what is no text is an error', () => {
  const read = (bytes: Uint8Array): string | undefined => sbomFile.read({ path: 'a.cdx.json', bytes }).document;
  for (const text of ['{}', '\ufeff{"a":"\u{1f4a9}"}', '']) {
    assert.equal(read(Buffer.from(text)), text);
  }
  assert.throws(() => read(Buffer.from([0x7b, 0xff])), { code: 'PACKAGE_METADATA_INVALID', object: 'a.cdx.json' });
});
