import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { listed, manifest, properties, read } from '#test/fixtures/java-archives.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { javaArchive } from './index.ts';

const INNER = zipArchive([properties('g', 'inner', '1')]);

test('a manifest of 100 MB, and an archive inside that claims gigabytes, are told and not unpacked', () => {
  const found = read(
    'a-1.jar',
    { name: 'META-INF/MANIFEST.MF', content: Buffer.alloc(100 * 1024 * 1024, 'A: b\n') },
    { name: 'lib/bomb-1.jar', content: 'x', claimedSize: 0xff_ff_ff_f0 },
    { name: 'lib/inner-1.jar', content: INNER },
  );
  assert.deepEqual(listed(found), ['a 1 (inferred)', 'g:inner 1 lib/inner-1.jar']);
  assert.deepEqual(found.unknowns, [
    'a-1.jar, "META-INF/MANIFEST.MF": too large: expected at most 8388608 bytes, found 104857600 bytes, and 1 more',
  ]);
});

test('names of entries lead nowhere, whatever they say, and are told as they are', () => {
  const names = ['/etc/a-1.jar', '../../b-1.jar', 'c:\\lib\\c-1.jar', './/d-1.jar', 'lib/e-1.jar/'];
  const found = read('app.ear', ...names.map((name) => ({ name, content: INNER })));
  const told = names.slice(0, -1).map((name) => `g:inner 1 ${name}`);
  assert.deepEqual(listed(found), ['app  (inferred)', ...told]);
  assert.equal(found.unknowns, undefined);
  const description = { ...properties('g', 'a', '1'), name: 'META-INF/maven/../../etc/pom.properties' };
  assert.deepEqual(listed(read('a.par', description)), []);
});

test('of entries of one name all are read', () => {
  const [one, two] = ['1', '2'].map((version) => zipArchive([properties('g', 'inner', version)]));
  assert.ok(one !== undefined && two !== undefined);
  const twice = [one, two].map((content) => ({ name: 'inner.jar', content }));
  const described = [properties('g', 'a', '1'), { ...properties('g', 'b', '2'), name: properties('g', 'a', '').name }];
  assert.deepEqual(listed(read('a.jar', ...described, ...twice)), [
    'g:a 1',
    'g:b 2 META-INF/maven/g/a',
    'g:inner 1 inner.jar',
    'g:inner 2 inner.jar',
  ]);
});

test('an archive inside whose entries share bytes, or that is encrypted, is told, and the rest stands', () => {
  const overlapping = zipArchive([properties('g', 'x', '1'), { ...properties('g', 'y', '1'), dataOf: 0 }]);
  const found = read(
    'a-1.jar',
    { name: 'x.jar', content: overlapping },
    { name: 'META-INF/sbom/bom.json', content: '{}', encrypted: true },
    { name: 'z.jar', content: INNER },
  );
  assert.deepEqual(listed(found), ['a 1 (inferred)', 'g:inner 1 z.jar']);
  assert.match(found.unknowns?.join() ?? '', /"META-INF\/sbom\/bom.json" stored or deflated, found it encrypted/);
  assert.match(found.unknowns?.join() ?? '', /"x.jar": damaged archive: .* over another/);
});

test('so many entries are read of one file, and that there are more is told', () => {
  const { entriesRead } = LIMITS;
  const content = zipArchive([]);
  const inside = Array.from({ length: 400 }, (_, index) => ({
    name: `${index}.jar`,
    content,
    method: 'stored' as const,
  }));
  const library = zipArchive(inside);
  const libraries = Array.from({ length: entriesRead / 400 }, (_, index) => ({
    name: `${index}.war`,
    content: library,
  }));
  const found = read('a-1.ear', ...libraries);
  assert.equal(found.packages?.length, entriesRead + 1);
  assert.equal(found.unknowns?.length, 1);
  assert.match(found.unknowns[0] ?? '', /"249.war": too large: expected at most 100000 entries to read, found more/);
});

test('whatever is in front of what only Java archives are called, they are read, and told where they are none', () => {
  const behind = Buffer.concat([Buffer.from('\x01\x02\x03'), INNER]);
  assert.equal(javaArchive.accepts?.(behind), true);
  assert.deepEqual(listed(javaArchive.read({ path: 'a.jar', bytes: behind })), ['g:inner 1']);
  assert.deepEqual(listed(read('a.ear', { name: 'b.war', content: behind })), ['a  (inferred)', 'g:inner 1 b.war']);
  assert.deepEqual(javaArchive.read({ path: 'a.sar', bytes: behind }), {});
  const text = Buffer.from('version of a large file that is kept elsewhere\n');
  assert.throws(() => javaArchive.read({ path: 'a.jar', bytes: text }), isAppError);
  assert.match(read('a.ear', { name: 'b.jar', content: text }).unknowns?.join() ?? '', /"b.jar": damaged archive/);
  assert.deepEqual(javaArchive.read({ path: 'a.jar', bytes: Buffer.alloc(0) }), {});
  assert.equal(read('a.ear', { name: 'b.jar', content: '' }, manifest()).unknowns, undefined);
});
