import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { LIMITS } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import { ndbDatabase, rpmHeader, sqliteDatabase, withDatabase, words } from '#test/fixtures/rpm-headers.ts';
import { hashesOf } from '#test/fixtures/rpm-oracle.ts';
import { catalogerContract } from '../contract.ts';
import { rpm } from './index.ts';

const SQLITE = 'var/lib/rpm/rpmdb.sqlite';
const NDB = 'usr/lib/sysimage/rpm/Packages.db';
const BDB = 'usr/share/rpm/Packages';

function header(name: string, more: Parameters<typeof rpmHeader>[0] = {}): Buffer {
  return rpmHeader({ 1000: name, 1001: '1', 1002: '2', 1014: 'MIT', ...more });
}

/** Six packages in the database, two more were removed; pages of 512 bytes. */
function berkeley(): Buffer {
  const file = resolve(import.meta.dirname, '../../../../../test/fixtures/rpm-bdb/Packages.gz');
  return gunzipSync(readFileSync(file));
}

catalogerContract(rpm, { example: { path: NDB, bytes: ndbDatabase([header('a'), header('b')]) } });
catalogerContract(rpm, { example: { path: BDB, bytes: berkeley() } });

function read(path: string, bytes: Uint8Array): Found {
  return rpm.read({ path, bytes });
}

function namesIn(found: Found): readonly string[] {
  return (found.packages ?? []).map(({ name }) => name);
}

describe('SQLite', () => {
  const LARGE = header('large', { 1004: 'x'.repeat(3000) });

  test('a row on overflow pages is read whole or not at all', () => {
    const bytes = sqliteDatabase([header('small'), LARGE, header('last')], 512);
    assert.deepEqual(namesIn(read(SQLITE, bytes)), ['small', 'large', 'last']);
    const next = overflowPageOf(bytes, LARGE);
    bytes.writeUInt32BE(0, next);
    const found = read(SQLITE, bytes);
    assert.deepEqual(namesIn(found), ['small', 'last']);
    assert.match(found.unknowns?.[0] ?? '', /^page \d+: expected the whole of a row on overflow pages, found less$/);
  });

  test('overflow pages that go round in a circle, or belong to another row, end it', () => {
    const bytes = sqliteDatabase([LARGE, header('other', { 1004: 'y'.repeat(3000) })], 512);
    const next = overflowPageOf(bytes, LARGE);
    bytes.writeUInt32BE(next / 512 + 1, next);
    const found = read(SQLITE, bytes);
    assert.deepEqual(namesIn(found), ['other']);
    assert.equal(found.unknowns?.length, 1);
  });

  /** Where the first overflow page of a row names the next one. */
  function overflowPageOf(bytes: Buffer, blob: Buffer): number {
    const tail = blob.subarray(1500, 1600);
    return Math.floor(bytes.indexOf(tail) / 512) * 512;
  }

  test('cells that share their bytes do not multiply them', () => {
    const bytes = sqliteDatabase([header('a', { 1004: 'x'.repeat(1000) }), header('b')]);
    const page = bytes.subarray(4096, 8192);
    const leaf = page[0] === 0x0d ? page : assert.fail('expected the table on page 2');
    const cell = leaf.readUInt16BE(8);
    leaf.writeUInt16BE(300, 3);
    for (let at = 8; at < 608; at += 2) {
      leaf.writeUInt16BE(cell, at);
    }
    const found = read(SQLITE, bytes);
    assert.equal(found.packages?.length, 3);
    assert.match(found.unknowns?.[0] ?? '', /^page 2: expected rows beside each other/);
  });

  test('a table of many pages keeps its order, and a child that is named twice is read once', () => {
    const headers = Array.from({ length: 2000 }, (_, index) => header(`package-${index}`));
    const bytes = sqliteDatabase(headers, 512);
    assert.deepEqual(
      namesIn(read(SQLITE, bytes)),
      headers.map((_, index) => `package-${index}`),
    );
    // The last child of the root becomes the first one.
    const first = bytes.readUInt32BE(512 + bytes.readUInt16BE(512 + 12));
    bytes.writeUInt32BE(first, 512 + 8);
    const found = read(SQLITE, bytes);
    assert.ok(namesIn(found).length > 500 && namesIn(found).length < 2000);
    assert.equal(new Set(namesIn(found)).size, namesIn(found).length);
    assert.match(found.unknowns?.[0] ?? '', /^page \d+: expected a page that belongs to one table/);
  });

  test('a file that is no database of rpm is an error', () => {
    const whole = sqliteDatabase([header('a')]);
    const other = withDatabase((database) => database.exec('CREATE TABLE Other (a)'));
    const view = withDatabase((database) => database.exec('CREATE VIEW Packages AS SELECT 1 AS hnum'));
    const utf16 = withDatabase((database) => {
      database.exec("PRAGMA encoding = 'UTF-16'");
      database.exec('CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)');
    });
    for (const bytes of [
      Buffer.from('SQLite format 2'),
      whole.subarray(0, 4096),
      whole.subarray(0, -1),
      other,
      view,
      utf16,
    ]) {
      assert.throws(() => read(SQLITE, bytes), { code: 'PACKAGE_DATABASE_INVALID', object: SQLITE });
    }
  });

  test('names of tables have no case, and rows of other tables are unknowns', () => {
    const lower = withDatabase((database) => {
      database.exec('CREATE TABLE packages (hnum INTEGER PRIMARY KEY, blob BLOB)');
      database.prepare('INSERT INTO packages (blob) VALUES (?)').run(header('a'));
      database.exec("INSERT INTO packages (blob) VALUES ('text')");
    });
    const found = read(SQLITE, lower);
    assert.deepEqual(namesIn(found), ['a']);
    assert.deepEqual(found.unknowns, ['package 2: expected a row of a number and a header, found another']);
  });

  test('changes that wait beside the database are an unknown', () => {
    for (const name of ['rpmdb.sqlite-wal', 'rpmdb.sqlite-journal']) {
      const path = `var/lib/rpm/${name}`;
      assert.ok(rpm.wants({ path, mode: 0o644, size: 0 }));
      assert.deepEqual(read(path, new Uint8Array()), {});
      assert.deepEqual(read(path, Buffer.from('x')).unknowns, [
        'expected a database that is written in full, found changes beside it',
      ]);
    }
  });
});

describe('ndb', () => {
  test('a package that was erased does not count, although its header is still there', () => {
    const slots = ['a', 'b', 'c'].map((name, index) => ({
      number: index + 1,
      header: header(name),
      isUsed: name !== 'b',
    }));
    const found = read(NDB, ndbDatabase(slots));
    assert.deepEqual([namesIn(found), found.unknowns], [['a', 'c'], undefined]);
  });

  test('a number that is given twice counts once, and is an unknown', () => {
    const found = read(
      NDB,
      ndbDatabase([
        { number: 7, header: header('a') },
        { number: 7, header: header('b') },
      ]),
    );
    assert.deepEqual(namesIn(found), ['a']);
    assert.match(found.unknowns?.join() ?? '', /^package 7: expected each header once/);
  });

  test('slots that share a place do not multiply it', () => {
    const bytes = ndbDatabase([header('a', { 1004: 'x'.repeat(10_000) })]);
    for (let at = 48; at < 4096; at += 16) {
      bytes.copyWithin(at, 32, 48);
      bytes.writeUInt32LE(at, at + 4);
    }
    const found = read(NDB, bytes);
    assert.deepEqual(namesIn(found), ['a']);
    assert.ok(found.unknowns?.some((reason) => reason.includes('in a place of its own')));
  });

  test('heads and tails must agree with the slot', () => {
    const places: readonly number[] = [4096, 4096 + 4, 4096 + 12];
    for (const place of places) {
      const bytes = ndbDatabase([header('a'), header('b')]);
      bytes.writeUInt32LE(9, place);
      const found = read(NDB, bytes);
      assert.deepEqual(namesIn(found), ['b']);
      assert.deepEqual(found.unknowns, ['package 1: expected a header where its slot says it is, found none']);
    }
  });
});

describe('Berkeley DB', () => {
  test('a header whose overflow pages end too early is an unknown, the others stand', () => {
    const bytes = berkeley();
    const whole = namesIn(read(BDB, bytes));
    assert.equal(whole.length, 6);
    let cut = 0;
    for (let page = 512; page < bytes.length && cut === 0; page += 512) {
      if (bytes[page + 25] === 7 && bytes.readUInt32LE(page + 16) !== 0) {
        bytes.writeUInt32LE(0, page + 16);
        cut = page;
      }
    }
    const found = read(BDB, bytes);
    assert.equal(namesIn(found).length, 5);
    assert.match(found.unknowns?.join() ?? '', /^package \d: expected the whole of a header on overflow pages/);
  });

  test('a page of a bucket that is none is an unknown', () => {
    const bytes = berkeley();
    const page = Array.from({ length: bytes.length / 512 }, (_, index) => 512 * index).find(
      (at) => at > 0 && bytes[at + 25] === 13 && bytes.readUInt16LE(at + 20) > 0,
    );
    assert.ok(page !== undefined);
    bytes[page + 25] = 0;
    const found = read(BDB, bytes);
    assert.ok(namesIn(found).length < 6);
    assert.equal(found.unknowns?.length, 1);
  });

  test('a bucket that begins at the first page of the file is an unknown', () => {
    const bytes = berkeley();
    bytes.writeUInt32LE(0, 96);
    assert.match(read(BDB, bytes).unknowns?.join() ?? '', /^page 0: expected a page of a bucket/);
  });

  test('other kinds of files and encrypted ones are errors', () => {
    const changes: readonly (readonly [number, number])[] = [
      [12, 0],
      [16, 7],
      [20, 3],
      [24, 1],
      [25, 9],
      [26, 1],
      [33, 1],
      [75, 1],
    ];
    for (const [at, value] of changes) {
      const bytes = berkeley();
      bytes[at] = value;
      assert.throws(() => read(BDB, bytes), { code: 'PACKAGE_DATABASE_INVALID', object: BDB }, `${at}`);
    }
  });
});

describe('headers', () => {
  const broken: ReadonlyMap<string, Buffer> = new Map([
    ['empty', Buffer.alloc(0)],
    ['no entries', words(0, 0)],
    ['more entries than there are', words(0xffff, 0)],
    ['numbers that overflow 32 bits', Buffer.concat([words(0x1000_0000, 8), Buffer.alloc(8)])],
    ['data cut off', header('cut').subarray(0, -1)],
    ['no name', rpmHeader({ 1001: '1' })],
    ['an empty name', header('')],
    ['a name that is a number', rpmHeader({ 1000: [1], 1001: '1' })],
    ['a count past the data', withEntry(12, 0xffff_ffff)],
    ['an offset past the data', withEntry(8, 0x7fff_ffff)],
    ['a type that is none', withEntry(4, 10)],
    ['a name without an end', Buffer.concat([words(1, 3, 1000, 6, 0, 1), Buffer.from('abc')])],
    ['an epoch that is a text', header('a', { 1003: '1' })],
  ]);

  /** Of the name: 4 the type, 8 the offset, 12 the count. */
  function withEntry(at: number, value: number): Buffer {
    const bytes = header('a');
    bytes.writeUInt32BE(value, 8 + at);
    return bytes;
  }

  for (const [what, bytes] of broken) {
    test(`${what}: an unknown with the number of the package, the others stand`, () => {
      const found = read(NDB, ndbDatabase([header('a'), bytes, header('c')]));
      assert.deepEqual(namesIn(found), ['a', 'c']);
      assert.equal(found.unknowns?.length, 1);
      assert.match(found.unknowns[0] ?? '', /^package 2: expected /);
    });
  }

  test('files that cannot be told leave the package', () => {
    const files = { 1116: [0, 1], 1117: ['a', 'b'], 1118: ['/usr/'] };
    const states = { 1116: [0], 1117: ['a'], 1118: ['/usr/'], 1029: Uint8Array.of(0, 0) };
    const fewer = { 1117: ['a', 'b'], 1116: [0], 1118: ['/usr/'] };
    for (const values of [files, states, fewer]) {
      const found = read(NDB, ndbDatabase([header('a', values)]));
      assert.deepEqual([namesIn(found), found.owned, found.unknowns?.length], [['a'], undefined, 1]);
    }
  });

  test('files that were replaced or not installed are nobody’s, and folders must be absolute', () => {
    const values = {
      1029: Uint8Array.of(0, 1, 2, 3, 0, 0),
      1116: [0, 0, 0, 0, 1, 2],
      1117: ['a', 'b', 'c', 'd', 'e', 'f'],
      1118: ['/usr/', 'etc/', '/opt'],
    };
    const found = read(NDB, ndbDatabase([header('a', values)]));
    assert.deepEqual(found.owned, [{ package: 'a', version: '1-2', files: hashesOf(['/usr/a']) }]);
  });

  test('what was added after the package was signed counts instead of what it was', () => {
    const bytes = Buffer.concat([
      words(3, 12, 1000, 6, 0, 1, 1001, 6, 4, 1, 1001, 6, 8, 1),
      Buffer.from('abc\0old\0new\0'),
    ]);
    assert.equal(read(NDB, ndbDatabase([bytes])).packages?.[0]?.version, 'new');
  });

  test('keys are no packages, and a database without a package is an unknown', () => {
    const empty = { packages: [], unknowns: ['expected at least one package, found an empty database'] };
    assert.deepEqual(read(NDB, ndbDatabase([])), empty);
    assert.deepEqual(read(SQLITE, sqliteDatabase([header('gpg-pubkey')])), empty);
  });

  test('epochs count as they are written, 0 as well; without a version there is none', () => {
    const versions = [{ 1003: [0] }, { 1003: [4_294_967_295] }, { 1002: '' }, { 1001: '', 1002: '', 1003: [1] }];
    const found = read(NDB, ndbDatabase(versions.map((values) => header('a', values))));
    assert.deepEqual(
      found.packages?.map(({ version }) => version),
      ['0:1-2', '4294967295:1-2', '1', ''],
    );
  });

  test('an expression that is longer than any stays one name', () => {
    const text = `(${'a or '.repeat(2000)}b)`;
    assert.deepEqual(read(NDB, ndbDatabase([header('a', { 1049: [text, '(c or d)'] })])).packages?.[0]?.requires, [
      text,
      'c',
      'd',
    ]);
  });

  test('more names than may be are an error', () => {
    const many = header('a', { 1047: Array.from({ length: LIMITS.capabilitiesPerFile + 1 }, () => 'x') });
    assert.throws(() => read(NDB, ndbDatabase([many])), { code: 'LIMIT_EXCEEDED', object: NDB });
  });
});
