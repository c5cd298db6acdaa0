import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogerContract } from '../contract.ts';
import { npmLock } from './index.ts';

const PATH = 'app/package-lock.json';
const EXAMPLE = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    '': { name: 'app', version: '1.0.0', dependencies: { a: '^1.0.0' } },
    'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '^2.0.0' } },
    'node_modules/b': { version: '2.0.0' },
  },
});

catalogerContract(npmLock, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(lock: unknown, path = PATH): ReturnType<typeof npmLock.read> {
  return npmLock.read({ path, bytes: Buffer.from(JSON.stringify(lock)) });
}

test('lock files of the project are wanted, those that packages bring along are not', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    ['package-lock.json', true],
    ['srv/app/npm-shrinkwrap.json', true],
    ['node_modules/a/npm-shrinkwrap.json', false],
    ['srv/node_modules/@s/a/package-lock.json', false],
    ['srv/node_modules/.package-lock.json', false],
    ['srv/my-package-lock.json', false],
  ];
  for (const [path, expected] of paths) {
    assert.equal(npmLock.wants({ path, mode: 0o644, size: 1 }), expected, path);
  }
});

test('the project, its workspaces and its other folders are nobody’s packages; what workspaces have of their own is', () => {
  const { packages } = read({
    lockfileVersion: 3,
    packages: {
      '': { workspaces: ['packages/*'] },
      'packages/app': { name: 'app', version: '1.0.0', dependencies: { a: '1', lib: '1' } },
      'node_modules/app': { resolved: 'packages/app', link: true },
      'packages/app/node_modules/a': { version: '1.0.0', dependencies: { b: '1', app: '*' } },
      'node_modules/a': { version: '2.0.0' },
      'node_modules/b': { version: '1.0.0', peerDependencies: { a: '*' } },
    },
  });
  assert.deepEqual(
    packages?.map(({ name, version, requires }) => [name, version, requires]),
    [
      ['a', '1.0.0', ['b@1.0.0']],
      ['a', '2.0.0', undefined],
      ['b', '1.0.0', ['a@2.0.0']],
    ],
  );
});

test('of version 1, other names, commits, archives and folders', () => {
  const { packages, unknowns } = read({
    lockfileVersion: 1,
    dependencies: {
      renamed: { version: 'npm:@s/real@1.0.0', requires: { a: '1' } },
      a: { version: 'git+ssh://git@github.com/x/a.git#0123' },
      b: { version: 'file:b.tgz' },
      c: { version: 'file:../c', dependencies: { d: { version: '4.0.0' } } },
    },
  });
  assert.deepEqual(
    packages?.map(({ name, version, requires }) => [name, version, requires]),
    [
      ['@s/real', '1.0.0', ['a@']],
      ['a', '', undefined],
      ['b', '', undefined],
      ['d', '4.0.0', undefined],
    ],
  );
  assert.equal(unknowns, undefined);
});

test('another JSON is an error, and folders inside each other have a limit', () => {
  for (const lock of [{}, [], null, 'a', { name: 'a' }]) {
    assert.throws(() => read(lock), { code: 'PACKAGE_METADATA_INVALID', object: PATH });
  }
  const path = 'node_modules/a/'.repeat(70).slice(0, -1);
  assert.throws(() => read({ packages: { [path]: { version: '1.0.0' } } }), { code: 'LIMIT_EXCEEDED', object: PATH });
});

test('a package was got from where the file says, unless it says two places', () => {
  const [ours, theirs] = ['https://npm.acme.example/a.tgz', 'https://npm.evil.example/a.tgz'];
  const origins = (...resolved: readonly unknown[]): readonly (string | undefined)[] => {
    const folders = resolved.map((url, index) => [
      `parts/p${index}/node_modules/a`,
      { version: '1.0.0', resolved: url },
    ]);
    return (read({ packages: Object.fromEntries(folders) as object }).packages ?? []).map(({ origin }) => origin);
  };
  assert.deepEqual(origins(ours), [ours]);
  assert.deepEqual(origins('https://me:secret@npm.acme.example/a.tgz', ours), [ours]);
  assert.deepEqual(origins(ours, theirs), [undefined]);
  assert.deepEqual(origins(theirs, ours, ours), [undefined]);
  assert.deepEqual(origins(ours, undefined), [undefined]);
  assert.deepEqual(origins('file:a.tgz'), [undefined]);
  const nested = { lockfileVersion: 1, dependencies: { a: { version: '1.0.0', resolved: ours } } };
  assert.equal(read(nested).packages?.[0]?.origin, ours);
});
