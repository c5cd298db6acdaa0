import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { type BerkeleyOptions, type BerkeleyStep, writeBerkeley } from '#test/fixtures/rpm-berkeley.ts';
import {
  foundRows,
  listedRows,
  parseListing,
  printManifest,
  queryRpm,
  type RpmRow,
} from '#test/fixtures/rpm-oracle.ts';
import { buildRpms, eraseRpms, fillDatabase, installRpms } from '#test/fixtures/rpm-packages.ts';
import { data, missing } from '#test/prerequisites.ts';
import { rpm } from './index.ts';

evidence(
  'catalogers/rpm',
  'real tool',
  'databases that rpm and libdb write of packages from rpmbuild, held against rpm -qa; a manifest that rpm printed',
);
evidence('catalogers/rpm', 'published', 'databases of CBL-Mariner 2.0, SLE 15 and Red Hat, held against rpm -qa');

const MODULE = 'first:stream:20240101:abcd';
const MANIFEST = 'var/lib/rpmmanifest/container-manifest-2';
const INSTALLED = 100;
const ADDED = 20;

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** What the cataloger finds in a file equals what rpm lists, with needs, provisions and files. */
function assertListed(t: TestContext, name: string, bytes: Uint8Array, listed: readonly RpmRow[], least: number): void {
  const found = rpm.read({ path: `var/lib/rpm/${name}`, bytes });
  assert.equal(found.unknowns, undefined);
  assert.deepEqual(foundRows(found), listedRows(listed));
  assert.ok(listed.length >= least, `${listed.length} packages`);
  t.diagnostic(`${listed.length} packages, ${listed.reduce((sum, row) => sum + row.files.length, 0)} files`);
}

function sample(path: string): Buffer {
  return gunzipSync(readFileSync(data(`spec/rpmdb/${path}.gz`)));
}

/** A folder with one file in it. */
function databaseFolder(name: string, file: string, bytes: Uint8Array): string {
  const database = join(folder, name);
  mkdirSync(database);
  writeFileSync(join(database, file), bytes);
  return database;
}

describe('published databases equal what rpm lists', { skip: missing('shared-data', 'rpm') }, () => {
  test('CBL-Mariner 2.0, SQLite', (t) => {
    const bytes = sample('cbl-mariner-2.0/rpmdb.sqlite');
    const listed = queryRpm(databaseFolder('mariner', 'rpmdb.sqlite', bytes), 'sqlite');
    assertListed(t, 'rpmdb.sqlite', bytes, listed, 129);
  });

  test('CBL-Mariner 2.0, as the manifest that its images without rpm have', (t) => {
    const bytes = sample('cbl-mariner-2.0/rpmdb.sqlite');
    const database = databaseFolder('mariner-manifest', 'rpmdb.sqlite', bytes);
    const manifest = rpm.read({ path: MANIFEST, bytes: printManifest(database) });
    assert.equal(manifest.unknowns, undefined);
    const told = (found: Found): readonly object[] =>
      foundRows(found).map((row) => ({ ...row, licenses: [], requires: [], provides: [], files: [] }));
    const rows = told(manifest);
    assert.deepEqual(rows, told(rpm.read({ path: 'var/lib/rpm/rpmdb.sqlite', bytes })));
    assert.ok(rows.length >= 129, `${rows.length} packages`);
    t.diagnostic(`${rows.length} packages`);
  });

  test('libuuid of RHEL 8, Berkeley DB', (t) => {
    const bytes = sample('libuuid/Packages');
    assertListed(t, 'Packages', bytes, queryRpm(databaseFolder('libuuid', 'Packages', bytes), 'bdb_ro'), 1);
  });

  test('SLE 15, ndb, by way of SQLite, as Debian’s rpm does not know ndb', (t) => {
    const bytes = sample('sle15-bci/Packages.db');
    const database = join(folder, 'sle');
    fillDatabase(database, headersOfNdb(bytes));
    const listed = queryRpm(database, 'sqlite');
    assertListed(t, 'Packages.db', bytes, listed, 35);
  });
});

/** Every header that begins with `BlbS` where a block does. */
function headersOfNdb(bytes: Buffer): readonly Buffer[] {
  const headers: Buffer[] = [];
  for (let at = bytes.indexOf('BlbS'); at !== -1; at = bytes.indexOf('BlbS', at + 1)) {
    if (at % 16 === 0) {
      headers.push(bytes.subarray(at + 16, at + 16 + bytes.readUInt32LE(at + 12)));
    }
  }
  return headers;
}

test('databases that rpm wrote as ndb equal what it listed', (t) => {
  const fixtures = resolve(import.meta.dirname, '../../../../../test/fixtures/rpm-ndb');
  const written = [
    ['Packages.db', 'rpm-qa.txt', 29],
    ['Hundred.db', 'hundred-rpm-qa.txt', 118],
  ] as const;
  for (const [database, listing, least] of written) {
    const bytes = gunzipSync(readFileSync(join(fixtures, `${database}.gz`)));
    const listed = parseListing(gunzipSync(readFileSync(join(fixtures, `${listing}.gz`))).toString());
    assertListed(t, 'Packages.db', bytes, listed, least);
    for (const mark of ['~', '^', ':'] as const) {
      assert.ok(
        listed.some(({ version }) => version.includes(mark)),
        mark,
      );
    }
    assert.ok(listed.some(({ module }) => module !== ''));
  }
});

describe('databases made here, of which packages were removed', { skip: missing('rpm') }, () => {
  let database = '';
  let listed: readonly RpmRow[] = [];

  before(() => {
    database = join(folder, 'made');
    const first = buildRpms(join(folder, 'build'), 'first', INSTALLED, MODULE);
    const second = buildRpms(join(folder, 'build'), 'second', ADDED);
    installRpms(database, first);
    eraseRpms(
      database,
      numbersTo(INSTALLED)
        .filter(isRemoved)
        .map((number) => `first-${number}`),
    );
    installRpms(database, second);
    listed = queryRpm(database, 'sqlite');
  });

  test('SQLite, by rpm', (t) => {
    assertListed(t, 'rpmdb.sqlite', readFileSync(join(database, 'rpmdb.sqlite')), listed, 105);
    const record = listed.find(({ name }) => name === 'first-17');
    assert.equal(record?.version, '0:3.1^20240102-3.el9');
    assert.equal(record.module, MODULE);
    assert.equal(listed.filter(({ version }) => version.includes('~')).length > 20, true);
  });

  const variants: readonly BerkeleyOptions[] = [
    {},
    { order: 'big' },
    { pageSize: 512 },
    { pageSize: 65_536 / 2, order: 'big' },
  ];
  for (const options of variants) {
    const { order = 'little', pageSize = 4096 } = options;
    test(`Berkeley DB, by libdb, ${order}-endian with pages of ${pageSize} bytes`, (t) => {
      const berkeley = join(folder, `berkeley-${order}-${pageSize}`);
      mkdirSync(berkeley);
      const file = join(berkeley, 'Packages');
      writeBerkeley(file, stepsOf(join(database, 'rpmdb.sqlite')), options);
      assert.deepEqual(queryRpm(berkeley, 'bdb_ro'), listed);
      assertListed(t, 'Packages', readFileSync(file), listed, 105);
    });
  }

  /** The same headers under the same numbers, with others in between that are removed again. */
  function stepsOf(file: string): readonly BerkeleyStep[] {
    copyFileSync(file, join(folder, 'copy.sqlite'));
    const copy = new DatabaseSync(join(folder, 'copy.sqlite'));
    const rows = copy.prepare('SELECT hnum, blob FROM Packages ORDER BY hnum').all() as {
      hnum: number;
      blob: Uint8Array;
    }[];
    copy.close();
    const kept = new Set(rows.map(({ hnum }) => hnum));
    const removed = numbersTo(INSTALLED).filter((number) => number > 0 && !kept.has(number));
    assert.ok(removed.length > 10);
    const filler = (number: number): BerkeleyStep => {
      const header = rows[number % rows.length]?.blob ?? new Uint8Array();
      return { kind: 'put', number, header };
    };
    return [
      ...removed.map(filler),
      ...rows.slice(0, 60).map(({ hnum, blob }): BerkeleyStep => ({ kind: 'put', number: hnum, header: blob })),
      ...removed.map((number): BerkeleyStep => ({ kind: 'delete', number })),
      ...rows.slice(60).map(({ hnum, blob }): BerkeleyStep => ({ kind: 'put', number: hnum, header: blob })),
    ];
  }
});

function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}

function isRemoved(number: number): boolean {
  return number % 7 === 0;
}
