import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { PathHashes } from '#base/path-hash.ts';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { rpmHeader, sqliteDatabase } from '#test/fixtures/rpm-headers.ts';
import { queryRpm, type RpmRow, sortRows } from '#test/fixtures/rpm-oracle.ts';
import { data, missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { rpm } from './index.ts';

evidence('catalogers/rpm', 'published', 'a database of CBL-Mariner 2.0 (SQLite), held against rpm -qa');

const SQLITE = 'var/lib/rpm/rpmdb.sqlite';

const BASH = rpmHeader({
  1000: 'bash',
  1001: '5.2.15',
  1002: '3.el9',
  1003: [1],
  1011: 'A Vendor',
  1014: 'GPLv3+',
  1022: 'x86_64',
  1044: 'bash-shell-5.2.15-3.el9.src.rpm',
  1047: ['bash', 'config(bash)'],
  1049: ['libc.so.6()(64bit)', 'rpmlib(FileDigests)', '/bin/sh', '/bin/sh'],
  1116: [1, 0, 1],
  1117: ['bash', 'skel', 'sh'],
  1118: ['/etc/', '/usr/bin/'],
  5096: 'shells:5:20240101:abcd',
});

catalogerContract(rpm, { example: { path: SQLITE, bytes: sqliteDatabase([BASH], 512) } });

function read(path: string, bytes: Uint8Array): Found {
  return rpm.read({ path, bytes });
}

function hashesOf(paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path.slice(1))));
  return hashes.toText();
}

test('a header becomes a package with its source, module, needs, provisions and files', () => {
  const found = read(SQLITE, sqliteDatabase([BASH]));
  assert.deepEqual(found, {
    packages: [
      {
        type: 'rpm',
        name: 'bash',
        version: '1:5.2.15-3.el9',
        source: { name: 'bash-shell', version: '5.2.15-3.el9' },
        architecture: 'x86_64',
        vendor: 'A Vendor',
        module: 'shells:5:20240101:abcd',
        requires: ['libc.so.6()(64bit)', '/bin/sh'],
        provides: ['config(bash)'],
        licenses: ['GPLv3+'],
      },
    ],
    owned: [
      { package: 'bash', architecture: 'x86_64', files: hashesOf(['/etc/skel', '/usr/bin/bash', '/usr/bin/sh']) },
    ],
  });
});

/** A record and its files in the form of the oracle. */
function rowsOf(found: Found): readonly object[] {
  const files = Map.groupBy(found.owned ?? [], (owned) => `${owned.package} ${owned.architecture ?? ''}`);
  return sortRows(found.packages ?? []).map((record) => ({
    ...record,
    files: files.get(`${record.name} ${record.architecture ?? ''}`)?.map((owned) => sortHashes(owned.files)) ?? [],
  }));
}

/** The oracle's row as a record, made without code of the cataloger. */
function recordOf(row: RpmRow): object {
  const source = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(row.sourceRpm);
  const requires = [...new Set(row.requires)];
  const provides = [...new Set(row.provides)];
  return {
    type: 'rpm',
    name: row.name,
    version: row.version,
    ...(source === null ? {} : { source: { name: source[1], version: source[2] } }),
    ...(row.architecture === '' ? {} : { architecture: row.architecture }),
    ...(row.vendor === '' ? {} : { vendor: row.vendor }),
    ...(row.module === '' ? {} : { module: row.module }),
    ...(requires.length === 0 ? {} : { requires }),
    ...(provides.length === 0 ? {} : { provides }),
    licenses: [row.license],
    files: row.files.length === 0 ? [] : [sortHashes(hashesOf(row.files))],
  };
}

/** Eight bytes a path, in an order of their own. */
function sortHashes(text: string): readonly string[] {
  const hex = Buffer.from(text, 'base64').toString('hex');
  return (hex.match(/.{16}/g) ?? []).toSorted();
}

test('CBL-Mariner 2.0 equals what rpm lists', { skip: missing('shared-data', 'rpm') }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-'));
  try {
    const bytes = gunzipSync(readFileSync(data('spec/rpmdb/cbl-mariner-2.0/rpmdb.sqlite.gz')));
    writeFileSync(join(folder, 'rpmdb.sqlite'), bytes);
    const listed = queryRpm(folder, 'sqlite');
    const found = read(SQLITE, bytes);
    assert.equal(found.unknowns, undefined);
    assert.ok(listed.length >= 128);
    assert.deepEqual(rowsOf(found), listed.map(recordOf));
    t.diagnostic(`${listed.length} packages, ${listed.reduce((sum, row) => sum + row.files.length, 0)} files`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
