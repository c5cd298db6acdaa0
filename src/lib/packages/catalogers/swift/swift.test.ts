import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { swift } from './index.ts';

evidence(
  'catalogers/swift',
  'real tool',
  'packages that Swift Package Manager 6.0.3 checked out, as it shows the dependencies',
);

const PATH = 'srv/app/.build/workspace-state.json';
const FIXTURES = resolve(import.meta.dirname, '../../../../../test/fixtures/swift');
const EXAMPLE = readFileSync(resolve(FIXTURES, 'workspace-state.json'));

catalogerContract(swift, { example: { path: PATH, bytes: EXAMPLE } });

interface Dependency {
  readonly url: string;
  readonly version: string;
  readonly dependencies: readonly Dependency[];
}

/** All below it, as `name version`. */
function listed({ dependencies }: Dependency): readonly string[] {
  return dependencies.flatMap((item) => {
    const { url, version } = item;
    const name = url.replace(/^(?:https:\/\/|ssh:\/\/git@)/, '').replace(/\.git$/, '');
    return [...(url.startsWith('/') ? [] : [`${name} ${version === 'unspecified' ? '' : version}`]), ...listed(item)];
  });
}

function read(dependencies: unknown, version = 6): ReturnType<typeof swift.read> {
  return swift.read({ path: PATH, bytes: Buffer.from(JSON.stringify({ object: { dependencies }, version })) });
}

function checkedOut(location: string, checkoutState: object): object {
  return {
    packageRef: { identity: 'a', kind: 'remoteSourceControl', location, name: 'a' },
    state: { checkoutState, name: 'sourceControlCheckout' },
    subpath: 'a',
  };
}

test('packages are those that Swift Package Manager shows', (t) => {
  const { packages = [], unknowns } = swift.read({ path: PATH, bytes: EXAMPLE });
  const shown = JSON.parse(readFileSync(resolve(FIXTURES, 'dependencies.json'), 'utf8')) as Dependency;
  const ours = packages.map(({ name, version }) => `${name} ${version}`).toSorted();
  assert.deepEqual(ours, [...new Set(listed(shown))].toSorted());
  assert.equal(unknowns, undefined);
  assert.ok(ours.includes('git.example.org/other/Hawser 1.9.0'));
  assert.ok(ours.length >= 10);
  t.diagnostic(`${ours.length} packages`);
});

test('the state of a workspace is wanted wherever it is', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['tmp/build/workspace-state.json', true],
    ['srv/app/.build/other-workspace-state.json', false],
    ['srv/app/.build/checkouts/a/Package.swift', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(swift.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a branch has no version, and a package of an earlier format its address as a path', () => {
  const branch = checkedOut('https://example.org/acme/a.git', { branch: 'main', revision: '0' });
  const earlier = {
    packageRef: { identity: 'b', kind: 'remote', name: 'B', path: 'git@example.org:acme/b' },
    state: { checkoutState: { version: '1.0.0' }, name: 'checkout' },
  };
  assert.deepEqual(read([branch, earlier]), {
    packages: [
      { type: 'swift', name: 'example.org/acme/a', version: '', licenses: [] },
      { type: 'swift', name: 'example.org/acme/b', version: '1.0.0', licenses: [] },
    ],
  });
});

test('folders of the project’s own are passed over, and what has no usable address is an unknown', () => {
  const own = [
    { packageRef: { kind: 'fileSystem', location: '/srv/a' }, state: { name: 'fileSystem', path: '/srv/a' } },
    { packageRef: { kind: 'localSourceControl', location: '/srv/b' }, state: { name: 'sourceControlCheckout' } },
    { ...checkedOut('https://example.org/acme/c', {}), state: { name: 'edited' } },
  ];
  assert.deepEqual(read(own), { packages: [] });
  const registry = {
    packageRef: { identity: 'mona.list', kind: 'registry', location: 'mona.list' },
    state: { name: 'registryDownload', version: '1.0.0' },
  };
  assert.deepEqual(read([registry]), { packages: [], unknowns: ['a dependency without an address: "mona.list"'] });
  const bad = checkedOut('https://example.org/a b/c', { version: '1' });
  assert.deepEqual(read([null, 1, bad]), {
    packages: [],
    unknowns: ['3 dependencies, the first without an address: ""'],
  });
  const odd = checkedOut('https://example.org/acme/a', { version: '1 2' });
  assert.equal(read([odd]).packages?.[0]?.version, '');
});

test('what is no state of a workspace is an error', () => {
  for (const text of ['', '{', '[]', '{}', '{"object":[]}', '{"object":{"dependency":[]}}']) {
    assert.throws(() => swift.read({ path: PATH, bytes: Buffer.from(text) }), { object: PATH }, text);
  }
  const many = `{"object":{"dependencies":[${'0,'.repeat(250_000)}0]}}`;
  assert.throws(() => swift.read({ path: PATH, bytes: Buffer.from(many) }), { code: 'LIMIT_EXCEEDED', object: PATH });
});
