import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import type { VexProduct } from '#lib/trust/index.ts';
import { parsePurl } from '#model/purl.ts';
import { coverOf, covers, type NamedImage, repositoryPurl } from './products.ts';

const manifest = digestOf('manifest');
const index = digestOf('index');
const stranger = digestOf('another');
const REPOSITORY = 'registry.example/team/app';
const image: NamedImage = { repository: REPOSITORY, digests: [manifest, index], platform: 'linux/amd64' };
const named = (id: string, more: Partial<VexProduct> = {}): VexProduct => ({
  ids: [id],
  hashes: new Map(),
  subcomponents: [],
  ...more,
});
const repository = `repository_url=${encodeURIComponent(REPOSITORY)}`;

test('an image is meant by its digest, or by its repository', () => {
  const cases: readonly (readonly [VexProduct, boolean])[] = [
    [named(`pkg:oci/app@${manifest}`), true],
    [named(`pkg:oci/app@${encodeURIComponent(index)}?arch=amd64`), true],
    [named(`pkg:oci/app@${index}?arch=arm64`), false],
    [named(`pkg:oci/app@${stranger}?${repository}`), false],
    [named(`pkg:oci/app?${repository}`), true],
    [named(`pkg:oci/app?repository_url=registry.example%2Fteam%2Fother`), false],
    [named(`pkg:oci/other?${repository}`), false],
    [named(`pkg:oci/app?${repository}&tag=1.2`), false],
    [named('pkg:oci/app'), false],
    [named('pkg:oci/app@1.2'), false],
    [named(manifest), true],
    [named(`registry.example/team/app@${index}`), true],
    [named(stranger), false],
    [named('urn:app', { hashes: new Map([['sha-256', hexOf(manifest)]]) }), true],
    [named(`pkg:oci/app?${repository}`, { hashes: new Map([['sha-256', hexOf(stranger)]]) }), false],
    [named('https://example.com/app'), false],
    [named('pkg:oci/'), false],
  ];
  for (const [product, meant] of cases) {
    assert.equal(coverOf(product, image)?.every ?? false, meant, JSON.stringify([product.ids, [...product.hashes]]));
  }
});

test('an image without a repository is meant by its digest alone', () => {
  const local = { ...image, repository: null };
  assert.equal(coverOf(named(`pkg:oci/app?${repository}`), local), null);
  assert.equal(coverOf(named(`pkg:oci/app@${manifest}`), local)?.every, true);
});

test('parts of the image are what the statement is about, where it names any', () => {
  const cover = coverOf(named(manifest, { subcomponents: ['pkg:apk/alpine/musl', 'not a purl'] }), image);
  assert.equal(cover?.every, false);
  assert.deepEqual(
    cover.covered.map(({ name }) => name),
    ['musl'],
  );
  // Nothing that it names can be told: it covers nothing, and not everything.
  assert.deepEqual(coverOf(named(manifest, { subcomponents: ['cpe:2.3:a:a:a:1'] }), image), {
    every: false,
    covered: [],
  });
});

test('a package is meant by its purl; parts of it, or one with a hash, cannot be told', () => {
  const musl = 'pkg:apk/alpine/musl@1.2.5-r0';
  assert.equal(coverOf(named(musl), image)?.covered.length, 1);
  assert.equal(coverOf(named(musl, { subcomponents: ['pkg:apk/alpine/x'] }), image), null);
  assert.equal(coverOf(named(musl, { hashes: new Map([['sha-256', 'ab']]) }), image), null);
});

test('a purl covers another of the same package', () => {
  const found = 'pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.0';
  const cases: readonly (readonly [string, boolean])[] = [
    ['pkg:apk/alpine/musl', true],
    ['pkg:apk/alpine/musl@1.2.5-r0', true],
    ['pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64', true],
    ['pkg:apk/alpine/musl?arch=aarch64', false],
    ['pkg:apk/alpine/musl@1.2.5-r1', false],
    ['pkg:apk/wolfi/musl', false],
    ['pkg:apk/musl', false],
    ['pkg:deb/alpine/musl', false],
    ['pkg:apk/alpine/musl-utils', false],
    ['pkg:apk/alpine/musl#lib', false],
  ];
  for (const [pattern, covered] of cases) {
    assert.equal(covers(parsePurl(pattern), parsePurl(found)), covered, pattern);
  }
});

test('the purl of a repository is one that its own statements mean', () => {
  assert.equal(
    repositoryPurl('registry.example:5000/team/app', null),
    'pkg:oci/app?repository_url=registry.example:5000%2Fteam%2Fapp',
  );
  assert.equal(coverOf(named(repositoryPurl(REPOSITORY, manifest)), image)?.every, true);
  assert.equal(coverOf(named(repositoryPurl(REPOSITORY, null)), image)?.every, true);
});
