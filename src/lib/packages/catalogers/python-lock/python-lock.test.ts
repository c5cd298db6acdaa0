import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { pythonLock } from './index.ts';

evidence('catalogers/python-lock poetry', 'real tool', 'a lock file that poetry wrote, as poetry show lists it');
evidence('catalogers/python-lock uv', 'real tool', 'a lock file that uv wrote, as uv export lists it');
evidence('catalogers/python-lock pdm', 'real tool', 'a lock file that pdm wrote, as pdm export lists it');
evidence('catalogers/python-lock pylock', 'real tool', 'a lock file that pip wrote, beside what pip would install');
evidence(
  'catalogers/python-lock pipfile',
  'real tool',
  'a lock file that pipenv wrote, as pipenv requirements lists it',
);
evidence('catalogers/python-lock requirements', 'real tool', 'requirements with hashes, as uv writes and lists them');

const PATH = 'srv/app/uv.lock';

catalogerContract(pythonLock, { example: { path: PATH, bytes: lockFile('python', 'uv.lock') } });

function read(path: string, text: string | Uint8Array): Found {
  return pythonLock.read({ path, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

const FILES = ['poetry.lock', 'uv.lock', 'pdm.lock', 'pylock.toml', 'Pipfile.lock', 'requirements.txt'];

for (const name of FILES) {
  test(`${name} lists what its tool lists`, () => {
    const found = read(`srv/${name}`, lockFile('python', name));
    const listed = listOf('python', name);
    assert.ok(listed.length >= 10);
    assert.deepEqual(asList(found.packages), listed);
    assert.equal(found.unknowns, undefined);
    assert.ok(found.packages?.every((record) => record.type === 'pypi' && record.confidence === 'declared'));
  });
}

test('edges are those between packages of the file', () => {
  for (const name of ['poetry.lock', 'uv.lock', 'pdm.lock']) {
    const { packages = [] } = read(`srv/${name}`, lockFile('python', name));
    const needs = packages.find((record) => record.name === 'httpx')?.requires ?? [];
    const names = needs.map((need) => need.slice(0, need.indexOf('@')));
    assert.deepEqual(names.toSorted(), ['anyio', 'certifi', 'httpcore', 'idna'], name);
    assert.ok(needs.every((need) => packages.some((record) => record.provides?.includes(need) === true)));
  }
});

test('lock files are known by their names', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    ['poetry.lock', true],
    ['srv/Pipfile.lock', true],
    ['srv/xpoetry.lock', false],
    ['srv/pylock.toml', true],
    ['srv/pylock.dev.toml', true],
    ['srv/pylock.a.b.toml', false],
    ['srv/pylock..toml', true],
    ['srv/pyproject.toml', false],
    ['srv/requirements.txt', true],
    ['srv/requirements-dev.txt', true],
    ['srv/dev-requirements.txt', true],
    ['srv/requirements/dev.txt', false],
    ['srv/requirements.in', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(pythonLock.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('of requirements those count that say one version', () => {
  const text = [
    '# comment',
    '-r other.txt',
    '--index-url https://example.org/simple',
    'Zope.Event == 5.0 # why',
    'a[b,c]==1.0; python_version < "3"',
    'd (==2)',
    'e===3.post1',
    'f>=1,==1.5',
    'g==1.0 \\',
    '    --hash=sha256:00 \\',
    '    --hash=sha256:01',
    'h==1.*',
    'i>=2',
    'j @ https://example.org/j.whl',
    './local',
    '',
  ].join('\r\n');
  const found = read('requirements.txt', text);
  assert.deepEqual(asList(found.packages), ['a 1.0', 'd 2', 'e 3.post1', 'f 1.5', 'g 1.0', 'zope-event 5.0']);
  assert.deepEqual(found.unknowns, ['3 entries without an exact version, the first "h==1.*"']);
});

test('folders are no packages, and what has no version is an unknown', () => {
  const uv = `version = 1
[[package]]
name = "app"
version = "1"
source = { editable = "." }
[[package]]
name = "git-only"
source = { git = "https://example.org/x" }
[[package]]
name = "a"
version = "1"
`;
  const found = read('uv.lock', uv);
  assert.deepEqual(asList(found.packages), ['a 1']);
  assert.deepEqual(found.unknowns, ['an entry without a name and a version: "git-only"']);
  const poetry = '[[package]]\nname = "b"\nversion = "1"\n[package.source]\ntype = "directory"\nurl = "../b"\n';
  assert.deepEqual(read('poetry.lock', poetry).packages, []);
  const pdm = '[[package]]\nname = "c"\nversion = "1"\npath = "./c"\n[metadata]\n';
  assert.deepEqual(read('pdm.lock', pdm).packages, []);
});

test('a file of another kind is an error', () => {
  for (const [path, text] of [
    ['poetry.lock', ''],
    ['uv.lock', 'a = '],
    ['pdm.lock', 'x = 1'],
    ['pylock.toml', '[tool]'],
    ['Pipfile.lock', '{}'],
    ['Pipfile.lock', '[]'],
  ] as const) {
    assert.throws(() => read(path, text), { code: 'PACKAGE_METADATA_INVALID', object: path }, text);
  }
  assert.throws(() => read('Pipfile.lock', '{'), { code: 'JSON_INVALID', object: 'Pipfile.lock' });
});

test('a version was released when the last of its files was, as uv carries it over from the index', () => {
  const { packages = [] } = read('srv/uv.lock', lockFile('python', 'uv.lock'));
  const released = new Map(packages.map((record) => [record.name, record.released]));
  assert.equal(released.get('anyio'), '2026-11-01T11:20:07.000Z');
  assert.equal(released.get('colorama'), '2022-10-25T02:36:22.414Z');
  assert.ok(packages.every((record) => record.released !== undefined));
  const pip = read('srv/pylock.toml', lockFile('python', 'pylock.toml'));
  assert.ok(pip.packages?.every((record) => record.released === undefined));
});

test('a file of which nobody says when it was uploaded leaves the day of its version open', () => {
  const times: readonly (readonly [time: string, released: string | undefined])[] = [
    ['"2026-01-01T00:00:00Z"', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T02:00:00+02:00', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01 00:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['"2025-01-01T00:00:00Z"', '2025-06-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00', undefined],
    ['2026-01-01', undefined],
    ['"yesterday"', undefined],
    ['7', undefined],
  ];
  for (const [time, released] of times) {
    const lock = `lock-version = "1.0"
[[packages]]
name = "a"
version = "1"
sdist = { name = "a.tar.gz", upload-time = "2025-06-01T00:00:00Z" }
wheels = [{ name = "a.whl", upload-time = ${time} }]
`;
    assert.equal(read('pylock.toml', lock).packages?.[0]?.released, released, time);
  }
});
