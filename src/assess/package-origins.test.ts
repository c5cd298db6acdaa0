import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import { imageOf, layerOf } from '#test/fixtures/layers.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { assembleInventory } from './inventory.ts';

const catalogers = await loadCatalogers();

function npmPackage(folder: string, name: string, version: string): TarInput {
  return { path: `${folder}/node_modules/${name}/package.json`, content: JSON.stringify({ name, version }) };
}

function lockedBy(
  folder: string,
  packages: Readonly<Record<string, readonly [version: string, url: string]>>,
): TarInput {
  const entries = Object.entries(packages).map(([name, [version, resolved]]) => [
    `node_modules/${name}`,
    { version, resolved },
  ]);
  const content = JSON.stringify({ packages: Object.fromEntries(entries) as object });
  return { path: `${folder}/node_modules/.package-lock.json`, content };
}

const OURS = 'https://npm.acme.example/a.tgz';
const THEIRS = 'https://npm.evil.example/a.tgz';
const ORIGINS: readonly (readonly [
  what: string,
  layers: readonly (readonly TarInput[])[],
  origin: string | undefined,
])[] = [
  ['nobody says it', [[npmPackage('srv', 'a', '1.0.0')]], undefined],
  ['npm says it', [[npmPackage('srv', 'a', '1.0.0'), lockedBy('srv', { a: ['1.0.0', OURS] })]], OURS],
  [
    'npm said it of another version that was there',
    [[npmPackage('srv', 'a', '0.9.0'), lockedBy('srv', { a: ['0.9.0', OURS] })], [npmPackage('srv', 'a', '1.0.0')]],
    undefined,
  ],
  [
    'the upper of two layers says it',
    [
      [npmPackage('srv', 'a', '1.0.0'), lockedBy('srv', { a: ['1.0.0', THEIRS] })],
      [lockedBy('srv', { a: ['1.0.0', OURS] })],
    ],
    OURS,
  ],
  [
    'it is there twice from the same place',
    ['srv', 'opt'].map((folder) => [npmPackage(folder, 'a', '1.0.0'), lockedBy(folder, { a: ['1.0.0', OURS] })]),
    OURS,
  ],
  [
    'it is there twice from two places',
    [
      [npmPackage('srv', 'a', '1.0.0'), lockedBy('srv', { a: ['1.0.0', OURS] })],
      [npmPackage('opt', 'a', '1.0.0'), lockedBy('opt', { a: ['1.0.0', THEIRS] })],
    ],
    undefined,
  ],
  [
    'it is there twice, and of one nobody says it',
    [[npmPackage('srv', 'a', '1.0.0'), lockedBy('srv', { a: ['1.0.0', OURS] }), npmPackage('opt', 'a', '1.0.0')]],
    undefined,
  ],
  [
    'two files say different things of one folder',
    [
      [
        npmPackage('srv', 'a', '1.0.0'),
        lockedBy('srv', { a: ['1.0.0', OURS] }),
        {
          path: 'node_modules/.package-lock.json',
          content: JSON.stringify({ packages: { 'srv/node_modules/a': { version: '1.0.0', resolved: THEIRS } } }),
        },
      ],
    ],
    undefined,
  ],
  [
    'what is beside the metadata of Python says it',
    [
      [
        { path: 'lib/site-packages/a-1.0.0.dist-info/METADATA', content: 'Name: a\nVersion: 1.0.0\n' },
        { path: 'lib/site-packages/a-1.0.0.dist-info/direct_url.json', content: JSON.stringify({ url: OURS }) },
      ],
    ],
    OURS,
  ],
];

for (const [what, layers, origin] of ORIGINS) {
  test(`from where a package was got: ${what}`, async () => {
    const image = imageOf(...layers.map((entries) => layerOf(entries)));
    const facts = await readImageFacts(image, catalogers, { integrity: 'require' });
    const { packages, unknowns } = assembleInventory(facts, catalogers);
    assert.equal(packages.find(({ version }) => version === '1.0.0')?.origin, origin);
    assert.ok(unknowns.every(({ kind }) => kind === 'no-package-database'));
  });
}
