import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Build } from '#model/build.ts';
import { isNeededName } from '../ecosystem-name.ts';
import { isExtendedProduct, redHatProducts } from './red-hat.ts';

function products(versionId: string, ...contentSets: readonly string[]): readonly string[] {
  const build: Build = { path: '/root/buildinfo/content_manifests/a.json', layer: null, contentSets };
  return redHatProducts({ id: 'rhel', idLike: [], versionId }, contentSets.length === 0 ? [] : [build]);
}

test('a system of which nothing is known has the repositories of its major release', () => {
  assert.deepEqual(products('9.4'), [
    'enterprise_linux:9',
    'enterprise_linux:9::baseos',
    'enterprise_linux:9::appstream',
    'enterprise_linux:9::crb',
  ]);
  assert.deepEqual(products('7.9').slice(0, 2), ['enterprise_linux:7', 'enterprise_linux:7::server']);
  assert.deepEqual(products('10.1').slice(0, 4), [
    'enterprise_linux:10',
    'enterprise_linux:10.0',
    'enterprise_linux:10.1',
    'enterprise_linux:10::baseos',
  ]);
  for (const none of ['', 'stream', '9a', '.1']) {
    assert.deepEqual(products(none), [], none);
  }
});

test('repositories are known by their names', () => {
  const cases: readonly (readonly [contentSet: string, product: string | null])[] = [
    ['rhel-8-for-x86_64-baseos-rpms', 'enterprise_linux:8::baseos'],
    ['rhel-8-for-x86_64-baseos-rpms__8', 'enterprise_linux:8::baseos'],
    ['rhel-8-for-aarch64-highavailability-rpms', 'enterprise_linux:8::highavailability'],
    ['rhel-8-for-x86_64-appstream-eus-rpms__8_DOT_4', 'rhel_eus:8.4::appstream'],
    ['rhel-8-for-x86_64-baseos-aus-rpms__8_DOT_2', 'rhel_aus:8.2::baseos'],
    ['codeready-builder-for-rhel-8-x86_64-rpms', 'enterprise_linux:8::crb'],
    ['codeready-builder-for-rhel-8-x86_64-eus-rpms__8_DOT_6', 'rhel_eus:8.6::crb'],
    ['ubi-8-baseos-rpms', 'enterprise_linux:8::baseos'],
    ['ubi-8-for-x86_64-appstream-rpms', 'enterprise_linux:8::appstream'],
    ['ubi-8-codeready-builder-rpms', 'enterprise_linux:8::crb'],
    ['rhel-7-server-rpms', 'enterprise_linux:7::server'],
    ['rhel-7-server-optional-rpms', 'enterprise_linux:7::server'],
    // The rest is for repository-to-cpe.json.
    ['rhel-8-for-x86_64-baseos-debuginfo', null],
    ['rhel-8-for-x86_64-appstream-eus-rpms', 'enterprise_linux:8::appstream'],
    ['rhocp-4.12-for-rhel-8-x86_64-rpms', null],
    ['', null],
  ];
  for (const [contentSet, product] of cases) {
    const found = products('8.10', contentSet);
    if (product === null) {
      assert.deepEqual(found, products('8.10'), contentSet);
    } else {
      assert.ok(found.includes(product), `${contentSet}: ${found.join(' ')}`);
    }
  }
});

test('a system of an extended stream has the usual repositories as well, which know what is not repaired in it', () => {
  const found = products(
    '8.4',
    'rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_4',
    'rhel-8-for-x86_64-appstream-eus-rpms__8_DOT_4',
  );
  assert.deepEqual(found, [
    'enterprise_linux:8',
    'enterprise_linux:8::baseos',
    'rhel_eus:8.4::baseos',
    'enterprise_linux:8::appstream',
    'rhel_eus:8.4::appstream',
  ]);
  assert.deepEqual(found.filter(isExtendedProduct), ['rhel_eus:8.4::baseos', 'rhel_eus:8.4::appstream']);
  assert.equal(isExtendedProduct('rhel_software_collections:3::el7'), false);
});

test('repositories of other products do not stand for those of the system', () => {
  assert.ok(products('8.4', 'rhocp-4.12-for-rhel-8-x86_64-rpms').includes('enterprise_linux:8::appstream'));
});

test('the product of an image is one as well', () => {
  const build = (cpe: string): Build => ({ path: '/a', layer: null, labels: { cpe } });
  const of = (cpe: string) => redHatProducts({ id: 'rhel', idLike: [], versionId: '8.6' }, [build(cpe)]).slice(4);
  assert.deepEqual(of('cpe:/a:redhat:openshift_gitops:1.16::el8'), ['openshift_gitops:1.16::el8']);
  assert.deepEqual(of('cpe:/a:example:openshift_gitops:1.16::el8'), []);
  assert.deepEqual(of('cpe:/a:redhat:a b'), []);
});

test('whatever images say of themselves, the product as a whole is among them and each is named once', () => {
  const contentSet = fc.tuple(fc.string(), fc.string()).map(([a, b]) => `rhel-8-for-${a}-${b}-rpms`);
  const label = fc.string({ maxLength: 100 }).map((tail) => `cpe:/a:redhat:${tail}`);
  fc.assert(
    fc.property(fc.array(contentSet), label, (contentSets, cpe) => {
      const build: Build = { path: '/a', layer: null, contentSets, labels: { cpe } };
      const found = redHatProducts({ id: 'rhel', idLike: [], versionId: '9.2' }, [build]);
      assert.equal(found[0], 'enterprise_linux:9');
      assert.equal(new Set(found).size, found.length);
      assert.ok(found.every((product) => isNeededName(`Red Hat:${product}`)));
    }),
  );
});
