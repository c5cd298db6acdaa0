import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import { parsePurl, parsePurlOrNull } from '#model/purl.ts';
import type { VexComponent } from '../document.ts';
import { isImage, type NamedImage, repositoryPurl } from './image.ts';
import { covers, type FoundPackage, namedPackage, packageMatcher } from './package.ts';

const manifest = digestOf('manifest');
const index = digestOf('index');
const stranger = digestOf('another');
const REPOSITORY = 'registry.example/team/app';
const image: NamedImage = { repository: REPOSITORY, digests: [manifest, index], platform: 'linux/amd64' };
const named = (id: string, more: Partial<VexComponent> = {}): VexComponent => ({
  ids: [id],
  hashes: new Map(),
  versions: null,
  ...more,
});
const repository = `repository_url=${encodeURIComponent(REPOSITORY)}`;
const isMeant = (component: VexComponent, one = image): boolean =>
  isImage(
    component,
    component.ids.flatMap((id) => parsePurlOrNull(id) ?? []),
    one,
  );

test('an image is meant by its digest, or by its repository', () => {
  const cases: readonly (readonly [VexComponent, boolean])[] = [
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
    [named(manifest, { versions: { kind: 'version', version: '1' } }), false],
  ];
  for (const [product, meant] of cases) {
    assert.equal(isMeant(product), meant, JSON.stringify([product.ids, [...product.hashes]]));
  }
});

test('an image without a repository is meant by its digest alone', () => {
  const local = { ...image, repository: null };
  assert.ok(!isMeant(named(`pkg:oci/app?${repository}`), local));
  assert.ok(isMeant(named(`pkg:oci/app@${manifest}`), local));
});

const musl: FoundPackage = {
  purl: 'pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.0',
  version: '1.2.5-r0',
  cpe: 'cpe:2.3:a:musl-libc:musl:1.2.5:*:*:*:*:*:*:*',
  hashes: [{ algorithm: 'sha256', value: 'ab' }],
  links: new Set(['urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#musl']),
};

test('a package is meant by a purl, a CPE, a link to it in another document or a hash; other names are of nothing', () => {
  const cases: readonly (readonly [VexComponent, boolean | null])[] = [
    [named('pkg:apk/alpine/musl'), true],
    [named('pkg:apk/alpine/musl@1.2.5-r0?distro=alpine-3.20.0'), true],
    [named('pkg:apk/alpine/musl@1.2.5-r1'), false],
    [named('pkg:apk/alpine/zlib'), false],
    [named('cpe:2.3:a:musl-libc:musl:*:*:*:*:*:*:*:*'), true],
    [named('cpe:/a:musl-libc:musl:1.2.5'), true],
    [named('cpe:/a:musl-libc:musl:1.2.4'), false],
    [named('cpe:/a:musl-libc'), false],
    [named('cpe:2.3:a:*:musl:*:*:*:*:*:*:*:*'), false],
    [named('cpe:2.3:*:*:*:*:*:*:*:*:*:*:*'), false],
    [named('urn:cdx:3E671687-395B-41F5-A30F-A58921A69B79/1#musl'), true],
    [named('urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#musl'), false],
    [named('urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#zlib'), false],
    [named('', { ids: [], hashes: new Map([['sha-256', 'ab']]) }), true],
    [named('', { ids: [], hashes: new Map([['sha-256', 'cd']]) }), false],
    [named('pkg:apk/alpine/musl', { hashes: new Map([['sha-256', 'ab']]) }), true],
    [named('pkg:apk/alpine/musl', { hashes: new Map([['sha-256', 'cd']]) }), false],
    [named('pkg:apk/alpine/musl', { hashes: new Map([['sha-512', 'ab']]) }), false],
    [named('pkg:apk/alpine/musl', { versions: { kind: 'version', version: '1.2.5-r0' } }), true],
    [named('pkg:apk/alpine/musl', { versions: { kind: 'version', version: '1.2.5' } }), false],
    [named('pkg:apk/alpine/musl', { versions: { kind: 'range', range: 'vers:apk/<1.2.5-r1' } }), true],
    [named('pkg:apk/alpine/musl', { versions: { kind: 'range', range: 'vers:apk/<1.2.5-r0' } }), false],
    [named('pkg:apk/alpine/musl@1.2.5-r1', { versions: { kind: 'range', range: 'vers:apk/*' } }), false],
    [named(manifest), null],
    [named('pkg:oci/app'), null],
    [named('musl'), null],
    [named('', { ids: [] }), null],
    [named('musl', { hashes: new Map([['sha-256', 'ab']]) }), null],
  ];
  for (const [component, meant] of cases) {
    assert.equal(
      packageMatcher(component)?.(namedPackage(musl)) ?? null,
      meant,
      JSON.stringify([component, ...component.hashes]),
    );
  }
});

test('whether a range that nobody can compare holds a version is not told', () => {
  for (const range of [
    'vers:npm/<2',
    'vers:apk/<>',
    'vers:apk/<!',
    'vers:apk/<1|<2',
    'vers:apk/1|1',
    '<1',
    'vers:apk/%',
  ]) {
    const told = packageMatcher(named('pkg:apk/alpine/musl', { versions: { kind: 'range', range } }))?.(
      namedPackage(musl),
    );
    assert.equal(typeof told, 'string', range);
  }
});

test('Node.js is meant by the package URL that it gives itself, where the program is known to be it', () => {
  const node: FoundPackage = {
    purl: 'pkg:generic/node@20.3.1',
    version: '20.3.1',
    cpe: 'cpe:2.3:a:nodejs:node.js:20.3.1:*:*:*:*:*:*:*',
    hashes: [],
    links: new Set(),
  };
  const is = (id: string, found: FoundPackage): unknown => packageMatcher(named(id))?.(namedPackage(found));
  assert.equal(is('pkg:nodejs/node@v20.3.1', node), true);
  assert.equal(is('pkg:nodejs/node', node), true);
  assert.equal(is('pkg:nodejs/node@v20.3.0', node), false);
  assert.equal(is('pkg:nodejs/node@20.3.1', node), false);
  assert.equal(is('pkg:nodejs/node', { ...node, cpe: null }), false);
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
  assert.ok(covers(parsePurl('pkg:golang/example.com/m'), parsePurl('pkg:golang/example.com/m@v1.0.0#sub')));
});

test('the purl of a repository is one that its own statements mean', () => {
  assert.equal(
    repositoryPurl('registry.example:5000/team/app', null),
    'pkg:oci/app?repository_url=registry.example:5000%2Fteam%2Fapp',
  );
  assert.ok(isMeant(named(repositoryPurl(REPOSITORY, manifest))));
  assert.ok(isMeant(named(repositoryPurl(REPOSITORY, null))));
});
