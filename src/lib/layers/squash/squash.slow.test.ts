import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import type { EntryType, LayerEntries, LayerEntry, LayerFacts } from '#model/layer.ts';
import { layerOf } from '#test/fixtures/layers.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { readLayer } from '../read-layer.ts';
import { squash } from './squash.ts';
import type { SquashedView } from './view.ts';

async function factsOf(...layers: readonly (readonly TarInput[])[]): Promise<readonly LayerFacts[]> {
  return await Promise.all(layers.map((entries) => readLayer(layerOf(entries), [], { integrity: 'require' })));
}

async function viewOf(...layers: readonly (readonly TarInput[])[]): Promise<SquashedView> {
  return squash(await factsOf(...layers));
}

const file = (path: string, content = ''): TarInput => ({ path, content });
const folder = (path: string): TarInput => ({ path, type: 'folder' });
const symlink = (path: string, link: string): TarInput => ({ path, type: 'symlink', link });
const hardlink = (path: string, link: string): TarInput => ({ path, type: 'hardlink', link });

/** `path` of every entry in the view but folders, with the layer of the entry. */
function tree(view: SquashedView): readonly string[] {
  return [...view.entries()]
    .filter(({ entry }) => entry.type !== 'folder')
    .map(({ path, layer }) => `${path}@${layer}`)
    .toSorted();
}

/** Where a path leads, through links, and where that content comes from. */
function origin(view: SquashedView, path: string): string {
  const found = view.resolve(path);
  return 'problem' in found ? found.problem : `${found.path}=${found.origin.layer}:${found.origin.path}`;
}

test('a hardlink to a path that comes again in its layer is reported: runtimes keep the first content', async () => {
  const again = [file('b', 'new'), symlink('b', 'c'), hardlink('b', 'c')];
  for (const second of again) {
    const view = await viewOf([file('b', 'old'), file('c'), hardlink('a', 'b'), second]);
    assert.deepEqual(view.unreadable, [
      { layer: 0, path: 'b', analyser: 'layers', reason: 'another entry of the path comes after a hardlink to it' },
    ]);
  }
  const layers = await viewOf([file('b', 'old'), hardlink('a', 'b')], [file('b', 'new')]);
  assert.deepEqual([layers.unreadable, origin(layers, 'a')], [[], 'a=0:b']);
  const first = await viewOf([file('b', 'old'), file('b', 'new'), hardlink('a', 'b')]);
  assert.deepEqual(first.unreadable, []);
  // The same where nothing is at the path any more, and the entry before it is in the same folder.
  const gone = [folder('d'), file('d/b', 'old'), hardlink('a', 'd/b'), file('d'), folder('d'), file('d/c')];
  const view = await viewOf([...gone, file('d/b', 'new')]);
  assert.deepEqual(
    view.unreadable.map(({ path }) => path),
    ['d/b'],
  );
});

test('deep paths that are replaced again and again end with an error, not after minutes', async () => {
  const [layer] = await factsOf([]);
  assert.ok(layer !== undefined);
  const entry = { mode: 0o755, uid: 0, gid: 0, size: 0 };
  const round: readonly LayerEntry[] = [
    { ...entry, path: `r/${'a/'.repeat(500)}f`, type: 'file' },
    { ...entry, path: 'r', type: 'file' },
    { ...entry, path: 'r', type: 'folder' },
  ];
  const rounds = 45_000;
  const entries = repeated(round, rounds);
  assert.throws(() => squash([{ ...layer, entries }]), { code: 'LIMIT_EXCEEDED', object: 'image' });
});

/** The same entries again and again, without the memory that as many rows would take. */
function repeated(round: readonly LayerEntry[], rounds: number): LayerEntries {
  const at = (row: number): LayerEntry => round[row % round.length] ?? { ...NO_ENTRY };
  return {
    length: rounds * round.length,
    byteLength: 0,
    hashed: 0,
    modeAt: (row) => at(row).mode,
    sizeAt: (row) => at(row).size,
    cursor: () => {
      let row = -1;
      return {
        next: () => {
          row += 1;
          return row < rounds * round.length;
        },
        get type() {
          return at(row).type;
        },
        hashed: false,
        sameFolder: false,
        path: () => at(row).path,
        name: () => at(row).path.split('/').at(-1) ?? '',
        entry: () => at(row),
      };
    },
    *[Symbol.iterator](): Generator<LayerEntry> {
      for (let count = 0; count < rounds; count += 1) {
        yield* round;
      }
    },
  };
}

const NO_ENTRY: LayerEntry = { path: '', type: 'file', mode: 0, uid: 0, gid: 0, size: 0 };

test('directory replaced by symlink', async () => {
  const view = await viewOf([folder('lib'), file('lib/a'), file('lib/sub/b'), file('new/c')], [symlink('lib', 'new')]);
  assert.deepEqual(tree(view), ['lib@1', 'new/c@0']);
  assert.deepEqual([origin(view, 'lib/a'), origin(view, 'lib/c'), view.files], ['missing', 'new/c=0:new/c', 1]);
});

test('symlink replaced by a directory', async () => {
  const view = await viewOf(
    [folder('usr/lib'), file('usr/lib/a'), symlink('lib', 'usr/lib')],
    [folder('lib'), file('lib/b')],
  );
  assert.deepEqual(tree(view), ['lib/b@1', 'usr/lib/a@0']);
});

test('file re-added after a whiteout', async () => {
  const view = await viewOf([file('a'), file('d/b')], [file('.wh.a'), file('.wh.d')], [file('a'), file('d/c')]);
  assert.deepEqual(tree(view), ['a@2', 'd/c@2']);
  const found = view.resolve('a');
  assert.ok(!('problem' in found));
  assert.equal(found.older, null, 'a deletion ends the history');
});

test('file re-added in the layer that has its whiteout', async () => {
  for (const layer of [
    [file('.wh.a'), file('a')],
    [file('a'), file('.wh.a')],
  ]) {
    assert.deepEqual(tree(await viewOf([file('a')], layer)), ['a@1'], 'a whiteout acts on lower layers only');
  }
});

test('hardlink to a lower layer', async () => {
  const layers = [[file('a', 'content')], [hardlink('b', 'a'), hardlink('sub/c', 'b')], [file('.wh.a')]] as const;
  const view = await viewOf(...layers);
  assert.deepEqual(tree(view), ['b@1', 'sub/c@1']);
  assert.deepEqual([origin(view, 'b'), origin(view, 'sub/c'), view.files], ['b=0:a', 'sub/c=0:a', 2]);
  const found = view.resolve('sub/c');
  assert.equal('problem' in found ? 0 : found.size, 7);
});

test('hardlink keeps the content that its target had', async () => {
  const view = await viewOf([file('a'), hardlink('b', 'a')], [file('a')]);
  assert.deepEqual([origin(view, 'a'), origin(view, 'b')], ['a=1:a', 'b=0:a']);
});

test('hardlink without a target is unreadable', async () => {
  const view = await viewOf(
    [folder('d'), hardlink('b', 'a'), hardlink('c', 'd'), file('a')],
    [file('.wh.a'), hardlink('e', 'a')],
  );
  assert.deepEqual(
    view.unreadable.map(({ layer, path, analyser }) => [layer, path, analyser]),
    [
      [0, 'b', 'layers'],
      [0, 'c', 'layers'],
      [1, 'e', 'layers'],
    ],
  );
  assert.equal(view.files, 0);
});

test('opaque folder', async () => {
  const lower = [folder('d'), file('d/a'), file('d/sub/b'), file('e')];
  for (const upper of [
    [folder('d'), file('d/.wh..wh..opq'), file('d/c')],
    [file('d/c'), file('d/.wh..wh..opq')],
  ]) {
    assert.deepEqual(tree(await viewOf(lower, upper)), ['d/c@1', 'e@0']);
  }
  assert.deepEqual(tree(await viewOf(lower, [file('.wh..wh..opq'), file('x')])), ['x@1'], 'of the root');
  assert.deepEqual(tree(await viewOf(lower, [file('d/.wh..wh..opq')], [file('d/f')])), ['d/f@2', 'e@0']);
});

test('usr-merge parent link', async () => {
  const base = [folder('usr/lib'), file('usr/lib/a'), symlink('lib', 'usr/lib')];
  const view = await viewOf(base, [file('lib/a', 'new'), file('lib/sub/b')], [file('lib/.wh.a')], [file('usr/lib/a')]);
  assert.deepEqual(tree(view), ['lib@0', 'usr/lib/a@3', 'usr/lib/sub/b@1']);
  assert.deepEqual(origin(view, 'lib/sub/b'), 'usr/lib/sub/b=1:lib/sub/b');
  const replaced = (await viewOf(base, [file('lib/a', 'new')])).resolve('usr/lib/a');
  assert.ok(!('problem' in replaced));
  assert.deepEqual([replaced.origin, replaced.older?.path], [{ layer: 1, path: 'lib/a' }, 'usr/lib/a']);
});

test('links to folders stay within the root', async () => {
  const view = await viewOf([
    symlink('up', '../../..'),
    symlink('abs', '/etc'),
    file('up/a'),
    file('abs/b'),
    file('dir/x'),
  ]);
  assert.deepEqual([origin(view, 'a'), origin(view, 'etc/b')], ['a=0:up/a', 'etc/b=0:abs/b']);
  assert.equal(origin(view, 'abs/../up/dir/x'), 'dir/x=0:dir/x');
});

test('whiteout does not hide /which or /wheel', async () => {
  const base = [file('which'), file('wheel/a'), file('usr/which'), file('.what')];
  const view = await viewOf(base, [file('which'), file('wheel/b'), file('.wh.hich'), file('x.wh.which')]);
  assert.deepEqual(tree(view), ['.what@0', 'usr/which@0', 'wheel/a@0', 'wheel/b@1', 'which@1', 'x.wh.which@1']);
});

test('deletion of a folder by whiteout', async () => {
  const view = await viewOf([folder('a/b'), file('a/b/c'), file('a/b/d/e'), file('a/f')], [file('a/.wh.b')]);
  assert.deepEqual([tree(view), view.files], [['a/f@0'], 1]);
});

test('a whiteout deletes a link and not what it leads to', async () => {
  const view = await viewOf(
    [folder('t'), file('t/a'), symlink('l', 't'), symlink('f', 't/a')],
    [file('.wh.l'), file('.wh.f')],
  );
  assert.deepEqual(tree(view), ['t/a@0']);
});

test('a layer that deletes and one that replaces', async () => {
  const view = await viewOf(
    [file('a', '1'), file('b', '1'), file('c', '1')],
    [file('.wh.a'), file('b', '22')],
    [file('b', '333')],
  );
  assert.deepEqual(tree(view), ['b@2', 'c@0']);
  const found = view.resolve('b');
  assert.ok(!('problem' in found));
  const older = found.older;
  assert.deepEqual([older?.layer, older?.size, older?.older?.layer, older?.older?.older], [1, 2, 0, null]);
});

test('file over folder, folder over file, folder over folder', async () => {
  const view = await viewOf(
    [file('a/b'), file('c'), folder('d'), file('d/e')],
    [file('a'), folder('c'), file('c/f'), folder('d')],
  );
  assert.deepEqual(tree(view), ['a@1', 'c/f@1', 'd/e@0']);
});

test('an entry below a file has no place', async () => {
  const view = await viewOf([file('a'), file('a/b')], [file('a/c')]);
  assert.deepEqual(
    view.unreadable.map(({ layer, path }) => [layer, path]),
    [
      [0, 'a/b'],
      [1, 'a/c'],
    ],
  );
  assert.deepEqual(tree(view), ['a@0']);
});

test('links in a loop end', async () => {
  const view = await viewOf([symlink('a', 'b'), symlink('b', 'a'), symlink('s', 's/s'), file('a/x'), file('s/.wh.y')]);
  assert.deepEqual([view.resolve('a'), view.resolve('s/z')], [{ problem: 'loop' }, { problem: 'loop' }]);
  assert.deepEqual(
    view.unreadable.map(({ path }) => path),
    ['a/x'],
  );
});

test('links that make work without end are refused', async () => {
  const long = 'a/'.repeat(1000);
  const links = Array.from({ length: 39 }, (_, index) => symlink(`l${index}`, `${long}../l${index + 1}`));
  const layer = [
    ...links.map((link) => ({ ...link, link: `${'./'.repeat(2000)}l${Number(link.path.slice(1)) + 1}` })),
    folder('l39'),
  ];
  const files = Array.from({ length: 1000 }, (_, index) => file(`l0/d${index}/f`));
  await assert.rejects(viewOf([...layer, ...files]), (error) => isAppError(error) && error.code === 'LIMIT_EXCEEDED');
});

test('files below a folder, links to files among them', async () => {
  const view = await viewOf([
    file('d/b'),
    file('d/a/z'),
    symlink('d/c', '../x'),
    symlink('d/e', 'a'),
    symlink('d/g', 'no'),
    file('x'),
  ]);
  assert.deepEqual(
    [...view.list('d')].map(({ path, file: target }) => [path, target.path]),
    [
      ['d/a/z', 'd/a/z'],
      ['d/b', 'd/b'],
      ['d/c', 'x'],
    ],
  );
});

/** The same rules over a flat map of paths, for layers without links: slow, short, and written apart. */
function simpleSquash(layers: readonly (readonly TarInput[])[]): readonly string[] {
  let files = new Map<string, string>();
  for (const [layer, entries] of layers.entries()) {
    const below = (path: string, of: string): boolean => of === '' || path === of || path.startsWith(`${of}/`);
    const without = (gone: (path: string) => boolean): void => {
      files = new Map([...files].filter(([path]) => !gone(path)));
    };
    for (const { path } of entries) {
      const parts = path.split('/');
      const base = parts.pop() ?? '';
      const parent = parts.join('/');
      if (base === '.wh..wh..opq') {
        without((other) => other !== parent && below(other, parent));
      } else if (base.startsWith('.wh.')) {
        const gone = [...parts, base.slice(4)].join('/');
        without((other) => below(other, gone));
      }
    }
    for (const { path, type } of entries) {
      if (path.includes('.wh.')) {
        continue;
      }
      const blocked = [...files].some(([other, kind]) => kind.startsWith('file') && path.startsWith(`${other}/`));
      if (blocked) {
        continue;
      }
      if (type === 'folder') {
        if (files.get(path)?.startsWith('file') !== false) {
          files.set(path, 'folder');
        }
      } else {
        without((other) => other.startsWith(`${path}/`));
        files.set(path, `file@${layer}`);
      }
    }
  }
  return [...files]
    .filter(([, kind]) => kind.startsWith('file'))
    .map(([path, kind]) => `${path}${kind.slice(4)}`)
    .toSorted();
}

test('random layers without links give what a simple model gives', async () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const path = fc.array(name, { minLength: 1, maxLength: 3 });
  const entry = fc
    .tuple(path, fc.constantFrom<EntryType | 'whiteout' | 'opaque'>('file', 'file', 'folder', 'whiteout', 'opaque'))
    .map(([parts, kind]): TarInput => {
      const at = parts.join('/');
      switch (kind) {
        case 'whiteout':
          return { path: [...parts.slice(0, -1), `.wh.${parts.at(-1) ?? ''}`].join('/') };
        case 'opaque':
          return { path: `${at}/.wh..wh..opq` };
        default:
          return { path: at, type: kind };
      }
    });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(entry, { maxLength: 8 }), { maxLength: 4 }), async (layers) => {
      const view = await viewOf(...layers);
      const found = tree(view);
      assert.deepEqual(found, simpleSquash(layers));
      assert.equal(view.files, found.length);
    }),
    { numRuns: 400 },
  );
});

test('random layers with links end, and the view agrees with itself', async () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const target = fc
    .array(fc.constantFrom('a', 'b', '..', '.', ''), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'));
  const entry = fc.oneof(
    fc.record({ path, type: fc.constantFrom<EntryType>('file', 'folder') }),
    fc.record({ path, type: fc.constantFrom<EntryType>('symlink', 'hardlink'), link: target }),
    path.map((at) => ({ path: at.replace(/[abc]$/, '.wh.$&') })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(entry, { maxLength: 10 }), { maxLength: 4 }), async (layers) => {
      const view = await viewOf(...layers);
      const found = [...view.entries()];
      const placed = found.map((item) => item.path).filter((item) => item !== '');
      assert.equal(new Set(placed).size, placed.length, 'no path twice');
      assert.equal(found.filter(({ path: at }) => view.at(at)?.type === 'file').length, view.files);
      for (const { path: at, layer } of found) {
        assert.ok(view.at(at) !== null, `${at} of layer ${layer} is in the view`);
      }
    }),
    { numRuns: 400 },
  );
});
