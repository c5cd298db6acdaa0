import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Image } from '#model/image.ts';
import { evidence } from '#test/evidence.ts';
import { type ImageInput, writeOciLayout } from '#test/fixtures/oci-layout.ts';
import { openForTest, openOneForTest, temporaryFolder } from '#test/fixtures/open-images.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { data, missing } from '#test/prerequisites.ts';

evidence('images/oci-layout', 'real tool', 'an Alpine image that skopeo copies between all forms');
evidence('images/oci-archive', 'real tool', 'an Alpine image that skopeo copies between all forms');
evidence('images/docker-archive', 'real tool', 'an Alpine image that skopeo copies between all forms');
evidence('images/platforms', 'real tool', 'an index of two Alpines that skopeo copies whole');

const skip = missing('shared-data', 'skopeo', 'gnu-tar');

test('skopeo copies an image between all forms and it stays the same image', { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const written = await writeOciLayout(join(folder, 'layout'), { images: [alpine('x86_64', 'amd64')], tag: 'v1' });
  const start = `oci:${folder}/layout:v1`;
  const copies = [
    `oci:${folder}/copy:v2`,
    `oci-archive:${folder}/oci.tar:v3`,
    `docker-archive:${folder}/docker.tar:example.org/alpine:v4`,
  ];
  for (const copy of copies) {
    skopeo('copy', start, copy);
  }
  for (const tool of [
    ['gzip', 'gz'],
    ['zstd', 'zst'],
    ['xz', 'xz'],
  ] as const) {
    execFileSync(tool[0], ['-q', '-k', '-1', join(folder, 'docker.tar')]);
    copies.push(`docker-archive:${folder}/docker.tar.${tool[1]}`);
  }
  const first = await openOneForTest(context, start);
  const [image] = written.images;
  assert.equal(first.configDigest, image?.config.digest);
  assert.equal(first.digest, image?.manifest.digest);
  assert.deepEqual(first.config?.diffIds, image?.diffIds);
  for (const reference of [...copies, `${folder}/copy`, `${folder}/oci.tar`, `${folder}/docker.tar`]) {
    const copy = await openOneForTest(context, reference);
    assert.deepEqual(identityOf(copy), identityOf(first), reference);
  }
  // What skopeo says of the very same files.
  for (const reference of [start, ...copies.slice(0, 3)]) {
    const inspected = JSON.parse(skopeo('inspect', '--config', reference)) as {
      readonly rootfs: { readonly diff_ids: string[] };
    };
    assert.deepEqual(first.config?.diffIds, inspected.rootfs.diff_ids);
  }
});

test('skopeo copies an index whole, and each platform of it is found', { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const images = [alpine('x86_64', 'amd64'), alpine('aarch64', 'arm64')];
  const written = await writeOciLayout(join(folder, 'layout'), { images, tag: 'v1' });
  skopeo('copy', '--all', `oci:${folder}/layout:v1`, `oci-archive:${folder}/all.tar:v1`);
  const reference = `oci-archive:${folder}/all.tar`;
  const digests = written.images.map(({ manifest }) => manifest.digest);
  const all = await openForTest(context, reference, { platform: 'all' });
  assert.deepEqual(
    all.map(({ digest }) => digest),
    digests,
  );
  assert.deepEqual(
    all.map(({ index }) => index?.digest),
    [written.index?.digest, written.index?.digest],
  );
  const arm = await openOneForTest(context, reference, {
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  });
  assert.equal(arm.digest, digests[1]);
  const byDigest = await openOneForTest(context, `${reference}@${digests[1]}`);
  assert.equal(byDigest.digest, digests[1]);
  assert.equal(byDigest.index, null);
});

/** The real Alpine and a small layer above it; gzip throughout, since skopeo recompresses everything else. */
function alpine(machine: 'x86_64' | 'aarch64', architecture: string): ImageInput {
  const base = gunzipSync(readFileSync(data(`rootfs/alpine-3.20.3-${machine}.tar.gz`)));
  return {
    layers: [
      { tar: base, createdBy: 'ADD alpine' },
      { tar: tarOf([{ name: 'etc/motd', content: 'ahoy' }]), createdBy: 'COPY motd' },
    ],
    platform: { os: 'linux', architecture },
    config: { Env: ['A=1'], Cmd: ['/bin/sh'], Labels: { maker: 'test' } },
  };
}

/** What must not change when the image is kept in another way. */
function identityOf(image: Image): object {
  const { configDigest, platform, config } = image;
  return {
    configDigest,
    platform,
    config,
    layers: image.layers.map(({ diffId, createdBy }) => ({ diffId, createdBy })),
  };
}

function skopeo(...args: readonly string[]): string {
  return execFileSync('skopeo', ['--insecure-policy', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
