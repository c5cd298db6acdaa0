import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { snap } from './index.ts';

evidence('catalogers/snap', 'real tool', 'descriptions of snaps that snap has packed, told by snap');

const DESCRIPTION = 'snap/hello-world/29/meta/snap.yaml';
const INSIDE = 'expected packages of the image itself, found Debian packages inside a snap, which are not listed';

const EXAMPLE = `name: hello-world
version: 1.10
summary: A snap
description: |
  Of a test

  name: other
apps:
  hello:
    command: bin/hello
architectures:
- amd64
base: core22
license: MIT AND Apache-2.0
`;

catalogerContract(snap, { example: { path: DESCRIPTION, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, text: string): ReturnType<typeof snap.read> {
  return snap.read({ path, bytes: Buffer.from(text) });
}

test('a description is a snap, which needs its base', () => {
  assert.deepEqual(read(DESCRIPTION, EXAMPLE).packages, [
    {
      type: 'snap',
      name: 'hello-world',
      version: '1.10',
      architecture: 'amd64',
      requires: ['core22'],
      licenses: ['MIT AND Apache-2.0'],
    },
  ]);
});

test('snaps are where snapd mounts them, and in the root folder', () => {
  const found = read(DESCRIPTION, EXAMPLE);
  for (const path of [
    'snap/core22/current/meta/snap.yaml',
    'var/lib/snapd/snap/a/x1/meta/snap.yaml',
    'meta/snap.yaml',
  ]) {
    assert.ok(snap.wants({ path, mode: 0o644, size: 1 }));
    assert.deepEqual(read(path, EXAMPLE), found, path);
  }
  for (const path of [
    'src/meta/snap.yaml',
    'snap/a/meta/snap.yaml',
    'snap/a/1/prime/meta/snap.yaml',
    'snap/a/1/snap.yaml',
  ]) {
    assert.deepEqual(read(path, EXAMPLE), {}, path);
  }
  for (const path of ['src/snap.yaml', 'src/__snapshots__/a.snap', 'snap/a/1/usr/share/snappy/dpkg.txt']) {
    assert.ok(!snap.wants({ path, mode: 0o644, size: 1 }), path);
  }
});

test('what is inside a snap and cannot be listed is an unknown', () => {
  const manifest = 'snap/a/1/snap/manifest.yaml';
  const primed = 'name: a\nprimed-stage-packages:\n- libc6=2.39-0ubuntu8.4\n';
  const staged = 'parts:\n  one:\n    stage-packages: []\n  two:\n    stage-packages:\n    - libc6=2.39-0ubuntu8.4\n';
  assert.deepEqual(read(manifest, primed), { unknowns: [INSIDE] });
  assert.deepEqual(read(manifest, staged), { unknowns: [INSIDE] });
  assert.deepEqual(read(manifest, 'parts:\n  one:\n    stage-packages: []\nprimed-stage-packages: []\n'), {});
  assert.deepEqual(read(manifest, 'parts:\n  one:\n    stage-packages: [a]\nprimed-stage-packages: []\n'), {});
  for (const list of ['dpkg.list', 'dpkg.yaml']) {
    assert.deepEqual(read(`snap/core22/1/usr/share/snappy/${list}`, 'x'), { unknowns: [INSIDE] });
  }
  for (const path of ['var/lib/snapd/snaps/a_1.snap', 'var/lib/snapd/seed/snaps/a_1.snap']) {
    assert.ok(snap.wants({ path, mode: 0o600, size: 4096 }));
    assert.deepEqual(read(path, 'hsqs').unknowns, [
      'expected an unpacked snap, found a packed one, whose content is not read',
    ]);
  }
});

test('texts are what YAML takes them for', () => {
  for (const [written, expected] of [
    ['1.10', '1.10'],
    ['1e3 # no number', '1e3'],
    ["'it''s' # a", "it's"],
    ['"a # b"', 'a # b'],
    ['a#b:c', 'a#b:c'],
    ['~', ''],
    ['', ''],
    ['# a', ''],
  ] as const) {
    assert.equal(read(DESCRIPTION, `name: a\nversion: ${written}\n`).packages?.[0]?.version, expected, written);
  }
  for (const [written, expected] of [
    [' [ amd64 ]', 'amd64'],
    [' amd64', 'amd64'],
    [' amd64, arm64', 'amd64, arm64'],
    ['\n  - "amd64"', 'amd64'],
    [' [amd64, arm64]', undefined],
    [' []', undefined],
    ['', undefined],
  ] as const) {
    const text = `name: a\narchitectures:${written}\n`;
    assert.equal(read(DESCRIPTION, text).packages?.[0]?.architecture, expected, text);
  }
});

test('a description that is written otherwise, or names no snap, is an unknown', () => {
  for (const text of [
    '',
    'version: 1\n',
    'name:\nversion: 1\n',
    'name: a\nname: b\n',
    'name: |\n  a\n',
    'name:\n  a\n',
    'name: a\n  b\n',
    'name: &a b\n',
    'name: *a\n',
    'name: !!str a\n',
    'name: "a\\x62"\n',
    "name: 'a\n",
    'name: a: b\n',
    'name: \u000ba\n',
    'name: [a]\n',
    '{name: a}\n',
    '"name": a\n',
    '? name\n: a\n',
    'name: a\n---\nname: b\n',
    'rubbish\n',
    '- name: a\n',
    'name: a\narchitectures: {a: b}\n',
    'name: a\narchitectures:\n  a: b\n',
    `name: a\narchitectures:\n${'- a\n'.repeat(65)}`,
    `name: a\narchitectures: [${'a,'.repeat(65)}a]\n`,
  ]) {
    const found = read(DESCRIPTION, text);
    assert.deepEqual([found.packages, found.unknowns?.length], [undefined, 1], text);
  }
});

test('any lines give a snap or an unknown', () => {
  const piece = fc.constantFrom(
    'name: a',
    'version',
    ':',
    ' ',
    "'",
    '"',
    '#',
    '- ',
    '[',
    ']',
    ',',
    'architectures:',
    '\n',
    '\t',
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      try {
        const { packages = [], unknowns = [] } = read(DESCRIPTION, pieces.join(''));
        assert.equal(packages.length + unknowns.length, 1);
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
  );
});

/** Each as somebody could write it; `snap pack` refuses what snapd would not install. */
const WRITTEN: readonly string[] = [
  EXAMPLE,
  'name: \'quoted-name\' # comment\nversion: \'2.0\'\nsummary: a\ndescription: b\nbase: "core24"\nlicense: "GPL-3.0+ OR MIT"\n',
  '---\n# comment\nname:   spaces\nversion: 0.10   # not 0.1\narchitectures: [ arm64, "armhf" ]\nsummary: "a:\n  name: b"\ndescription: >\n  text\n   # no comment\n\nplugs:\n  home:\nbase: bare\n',
  'architectures:\n    - all\nname: indented\nversion: 1e3\nbase:\nsummary: a\ntype: app\nlicense: Proprietary\n',
  'name: core99\nversion: "20240101"\nsummary: a\ntype: base\n',
  'name: epoch-less\r\nversion: 1.000\r\nsummary: a\r\nbase: core22\r\n',
];

test('descriptions say what snap tells of the packed snap', { skip: missing('snap') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-snap-'));
  try {
    for (const [index, text] of WRITTEN.entries()) {
      const source = join(folder, `${index}`);
      mkdirSync(join(source, 'meta'), { recursive: true });
      mkdirSync(join(source, 'bin'));
      writeFileSync(join(source, 'meta/snap.yaml'), text);
      writeFileSync(join(source, 'bin/hello'), '', { mode: 0o755 });
      const file = `${index}.snap`;
      const run = (...args: readonly string[]): string =>
        execFileSync('snap', args, {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, HOME: folder, LC_ALL: 'C.UTF-8' },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      run('pack', '--filename', file, source);
      const told = fieldsOf(run('info', '--verbose', `./${file}`));

      const { packages = [] } = read(DESCRIPTION, readFileSync(join(source, 'meta/snap.yaml'), 'utf8'));
      const { name, version, licenses, requires = [] } = packages[0] ?? {};
      assert.deepEqual(
        { name, version, licenses, requires },
        {
          name: told.get('name'),
          version: told.get('version')?.replace(/ (-|base)$/, ''),
          licenses: [told.get('license') ?? ''].filter((license) => license !== 'unset'),
          requires: [told.get('base') ?? ''].filter((base) => base !== ''),
        },
        text,
      );
      const bytes = readFileSync(join(folder, file));
      assert.equal(snap.read({ path: `var/lib/snapd/snaps/${file}`, bytes }).unknowns?.length, 1);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => /^[a-z]+:/.test(line));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
}
