import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { nix } from './index.ts';
import { parseStorePath, splitName } from './store-path.ts';

evidence('catalogers/nix', 'real tool', 'a database that nix-store wrote, listed by nix-store; names are split by Nix');

const DATABASE = 'nix/var/nix/db/db.sqlite';
const hash = (number: number): string => `${number}`.padStart(32, '0');

interface Path {
  readonly name: string;
  readonly deriver?: string;
  /** Numbers of paths. */
  readonly refers?: readonly number[];
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-nix-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The columns that are read, as Nix has them. */
function database(paths: readonly Path[]): Buffer {
  return inFolder((folder) => {
    const file = join(folder, 'db.sqlite');
    const db = new DatabaseSync(file);
    db.exec(
      'create table ValidPaths (id integer primary key, path text, hash text, registrationTime integer, deriver text)',
    );
    db.exec('create table Refs (referrer integer, reference integer)');
    paths.forEach(({ name, deriver, refers = [] }, index) => {
      const derivation = deriver === undefined ? null : `/nix/store/${hash(900 + index)}-${deriver}.drv`;
      db.prepare('insert into ValidPaths values (?, ?, ?, 1, ?)').run(
        index + 1,
        `/nix/store/${hash(index)}-${name}`,
        '',
        derivation,
      );
      refers.forEach((to) => db.prepare('insert into Refs values (?, ?)').run(index + 1, to + 1));
    });
    db.close();
    return readFileSync(file);
  });
}

const PATHS: readonly Path[] = [
  { name: 'glibc-2.38-44', deriver: 'glibc-2.38-44', refers: [0] },
  { name: 'openssl-3.0.13-dev', refers: [2, 0] },
  { name: 'openssl-3.0.13', deriver: 'openssl-3.0.13', refers: [0, 2, 3] },
  { name: 'setup-hook.sh' },
  { name: 'hello-2.12.1.tar.gz' },
];

catalogerContract(nix, { example: { path: DATABASE, bytes: database(PATHS) } });

function read(bytes: Uint8Array, path = DATABASE): ReturnType<typeof nix.read> {
  return nix.read({ path, bytes });
}

test('outputs of a version are one package, and need what they refer to', () => {
  const [glibc, openssl, ...more] = read(database(PATHS)).packages ?? [];
  const base = (index: number): string => `${hash(index)}-${PATHS[index]?.name}`;
  assert.deepEqual(glibc, { type: 'nix', name: 'glibc', version: '2.38-44', provides: [base(0)], licenses: [] });
  assert.deepEqual(openssl, {
    type: 'nix',
    name: 'openssl',
    version: '3.0.13',
    requires: [base(0), base(3)],
    provides: [base(1), base(2)],
    licenses: [],
  });
  assert.deepEqual(more, []);
});

test('the deriver says where the output begins', () => {
  const path = (name: string): string => `/nix/store/${hash(1)}-${name}`;
  const cases = [
    ['a-1.0-lib', '', 'a', '1.0'],
    ['a-1.0-lib', 'a-1.0-lib.drv', 'a', '1.0-lib'],
    ['a-1.0-strange', 'a-1.0.drv', 'a', '1.0'],
    ['a-1.0-strange', 'b-1.0.drv', 'a', '1.0-strange'],
    ['python3.11-requests-2.31.0', '', 'python3.11-requests', '2.31.0'],
    ['lib-unstable-2023-01-01', '', 'lib-unstable', '2023-01-01'],
  ] as const;
  for (const [name, deriver, expected, version] of cases) {
    const parsed = parseStorePath(path(name), deriver === '' ? '' : path(deriver));
    assert.deepEqual([parsed?.name, parsed?.version], [expected, version], `${name} ${deriver}`);
  }
  for (const name of ['a', 'a-b', 'a-1.drv', 'a-1.tar.gz', 'fix-1.patch']) {
    assert.equal(parseStorePath(path(name), ''), null, name);
  }
  for (const other of [
    '',
    '/usr/bin/a-1',
    `/nix/store/a-1`,
    `${path('a-1')}/bin`,
    `/nix/store/${'e'.repeat(32)}-a-1`,
  ]) {
    assert.equal(parseStorePath(other, ''), null, other);
  }
});

test('what is not whole, or not what it should be, is never clean', () => {
  assert.deepEqual(read(database([])).unknowns, ['expected at least one package, found an empty database']);
  assert.throws(() => read(Buffer.from('rubbish')), { code: 'PACKAGE_DATABASE_INVALID' });
  assert.equal(read(Buffer.from('x'), `${DATABASE}-wal`).unknowns?.length, 1);
  assert.deepEqual(read(new Uint8Array(), `${DATABASE}-wal`), {});
});

test('the database of nix-store has what it lists', { skip: missing('nix') }, () => {
  const paths = Array.from({ length: 300 }, (_, index) => ({
    path: `/nix/store/${hash(index)}-package-p${index % 150}-${index}.0${index % 3 === 0 ? '-dev' : ''}`,
    references: [index, Math.floor(index / 2), Math.floor(index / 3)],
  }));
  inFolder((folder) => {
    const store = ['--store', `local?root=${folder}`];
    const lines = paths.flatMap(({ path, references }) => {
      const referred = [...new Set(references)].map((each) => paths[each]?.path ?? '');
      return [path, '0'.repeat(64), '1', '', `${referred.length}`, ...referred];
    });
    execFileSync('nix-store', [...store, '--load-db'], {
      input: `${lines.join('\n')}\n`,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const dumped = execFileSync('nix-store', [...store, '--dump-db'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const expected = new Set(
      dumped
        .split('\n')
        .filter((line) => line.startsWith('/nix/store/'))
        .map((line) => line.slice('/nix/store/'.length)),
    );
    assert.equal(expected.size, 300);

    const { packages = [], unknowns } = read(readFileSync(join(folder, DATABASE)));
    assert.equal(unknowns, undefined);
    assert.deepEqual(new Set(packages.flatMap(({ provides = [] }) => provides)), expected);
    const needs = packages.find(({ version }) => version === '299.0');
    assert.deepEqual(
      needs?.requires?.toSorted(),
      [paths[99], paths[149]].map((each) => each?.path.slice('/nix/store/'.length)),
    );
  });
});

test('names are split as Nix splits them', { skip: missing('nix') }, () => {
  const names = [
    'a',
    'a-1',
    'a-b-1.2-c',
    'a--1',
    'a-',
    '-1',
    'gtk+3-3.24',
    'x-_1',
    'python3.11-requests-2.31.0',
    'a-b',
  ];
  const expression = `map (n: let d = builtins.parseDrvName n; in [ d.name d.version ]) ${JSON.stringify(names).replaceAll(',', ' ')}`;
  const told = execFileSync(
    'nix-instantiate',
    ['--eval', '--strict', '--json', '--store', 'dummy://', '-E', expression],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  assert.deepEqual(
    names.map((name) => splitName(name)),
    JSON.parse(told),
  );
});
