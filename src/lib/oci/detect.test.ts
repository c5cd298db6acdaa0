import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { evidence } from '#test/evidence.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { data, missing } from '#test/prerequisites.ts';
import { detectReference } from './detect.ts';

evidence('images/bare-paths', 'published', 'root file systems and image archives, named by their path alone');

const members = (...names: readonly string[]): Buffer => tarOf(names.map((name) => ({ name, content: 'x' })));

test('a bare path is recognised by what is in it', async (context) => {
  const folder = temporaryFolder(context);
  const cases: readonly (readonly [Buffer, string])[] = [
    [members('blobs/sha256/0', 'index.json', 'oci-layout'), 'oci-archive'],
    // What `docker save` writes today is both.
    [members('manifest.json', './index.json', './oci-layout'), 'oci-archive'],
    [members('x/layer.tar', 'manifest.json'), 'docker-archive'],
    [members('index.json', 'manifest.json'), 'docker-archive'],
    [members('etc/hostname', 'app'), 'rootfs'],
    [members('./usr/share/manifest.json'), 'rootfs'],
  ];
  for (const [tar, source] of cases) {
    for (const [suffix, bytes] of Object.entries({ tar, 'tar.gz': gzipSync(tar), 'tar.zst': zstdCompressSync(tar) })) {
      const path = join(folder, `x.${suffix}`);
      writeFileSync(path, bytes);
      const reference = await detectReference(path);
      assert.equal(reference.source, source);
      assert.equal(reference.text, `${source}:${path}`);
    }
  }
  writeFileSync(join(folder, 'x.tar'), members('notes.txt', 'data/x'));
  await assert.rejects(detectReference(join(folder, 'x.tar')), { code: 'NOT_AN_IMAGE', hint: /rootfs:/ });
});

test('a file that is no tar is told what would be one', async (context) => {
  const path = join(temporaryFolder(context), 'file');
  const cases: readonly (readonly [string, string])[] = [
    ['', '0 bytes'],
    ['FROM alpine\n', '12 bytes'],
    ['plain text'.padEnd(600), 'something else'],
    ['PK\u0003\u0004'.padEnd(600), 'a zip archive'],
  ];
  for (const [text, found] of cases) {
    writeFileSync(path, text);
    await assert.rejects(detectReference(path), { code: 'ARCHIVE_INVALID', object: path, found, hint: /docker save/ });
  }
});

test('a bare file of text that can be a software bill of materials is one', async (context) => {
  const path = join(temporaryFolder(context), 'app.json');
  for (const text of [
    '\ufeff\n {"bomFormat":"CycloneDX"}',
    '<?xml version="1.0"?>',
    'SPDXVersion: SPDX-2.3',
    '# SPDX',
  ]) {
    writeFileSync(path, text);
    assert.deepEqual(await detectReference(path), { source: 'sbom', text: `sbom:${path}`, path });
  }
  writeFileSync(path, members('{', '#'));
  await assert.rejects(detectReference(path), { code: 'NOT_AN_IMAGE' });
});

test('a bare folder is a layout when it says so, else a root file system', async (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, 'a:b'));
  assert.deepEqual(await detectReference(`${folder}/a:b`), {
    source: 'rootfs',
    text: `rootfs:${folder}/a:b`,
    path: `${folder}/a:b`,
  });
  writeFileSync(join(folder, 'oci-layout'), '{}');
  assert.equal((await detectReference(folder)).source, 'oci');
});

test('what is not there is a path when it looks like one, else a registry reference', async () => {
  for (const path of ['./none', '/none/at/all', '../none', '~/none']) {
    await assert.rejects(detectReference(path), { code: 'SOURCE_NOT_FOUND' }, path);
  }
  assert.equal((await detectReference('alpine:3.20')).source, 'registry');
  assert.equal((await detectReference('oci:none')).source, 'oci');
  for (const text of ['', 'a\u0000b', 'x'.repeat(3000), 'x'.repeat(10_000)]) {
    await assert.rejects(detectReference(text), { code: 'REFERENCE_INVALID' });
  }
});

test('a link that leads nowhere is no registry reference', async (context) => {
  const link = join(temporaryFolder(context), 'link');
  symlinkSync('nothing-here', link);
  await assert.rejects(detectReference(link), { code: 'SOURCE_NOT_FOUND', found: /link that leads nowhere/ });
});

test('a pipe is not waited for', async (context) => {
  const pipe = join(temporaryFolder(context), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(detectReference(pipe), { code: 'SOURCE_UNREADABLE' });
});

test('real root file systems are recognised, xz too', { skip: missing('shared-data', 'gnu-tar') }, async (context) => {
  const folder = temporaryFolder(context);
  execFileSync('sh', [
    '-c',
    'zcat "$1" | xz -1 > "$2"',
    'sh',
    data('rootfs/busybox-1.37.0-uclibc-x86_64.tar.gz'),
    `${folder}/b.tar.xz`,
  ]);
  const paths = ['alpine-3.8.5-x86_64', 'alpine-3.20.3-aarch64', 'busybox-1.38.0-musl-x86_64'].map((name) =>
    data(`rootfs/${name}.tar.gz`),
  );
  for (const path of [...paths, `${folder}/b.tar.xz`]) {
    assert.equal((await detectReference(path)).source, 'rootfs', path);
  }
});
