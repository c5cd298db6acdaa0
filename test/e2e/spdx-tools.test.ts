import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { writeSbom } from '#lib/sbom/index.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { judgeSpdx } from '../fixtures/spdx-tools.ts';
import { data, missing } from '../prerequisites.ts';
import { arbitraryReport } from '../samples/arbitrary-report.ts';
import { sampleReport } from '../samples/report.ts';

evidence('sbom/spdx', 'real tool', 'spdx-tools of the SPDX project judges documents of real and of hostile images');

const home = temporaryHome();
after(() => home.remove());
const skip = missing('python') || missing('shared-data');

const IMAGES: readonly string[] = [
  'rootfs:rootfs/alpine-3.20.3-x86_64.tar.gz',
  'rootfs:pkgdb/ubuntu-18.04',
  'docker-archive:spec/images/docker-archives/docker-save/nginx.tar',
  'docker-archive:spec/images/docker-archives/skopeo-copy/nodes-fake-multi.tar',
];

test('spdx-tools finds nothing wrong with documents of real images', { skip }, async () => {
  const files: string[] = [];
  for (const image of IMAGES) {
    const [scheme = '', path = ''] = image.split(':');
    const file = join(home.folder, `${files.length}.spdx.json`);
    const output = ['-o', `spdx=${file}`, '--allow-unverified', 'edited', '--files'];
    const { code, err } = await home.plimsoll(['sbom', ...output, `${scheme}:${data(path)}`]);
    assert.equal(code, 0, err);
    files.push(file);
  }
  const judged = await judgeSpdx(files);
  for (const [index, { packages, relationships, annotations, messages }] of judged.entries()) {
    assert.deepEqual(messages, []);
    const document = JSON.parse(readFileSync(files[index] ?? '', 'utf8')) as {
      readonly packages: readonly { readonly primaryPackagePurpose?: string }[];
      readonly relationships: readonly unknown[];
      readonly annotations: readonly unknown[];
    };
    assert.ok(packages > 10);
    assert.equal(packages, document.packages.length);
    assert.equal(relationships, document.relationships.length);
    const programs = document.packages.filter(({ primaryPackagePurpose }) => primaryPackagePurpose === 'FILE');
    assert.ok(index !== 0 || programs.length > 10);
    assert.equal(annotations, document.packages.length - programs.length + document.annotations.length);
  }
});

test('spdx-tools finds nothing wrong whatever the texts of an image are, and does with what is wrong', {
  skip,
}, async () => {
  const files = fc.sample(arbitraryReport, 40).map((report, index) => {
    // Catalogers write purls, which are none of an image's texts.
    const packages = report.packages.map((entry, at) => ({ ...entry, purl: `pkg:npm/p${at}@1` }));
    const file = join(home.folder, `hostile-${index}.spdx.json`);
    writeFileSync(file, writeSbom({ ...report, packages }, { format: 'spdx', now: 0 }));
    return file;
  });
  const wrong = join(home.folder, 'wrong.spdx.json');
  const right = writeSbom(sampleReport(), { format: 'spdx', now: 0 });
  writeFileSync(wrong, right.replaceAll('"GPL-2.0"', '"See LICENSE"'));
  const judged = await judgeSpdx([...files, wrong]);
  assert.deepEqual(
    judged.slice(0, -1).flatMap(({ messages }) => messages),
    [],
  );
  assert.ok((judged.at(-1)?.messages.length ?? 0) >= 2);
});
