import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { listed, manifest, properties, read } from '#test/fixtures/java-archives.ts';
import { type ZipEntry, zipArchive } from '#test/fixtures/zip-archive.ts';
import { parseBom } from './parse-bom.ts';

/** As the plugins of CycloneDX write them: of a project, with its dependencies and the digests of their archives. */
function bom(
  own: readonly string[],
  ...components: readonly (readonly [name: string, archive: Uint8Array])[]
): ZipEntry {
  const component = ([group, name, version]: readonly (string | undefined)[]): object => ({
    type: 'library',
    group,
    name,
    version,
    purl: `pkg:maven/${group}/${name}@${version}?type=jar`,
  });
  const content = JSON.stringify({
    bomFormat: 'CycloneDX',
    metadata: { component: component(own) },
    components: components.map(([name, archive]) => ({
      ...component(name.split(':')),
      hashes: [{ alg: 'SHA-256', content: hash('sha256', archive) }],
    })),
  });
  return { name: 'META-INF/sbom/application.cdx.json', content };
}

test('what a bill of materials in an archive lists with the digest of an archive in it, is that', () => {
  const core = zipArchive([manifest('Bundle-License: MIT')]);
  const other = zipArchive([manifest('A: b')]);
  const entries = (...boms: readonly ZipEntry[]): readonly ZipEntry[] => [
    ...boms,
    { name: 'lib/core-1.jar', content: core },
    { name: 'lib/other-1.jar', content: other },
    { name: 'lib/deep.war', content: zipArchive([{ name: 'core-1.jar', content: core, method: 'stored' }]) },
  ];
  const named = read('app.jar', ...entries(bom(['g', 'app', '3'], ['g.core:core:1.0.1', core])));
  assert.deepEqual(listed(named), [
    'g:app 3',
    'g.core:core 1.0.1 lib/core-1.jar',
    'other 1 lib/other-1.jar (inferred)',
    'deep  lib/deep.war (inferred)',
    'g.core:core 1.0.1 lib/deep.war!/core-1.jar',
  ]);
  assert.deepEqual(named.packages?.[1]?.licenses, ['MIT']);
  assert.equal(named.unknowns, undefined);
  // Two that disagree say nothing, and what they list that is not there is not there.
  const [one, two] = ['g.core:core:1', 'h.core:core:1'].map((name) => bom(['g', 'all', '3'], [name, core]));
  assert.ok(one !== undefined && two !== undefined);
  const disagreeing = read('app-3.jar', ...entries(one, { ...two, name: 'META-INF/sbom/b.json' }));
  assert.deepEqual(listed(disagreeing)[1], 'core 1 lib/core-1.jar (inferred)');
  assert.deepEqual(listed(disagreeing)[0], 'app 3 (inferred)');
  assert.equal(disagreeing.packages?.length, 5);
});

test('of a bill of materials counts what Maven has written itself, and of another document nothing', () => {
  const entries = [properties('g', 'app', '1'), bom(['h', 'app', '2'])];
  assert.deepEqual(listed(read('app.jar', ...entries)), ['g:app 1']);
  const texts: readonly (readonly [string, RegExp | null])[] = [
    ['{}', null],
    ['[]', null],
    ['{"bomFormat":"CycloneDX"}', null],
    ['{"bomFormat":"CycloneDX","metadata":1,"components":[1,{"hashes":[1]}]}', null],
    ['{"bomFormat":"CycloneDX","metadata":{"component":{"group":"g","name":"app","version":"2"}}}', null],
    ['{', /JSON/],
    ['{"a":1,"a":2}', /twice|duplicate/],
  ];
  for (const [content, unknown] of texts) {
    const found = read('app-1.jar', { name: 'META-INF/sbom/bom.json', content });
    assert.deepEqual(listed(found), ['app 1 (inferred)'], content);
    assert.match(found.unknowns?.join() ?? '', unknown ?? /^$/, content);
  }
});

test('a damaged bill of materials is an error, or names what it still names', () => {
  const bytes = Buffer.from(bom(['g', 'app', '3'], ['g.core:core:1', Buffer.from('core')]).content);
  const damage = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 });
  const value = fc.jsonValue();
  const assertParses = (input: Uint8Array): void => {
    try {
      for (const coordinates of parseBom(input, 'a.jar')?.byDigest.values() ?? []) {
        assert.match(`${coordinates?.group}:${coordinates?.artifact}`, /^[\w.-]+:[\w.-]+$/);
      }
    } catch (error) {
      assert.ok(isAppError(error), String(error));
    }
  };
  fc.assert(
    fc.property(damage, value, value, (changes, metadata, components) => {
      const damaged = Buffer.from(bytes);
      for (const [at, byte] of changes) {
        damaged[at] = byte;
      }
      assertParses(damaged);
      assertParses(Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', metadata, components })));
    }),
  );
});
