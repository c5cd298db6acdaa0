import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { type ZipEntry, zipArchive } from '#test/fixtures/zip-archive.ts';
import { missing } from '#test/prerequisites.ts';
import { UnpackingBudget } from './unpacking-budget.ts';
import { isZip, openZip } from './zip-archive.ts';

evidence(
  'packages/zip',
  'real tool',
  'archives of Python zipfile: stored, deflated, streamed with data descriptors, ZIP64, and behind a script',
);

const OBJECT = 'app/a.jar';

/** All entries with their contents. */
function unzip(bytes: Uint8Array, budget = new UnpackingBudget()): readonly (readonly [string, string])[] {
  const archive = openZip(bytes, OBJECT, () => true, budget);
  assert.deepEqual(archive.unknowns, []);
  return archive.entries.map((entry) => [entry.name, Buffer.from(archive.read(entry)).toString('latin1')]);
}

function assertRefused(bytes: Uint8Array, expected: RegExp, budget?: UnpackingBudget): void {
  assert.throws(
    () => unzip(bytes, budget),
    (error) => isAppError(error) && error.object === OBJECT && expected.test(error.message),
  );
}

const TWO: readonly ZipEntry[] = [
  { name: 'a.txt', content: 'a'.repeat(1000) },
  { name: 'b/ü.txt', content: 'stored', method: 'stored' },
];
const CONTENTS = [
  ['a.txt', 'a'.repeat(1000)],
  ['b/ü.txt', 'stored'],
];

test('stored and deflated entries, and those of names that are wanted only', () => {
  const bytes = zipArchive(TWO);
  assert.deepEqual(unzip(bytes), CONTENTS);
  const archive = openZip(bytes, OBJECT, (name) => name.startsWith('b/'), new UnpackingBudget());
  assert.deepEqual(
    archive.entries.map((entry) => entry.name),
    ['b/ü.txt'],
  );
  assert.equal(archive.count, 2);
  assert.deepEqual(unzip(zipArchive([])), []);
  assert.ok(isZip(bytes) && isZip(zipArchive([])) && !isZip(Buffer.from('PK')));
});

test('what is in front of an archive is passed over, and a comment may be behind it', () => {
  const bytes = zipArchive(TWO);
  assert.deepEqual(unzip(Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), bytes])), CONTENTS);
  const commented = Buffer.concat([bytes, Buffer.from('PK\x05\x06 is not the end')]);
  commented.writeUInt16LE(commented.length - bytes.length, bytes.length - 2);
  assert.deepEqual(unzip(commented), CONTENTS);
  assertRefused(Buffer.concat([bytes, Buffer.from('more')]), /a record at its end/);
});

test('archives of Python zipfile', { skip: missing('python') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-zip-'));
  try {
    const script = `
import io, sys, zipfile
class Stream(io.RawIOBase):
    def __init__(self, path): self.file = open(path, 'wb')
    def writable(self): return True
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
def fill(archive):
    archive.writestr('a.txt', 'a' * 1000, zipfile.ZIP_DEFLATED)
    archive.writestr('b/ü.txt', 'stored', zipfile.ZIP_STORED)
    archive.close()
fill(zipfile.ZipFile('plain', 'w'))
fill(zipfile.ZipFile(Stream('descriptors'), 'w'))
with open('script', 'wb') as file: file.write(b'#!/bin/sh\\n')
fill(zipfile.ZipFile('script', 'a'))
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 3, 1
fill(zipfile.ZipFile('wide', 'w'))
with open('wide-behind', 'wb') as file: file.write(b'#!/bin/sh\\n' + open('wide', 'rb').read())
`;
    execFileSync('python3', ['-c', script], { cwd: folder });
    for (const name of ['plain', 'descriptors', 'script', 'wide', 'wide-behind']) {
      assert.deepEqual(unzip(readFileSync(join(folder, name))), CONTENTS, name);
    }
    assert.equal(readFileSync(join(folder, 'descriptors')).readUInt16LE(6) & 8, 8);
    assert.ok(readFileSync(join(folder, 'wide')).includes('PK\x06\x06'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('entries that share bytes are refused', () => {
  assertRefused(zipArchive([...TWO, { name: 'c', content: 'a'.repeat(1000), dataOf: 0 }]), /over another/);
  const into = zipArchive([
    { name: 'a', content: zipArchive(TWO), method: 'stored' },
    { name: 'b', content: '' },
  ]);
  const second = into.lastIndexOf('PK\x01\x02');
  into.writeUInt32LE(40, second + 42);
  assertRefused(into, /over another/);
});

test('entries may be listed in another order than they lie in the file, and still share no bytes', () => {
  const bytes = zipArchive(TWO);
  const [first, second] = [bytes.indexOf('PK\x01\x02'), bytes.lastIndexOf('PK\x01\x02')];
  const end = bytes.length - 22;
  const swapped = Buffer.concat([
    bytes.subarray(0, first),
    bytes.subarray(second, end),
    bytes.subarray(first, second),
    bytes.subarray(end),
  ]);
  assert.deepEqual(unzip(swapped), CONTENTS.toReversed());
  const packed = first + (end - second) + 20;
  swapped.writeUInt32LE(swapped.readUInt32LE(packed) + 1, packed);
  assertRefused(swapped, /over another/);
});

test('a name that is there twice is given twice', () => {
  const twice = zipArchive([
    { name: 'a', content: '1' },
    { name: 'a', content: '2' },
  ]);
  assert.deepEqual(unzip(twice), [
    ['a', '1'],
    ['a', '2'],
  ]);
});

test('what contradicts itself is refused', () => {
  const bytes = zipArchive([{ name: 'a.txt', content: 'a'.repeat(1000) }]);
  const directory = bytes.indexOf('PK\x01\x02');
  const end = bytes.indexOf('PK\x05\x06');
  const cases: readonly (readonly [what: string, (damaged: Buffer) => void, RegExp])[] = [
    ['no local header', (damaged) => damaged.write('X', 0), /a header of "a.txt" at 0/],
    ['another name', (damaged) => damaged.write('b', 30), /a header of "a.txt" at 0/],
    ['another method', (damaged) => damaged.writeUInt16LE(0, 8), /a header of "a.txt" at 0/],
    ['a longer local header', (damaged) => damaged.writeUInt16LE(1, 28), /content behind it/],
    ['other content', (damaged) => damaged.writeUInt32LE(1, directory + 16), /checksum 1 /],
    ['more content', (damaged) => damaged.writeUInt32LE(1001, directory + 24), /1001 bytes/],
    ['less content', (damaged) => damaged.writeUInt32LE(999, directory + 24), /999 bytes/],
    ['a size past the directory', (damaged) => damaged.writeUInt32LE(5000, directory + 20), /an entry between/],
    ['an offset past the directory', (damaged) => damaged.writeUInt32LE(5000, directory + 42), /an entry between/],
    ['an unusual method', (damaged) => damaged.writeUInt16LE(93, directory + 10), /method 93/],
    ['encrypted', (damaged) => damaged.writeUInt16LE(1, directory + 8), /encrypted/],
    ['a long name', (damaged) => damaged.writeUInt16LE(500, directory + 28), /an entry of the directory/],
    ['no header', (damaged) => damaged.write('X', directory), /an entry of the directory/],
    ['a large directory', (damaged) => damaged.writeUInt32LE(5000, end + 12), /a directory of 5000 bytes/],
    ['a directory behind', (damaged) => damaged.writeUInt32LE(5000, end + 16), /from 5000 on/],
    ['the second of two files', (damaged) => damaged.writeUInt16LE(1, end + 4), /of several/],
    ['ZIP64 sizes without the field', (damaged) => damaged.writeUInt32LE(0xffffffff, directory + 20), /an entry/],
  ];
  for (const [what, damage, expected] of cases) {
    const damaged = Buffer.from(bytes);
    damage(damaged);
    assertRefused(damaged, expected);
    assert.notDeepEqual(damaged, bytes, what);
  }
});

test('another number of entries than the archive says is told', () => {
  const bytes = zipArchive(TWO);
  bytes.writeUInt16LE(3, bytes.length - 12);
  const archive = openZip(bytes, OBJECT, () => true, new UnpackingBudget());
  assert.deepEqual(archive.unknowns, ['entry 2: the archive says that it has 3 entries, and lists 2']);
});

test('all that is unpacked of a file is bounded in sum', () => {
  const bytes = zipArchive(TWO);
  assert.deepEqual(unzip(bytes, new UnpackingBudget(1000, 2)), CONTENTS);
  assertRefused(bytes, /at most 999 bytes to unpack, found 1000/, new UnpackingBudget(999, 2));
  assertRefused(bytes, /at most 1 entries to list, found 2/, new UnpackingBudget(1000, 1));
  const shared = new UnpackingBudget(1500, 9);
  unzip(bytes, shared);
  assertRefused(bytes, /at most 500 bytes to unpack/, shared);
});

test('whatever is put into an archive comes out of it', () => {
  const entry = fc.record({
    name: fc.string({ unit: 'grapheme', maxLength: 20 }),
    content: fc.uint8Array({ maxLength: 200 }),
    method: fc.constantFrom('stored' as const, 'deflated' as const),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), fc.uint8Array({ maxLength: 50 }), (entries, front) => {
      const bytes = Buffer.concat([front, zipArchive(entries)]);
      assert.deepEqual(
        unzip(bytes),
        entries.map(({ name, content }) => [
          Buffer.from(name).toString('utf8'),
          Buffer.from(content).toString('latin1'),
        ]),
      );
    }),
  );
});

test('damaged archives are refused, or hold nothing that their checksums do not cover', () => {
  const bytes = zipArchive([...TWO, { name: 'c.jar', content: zipArchive(TWO), method: 'stored' }]);
  const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat({ max: bytes.length }), (changes, cut) => {
      const damaged = Buffer.from(bytes);
      for (const [at, value] of changes) {
        damaged[at] = value;
      }
      for (const sample of [damaged, damaged.subarray(0, cut), damaged.subarray(cut)]) {
        try {
          const archive = openZip(sample, OBJECT, () => true, new UnpackingBudget(1_000_000));
          for (const entry of archive.entries) {
            assert.equal(archive.read(entry).length, entry.size);
          }
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }
    }),
    { numRuns: 300 },
  );
});
