import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { digestOf } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import type { Image } from '#model/image.ts';
import type { FactsStore } from '#model/ports.ts';
import { imageOf, layerOf, memoryFacts } from '#test/fixtures/layers.ts';
import { type TarInput, writeTar } from '#test/fixtures/tar-writer.ts';
import { type ImageInventory, type ImageInventoryOptions, inventoryOfImage } from './image-inventory.ts';
import { createLayerProcesses } from './isolation/index.ts';

const module = (name: string): TarInput => ({
  path: `srv/node_modules/${name}/package.json`,
  content: JSON.stringify({ name, version: '1.0.0' }),
});

async function inventory(
  image: Image,
  facts: FactsStore,
  more: Partial<ImageInventoryOptions> = {},
): Promise<ImageInventory> {
  return await inventoryOfImage(image, {
    facts,
    version: '1',
    integrity: 'require',
    reader: null,
    signal: AbortSignal.timeout(60_000),
    log: silentLog,
    progress: () => undefined,
    ...more,
  });
}

const namesOf = ({ inventory: { packages } }: ImageInventory): readonly string[] => packages.map(({ name }) => name);

/** Only what whole images add up to is left. */
function withoutLayers(facts: ReturnType<typeof memoryFacts>): ReturnType<typeof memoryFacts> {
  const kept = memoryFacts();
  for (const [key, bytes] of facts.entries) {
    if (key.startsWith('inventory@')) {
      kept.entries.set(key, bytes);
    }
  }
  return kept;
}

test('an image whose layers are known is read from one entry', async () => {
  const facts = memoryFacts();
  const layers = [layerOf([module('a')]), layerOf([module('b')])];
  const first = await inventory(imageOf(...layers), facts);
  const again = await inventory(imageOf(...layers), withoutLayers(facts));
  assert.deepEqual([first.inventory.content, again.inventory.content], ['read', 'cached']);
  assert.deepEqual(again.inventory, { ...first.inventory, content: 'cached' });
  assert.deepEqual(
    again.layers,
    first.layers.map((layer) => ({ ...layer, cached: true })),
  );
  assert.deepEqual(
    layers.map(({ opened }) => opened),
    [1, 1],
  );
});

test('layers in another order, fewer of them, and another program are read again', async () => {
  const facts = memoryFacts();
  const [a, b] = [layerOf([module('a')]), layerOf([module('a'), module('b')])];
  await inventory(imageOf(a, b), facts);
  const kept = withoutLayers(facts);
  for (const [image, version] of [
    [imageOf(b, a), '1'],
    [imageOf(a), '1'],
    [imageOf(a, b), '2'],
  ] as const) {
    assert.equal((await inventory(image, withoutLayers(kept), { version })).inventory.content, 'read');
  }
});

test('what the documents of an image are blamed for is of this image, not of its layers', async () => {
  const facts = memoryFacts();
  const layer = layerOf([module('a')]);
  const problem = { kind: 'integrity', path: null, layer: null, analyser: 'oci', reason: 'config' } as const;
  const blamed = await inventory({ ...imageOf(layer), problems: [problem] }, facts);
  assert.deepEqual(blamed.inventory.unknowns[0], problem);
  const other = await inventory(imageOf(layer), facts);
  assert.deepEqual([problem, ...other.inventory.unknowns], blamed.inventory.unknowns);
  const again = await inventory({ ...imageOf(layer), problems: [problem] }, facts);
  assert.deepEqual(again.inventory.unknowns, blamed.inventory.unknowns);
});

test('what may be another the next time, and what has no name, is not kept', async () => {
  const facts = memoryFacts();
  const unkept = [layerOf([module('a')], { diffId: digestOf('another') }), layerOf([module('a')], { diffId: null })];
  for (const layer of unkept) {
    await inventory(imageOf(layer), facts, { integrity: 'report' });
  }
  assert.equal(withoutLayers(facts).entries.size, 0);
});

test('a damaged entry is as good as none', async () => {
  const facts = memoryFacts();
  const image = imageOf(layerOf([module('a')]));
  await inventory(image, facts);
  for (const [key, bytes] of withoutLayers(facts).entries) {
    const damaged = Uint8Array.from(bytes);
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    facts.entries.set(key, damaged);
  }
  assert.deepEqual(namesOf(await inventory(image, facts)), ['a']);
});

const lockFile = (folder: string, ...names: readonly string[]): TarInput => ({
  path: `${folder}/package-lock.json`,
  content: JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: '1.0.0', license: 'MIT' }])),
  }),
});

test('lock files are read where somebody asks for it, and what is kept of both is kept apart', async () => {
  const facts = memoryFacts();
  const image = imageOf(layerOf([module('a'), lockFile('srv', 'a', 'b')]));
  for (const [lockFiles, expected, content] of [
    [undefined, ['a'], 'read'],
    [true, ['a', 'b'], 'read'],
    [false, ['a'], 'cached'],
    [true, ['a', 'b'], 'cached'],
  ] as const) {
    const read = await inventory(image, facts, lockFiles === undefined ? {} : { lockFiles });
    assert.deepEqual([namesOf(read), read.inventory.content], [expected, content]);
  }
});

test('what is declared and installed is one package, installed by its layer, with both places', async () => {
  const image = imageOf(layerOf([lockFile('srv', 'a', 'b')]), layerOf([module('a'), lockFile('opt', 'b')]));
  const { inventory: found, layers } = await inventory(image, memoryFacts(), { lockFiles: true });
  const [lower, upper] = layers.map(({ diffId }) => diffId);
  assert.deepEqual(
    found.packages.map(({ name, confidence, cataloger, layer, licenses, locations }) => [
      [name, confidence, cataloger, layer, licenses],
      locations.map(({ path }) => path),
    ]),
    [
      [
        ['a', undefined, 'npm', upper, ['MIT']],
        ['/srv/node_modules/a/package.json', '/srv/package-lock.json'],
      ],
      [
        ['b', 'declared', 'npm-lock', lower, ['MIT']],
        ['/opt/package-lock.json', '/srv/package-lock.json'],
      ],
    ],
  );
});

test('in a folder lock files are read unless somebody says otherwise', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  context.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules/a'), { recursive: true });
  await writeFile(join(folder, 'node_modules/a/package.json'), '{"name": "a", "version": "1.0.0"}');
  const lock = lockFile('.', 'a', 'b').content;
  assert.ok(typeof lock === 'string');
  await writeFile(join(folder, 'package-lock.json'), lock);
  const image = imageOf({ ...layerOf([], { diffId: null }), content: { kind: 'folder', path: folder } });
  const both = await inventory(image, memoryFacts());
  assert.deepEqual([namesOf(both), both.inventory.unknowns], [['a', 'b'], []]);
  const installed = await inventory(image, memoryFacts(), { lockFiles: false });
  assert.deepEqual(namesOf(installed), ['a']);
  assert.deepEqual(
    installed.inventory.unknowns.map(({ kind }) => kind),
    ['no-package-database'],
  );
});

test('processes and this program read the same lock files', async (context) => {
  const processes = createLayerProcesses();
  context.after(() => processes.close());
  const image = imageOf(layerOf([module('a'), lockFile('srv', 'a', 'b')]));
  const own = await inventory(image, memoryFacts(), { lockFiles: true });
  const other = await inventory(image, memoryFacts(), { lockFiles: true, reader: processes.read });
  assert.deepEqual(other.inventory, own.inventory);
});

test('what a process of its own found counts for these very bytes', async (context) => {
  const processes = createLayerProcesses();
  context.after(() => processes.close());
  const facts = memoryFacts();
  const tar = writeTar([module('a')]);
  const honest = layerOf(tar);
  await inventory(imageOf(honest), facts, { reader: processes.read });
  const kept = withoutLayers(facts);
  for (const [layer, reader, content] of [
    [honest, processes.read, 'cached'],
    [layerOf(tar, { stored: gzipSync(tar) }), processes.read, 'read'],
    [honest, null, 'read'],
  ] as const) {
    assert.equal((await inventory(imageOf(layer), withoutLayers(kept), { reader })).inventory.content, content);
  }
});
