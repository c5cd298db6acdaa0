import assert from 'node:assert/strict';
import test from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Image } from '#model/image.ts';
import { imageOf, layerOf, memoryFacts, textAnalyser } from '#test/fixtures/layers.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { type ImageFacts, readImageFacts } from './read-image.ts';

const REQUIRE = { integrity: 'require' } as const;
const file = (path: string, content = path): TarInput => ({ path, content });
const symlink = (path: string, link: string): TarInput => ({ path, type: 'symlink', link });
const hardlink = (path: string, link: string): TarInput => ({ path, type: 'hardlink', link });

/** Knows its file by path alone, as the reader of os-release does. */
const release = (): ReturnType<typeof textAnalyser> => {
  const paths = ['etc/os-release', 'usr/lib/os-release'];
  return textAnalyser('release', ({ path }) => paths.includes(path), { knownPaths: paths });
};
/** Knows a database and a folder of them. */
const database = (): ReturnType<typeof textAnalyser> =>
  textAnalyser('database', ({ path }) => path === 'db/status' || path.startsWith('db/status.d/'), {
    knownPaths: ['db/status', 'db/status.d'],
  });
/** Wants files by the end of their name, wherever they are. */
const manifests = (): ReturnType<typeof textAnalyser> =>
  textAnalyser('manifests', ({ path }) => path.endsWith('.json'));

function image(...layers: readonly (readonly TarInput[])[]): Image {
  return imageOf(...layers.map((entries) => layerOf(entries)));
}

async function read(of: Image, ...analysers: readonly Analyser[]): Promise<ImageFacts> {
  return await readImageFacts(of, analysers, REQUIRE);
}

/** `path@layer content` of every live fact, with the layers of its history. */
function live(facts: ImageFacts): readonly string[] {
  return facts.live.map(({ path, layer, fact, history }) => {
    const content = fact.found.unknowns?.[0]?.split('=')[1] ?? '';
    const older = history
      .map((item) => `<${item.layer}:${item.fact.found.unknowns?.[0]?.split('=')[1] ?? ''}`)
      .join('');
    return `${path}@${layer} ${content}${older}`;
  });
}

test('os-release behind a symlink to an unexpected place', async () => {
  const analyser = release();
  const facts = await read(
    image([file('opt/dist/release', 'ID=x')], [symlink('etc/os-release', '../opt/dist/release')]),
    analyser,
  );
  assert.deepEqual(live(facts), ['etc/os-release@0 ID']);
  assert.deepEqual(analyser.seen, ['etc/os-release'], 'the analyser is told the path that it knows');
});

test('an image cannot fill the memory with facts of many layers', async () => {
  const large = textAnalyser('large', ({ path }) => path === 'a', {
    read: () => ({ unknowns: ['x'.repeat(60 * 2 ** 20)] }),
  });
  const layers = Array.from({ length: 9 }, (_, index) => [file('a', String(index))]);
  assert.equal((await read(image(...layers.slice(1)), large)).live.length, 1);
  await assert.rejects(read(image(...layers), large), { code: 'LIMIT_EXCEEDED', object: 'image' });
});

test('more facts than a call can have arguments', async () => {
  const entries = Array.from({ length: 150_000 }, (_, index) => file(`${index}.json`, ''));
  assert.equal((await read(image(entries), manifests())).live.length, entries.length);
});

test('os-release behind a symlink to an expected place is one fact', async () => {
  const facts = await read(
    image([file('usr/lib/os-release', 'x'), symlink('etc/os-release', '../usr/lib/os-release')]),
    release(),
  );
  assert.deepEqual(live(facts), ['usr/lib/os-release@0 x']);
});

test('os-release behind links to folders, absolute links, hardlinks and several of them', async () => {
  const cases: readonly (readonly TarInput[])[] = [
    [file('system/etc/os-release', 'x'), symlink('etc', '/system/etc')],
    [file('a/b', 'x'), symlink('c', '/a'), symlink('etc/os-release', '/c/../c/b')],
    [file('a', 'x'), hardlink('etc/os-release', 'a')],
    [file('a', 'x'), hardlink('b', 'a'), symlink('etc/os-release', '/b')],
    [symlink('etc', 'real'), file('etc/os-release', 'x')],
  ];
  for (const layer of cases) {
    assert.deepEqual(live(await read(image(layer), release())), ['etc/os-release@0 x'], JSON.stringify(layer));
  }
});

test('a known folder behind a link is read file by file', async () => {
  const base = [
    file('opt/parts/a', '1'),
    file('opt/parts/sub/b', '2'),
    symlink('opt/parts/c', '/opt/other'),
    file('opt/other', '3'),
  ];
  const facts = await read(image(base, [symlink('db/status.d', '/opt/parts')]), database());
  assert.deepEqual(live(facts), ['db/status.d/a@0 1', 'db/status.d/c@0 3', 'db/status.d/sub/b@0 2']);
  const plain = await read(image([file('db/status.d/a', '1'), symlink('db/status.d/b', 'a')]), database());
  assert.deepEqual(live(plain), ['db/status.d/a@0 1'], 'what two names lead to is one fact');
});

test('symlink loop at a known path is an unreadable entry and ends', async () => {
  const facts = await read(
    image([file('x')], [symlink('etc/os-release', 'a'), symlink('etc/a', 'os-release'), symlink('db', 'db')]),
    release(),
    database(),
  );
  assert.deepEqual(
    facts.unreadable.map(({ layer, path, analyser }) => [layer, path, analyser]),
    [
      [1, 'etc/os-release', 'release'],
      [1, 'db/status', 'database'],
      [1, 'db/status.d', 'database'],
    ],
  );
  assert.deepEqual(facts.live, []);
});

test('a known path that is missing says nothing, a device there does', async () => {
  const facts = await read(
    image([symlink('etc/os-release', 'nowhere')], [{ path: 'db/status', type: 'char' }]),
    release(),
    database(),
  );
  assert.deepEqual(
    facts.unreadable.map(({ path, reason }) => [path, reason]),
    [['db/status', 'expected a file or folder, found a char']],
  );
});

test('a database overwritten layer by layer has its history, newest first', async () => {
  const layers = [[file('db/status', '1')], [file('db/status', '2')], [file('other')], [file('db/status', '3')]];
  assert.deepEqual(live(await read(image(...layers), database())), ['db/status@3 3<1:2<0:1']);
  assert.deepEqual(live(await read(image(...layers, [file('db/.wh.status')]), database())), []);
  const deleted = [...layers.slice(0, 2), [file('.wh.db')], ...layers.slice(3)];
  assert.deepEqual(live(await read(image(...deleted), database())), ['db/status@3 3'], 'a deletion ends it');
  const linked = [[file('lib/db', '1'), symlink('db/status', '../lib/db')], [file('lib/db', '2')]];
  assert.deepEqual(live(await read(image(...linked), database())), ['db/status@1 2<0:1'], 'behind a link too');
});

test('facts of deleted and replaced files are not live', async () => {
  const base = [file('a/x.json', '1'), file('b/y.json', '1'), file('c/z.json', '1'), file('d.json', '1')];
  const facts = await read(
    image(base, [file('.wh.a'), file('b', 'no folder'), file('c/z.json', '2'), symlink('d.json', 'c/z.json')]),
    manifests(),
  );
  assert.deepEqual(live(facts), ['c/z.json@1 2<0:1']);
});

test('a link in the place of a folder hides its facts', async () => {
  const facts = await read(image([file('lib/a.json'), file('new/b.json')], [symlink('lib', 'new')]), manifests());
  assert.deepEqual(live(facts), ['new/b.json@0 new/b.json']);
});

test('facts follow their file to where a link leads', async () => {
  const facts = await read(
    image([file('usr/lib/a.json', '1'), symlink('lib', 'usr/lib')], [file('lib/a.json', '2'), file('lib/b.json', '1')]),
    manifests(),
  );
  assert.deepEqual(live(facts), ['usr/lib/a.json@1 2<0:1', 'usr/lib/b.json@1 1']);
});

test('a hardlink with a wanted name to a file without one is read', async () => {
  const store = image(
    [file('store/abc', '{}')],
    [hardlink('node/package.json', 'store/abc'), hardlink('node/other', 'store/abc')],
  );
  assert.deepEqual(live(await read(store, manifests())), ['node/package.json@0 {}']);
  const kept = image(
    [file('a.json', '{}'), hardlink('b.txt', 'a.json'), hardlink('c.json', 'a.json')],
    [file('.wh.a.json')],
  );
  assert.deepEqual(live(await read(kept, manifests())), ['c.json@0 {}'], 'the other name of a deleted file');
});

test('what could not be read counts only while it is live', async () => {
  const small = textAnalyser('small', ({ path }) => path.endsWith('.json'), { maxFileBytes: 3 });
  const base = [file('a.json', 'long'), file('b.json', 'long'), { path: '../out' }];
  const facts = await read(image(base, [file('.wh.a.json'), file('c.json', 'long')]), small);
  assert.deepEqual(
    facts.unreadable.map(({ layer, path, analyser }) => [layer, path, analyser]),
    [
      [0, null, 'layers'],
      [0, 'b.json', 'small'],
      [1, 'c.json', 'small'],
    ],
  );
  const late = textAnalyser('late', () => false, { knownPaths: ['etc/x'], maxFileBytes: 3 });
  const behind = await read(image([file('y', 'long'), symlink('etc/x', '/y')]), late);
  assert.deepEqual(
    behind.unreadable.map(({ path, analyser }) => [path, analyser]),
    [['etc/x', 'late']],
  );
});

test('the second time nothing is read, late readings included', async () => {
  const facts = memoryFacts();
  const layers = [layerOf([file('opt/release', 'x')]), layerOf([symlink('etc/os-release', '/opt/release')])];
  const first = await readImageFacts(imageOf(...layers), [release()], { ...REQUIRE, facts });
  assert.deepEqual(
    layers.map((layer) => layer.opened),
    [2, 1],
  );
  assert.ok(first.bytesRead > 0);
  const analyser = release();
  const second = await readImageFacts(imageOf(...layers), [analyser], { ...REQUIRE, facts });
  assert.deepEqual([layers.map((layer) => layer.opened), second.bytesRead, analyser.seen], [[2, 1], 0, []]);
  assert.ok(second.layers.every((layer) => layer.cached));
  assert.deepEqual(second.live, first.live);
});

test('progress says how many layers are done and how many bytes were read', async () => {
  const steps: string[] = [];
  await readImageFacts(image([file('a')], [file('b')]), [], {
    ...REQUIRE,
    progress: ({ done, layers, bytes }) => steps.push(`${done}/${layers} ${bytes > 0}`),
  });
  assert.ok(steps.length >= 2);
  assert.ok(steps.every((step) => step === '0/2 true' || step === '1/2 true'));
});

test('the view counts files and an image without layers is empty', async () => {
  const facts = await read(
    image([file('a'), hardlink('b', 'a'), symlink('c', 'a'), { path: 'd', type: 'folder' }]),
    release(),
  );
  assert.equal(facts.files, 2);
  const empty = await read(image(), release());
  assert.deepEqual([empty.files, empty.live, empty.unreadable, empty.bytesRead], [0, [], [], 0]);
});

test('what may be another the next time is not sound', async () => {
  assert.equal((await read(image([file('a')]), release())).sound, true);
  const another = layerOf([file('a')], { diffId: digestOf('another') });
  assert.equal((await readImageFacts(imageOf(another), [release()], { integrity: 'report' })).sound, false);
  const failing = { ...release(), wants: () => true, read: () => assert.fail('a bug') };
  assert.equal((await read(image([file('a')]), failing)).sound, false);
});
