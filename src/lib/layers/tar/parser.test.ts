import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import type { EntryType } from '#model/layer.ts';
import { cut, parse, type Read, sha256 } from '#test/fixtures/tar-events.ts';
import {
  END,
  extension,
  headerBlock,
  padded,
  paxBody,
  paxRecord,
  type TarInput,
  writeEntry,
  writeTar,
} from '#test/fixtures/tar-writer.ts';
import { LayersError } from '../error.ts';

function only(...parts: readonly Uint8Array[]): Read {
  const { entries, problems } = parse([Buffer.concat([...parts, END])]);
  assert.deepEqual(problems, []);
  assert.equal(entries.length, 1);
  return entries[0] ?? assert.fail();
}

const part = fc.stringMatching(/^[a-zA-Z0-9_é-]{1,30}$/);
const path = fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('/'));
const owner = fc.oneof(fc.nat({ max: 65_535 }), fc.constant(2_097_152), fc.constant(4_294_967_294));
const input: fc.Arbitrary<TarInput> = fc.oneof(
  fc.record({
    path,
    content: fc.uint8Array({ maxLength: 3000 }),
    mode: fc.nat({ max: 0o7777 }),
    uid: owner,
    gid: owner,
  }),
  fc.record({ path, type: fc.constantFrom<EntryType>('folder', 'char', 'block', 'fifo'), uid: owner }),
  fc.record({ path, type: fc.constantFrom<EntryType>('symlink', 'hardlink'), link: path }),
);
const archive = fc.record({
  entries: fc.array(input, { maxLength: 8 }),
  format: fc.constantFrom<'pax' | 'gnu'>('pax', 'gnu'),
});

test('what our own writer wrote is read back, whatever the format', () => {
  fc.assert(
    fc.property(archive, ({ entries, format }) => {
      const { entries: found, problems } = parse([writeTar(entries, format)]);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        found,
        entries.map((entry) => {
          const type = entry.type ?? 'file';
          const content = Buffer.from(entry.content ?? '');
          return {
            name: type === 'folder' ? `${entry.path}/` : entry.path,
            type,
            mode: entry.mode ?? (type === 'folder' ? 0o755 : 0o644),
            uid: entry.uid ?? 0,
            gid: entry.gid ?? 0,
            size: content.length,
            link: entry.link ?? '',
            sha256: type === 'file' ? sha256(content) : null,
          };
        }),
      );
    }),
    { numRuns: 200 },
  );
});

test('the same events come however the archive is cut into chunks', () => {
  fc.assert(
    fc.property(archive, fc.array(fc.nat(), { maxLength: 40 }), ({ entries, format }, places) => {
      const tar = writeTar(entries, format);
      assert.deepEqual(parse(cut(tar, places)), parse([tar]));
    }),
    { numRuns: 200 },
  );
});

test('damaged archives end in entries or in an error of our own', () => {
  const flip = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) });
  fc.assert(
    fc.property(
      archive,
      fc.array(flip, { minLength: 1, maxLength: 20 }),
      fc.nat(),
      ({ entries, format }, flips, length) => {
        const tar = writeTar(entries, format);
        for (const { at, value } of flips) {
          tar[at % tar.length] = value;
        }
        try {
          parse([tar.subarray(0, length % 5 === 0 ? length % tar.length : tar.length)]);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('damaged headers with a right checksum end in entries or in an error of our own', () => {
  const field = fc.record({ at: fc.nat({ max: 511 }), bytes: fc.uint8Array({ minLength: 1, maxLength: 24 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...'01234567xgLKSXDVMN\0'.split('')),
      fc.array(field, { maxLength: 6 }),
      fc.uint8Array({ maxLength: 2048 }),
      (flag, fields, body) => {
        const patch = (header: Buffer): void =>
          fields.forEach(({ at, bytes }) => header.set(bytes.subarray(0, 512 - at), at));
        const header = headerBlock({ name: 'a', flag, size: body.length, patch });
        try {
          parse([Buffer.concat([header, padded(body), writeTar([{ path: 'b', content: 'b' }])])]);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('header fields', () => {
  const cases: readonly [string, Parameters<typeof headerBlock>[0], Partial<Read>][] = [
    ['ustar prefix', { name: 'c', flag: '0', prefix: 'a/b' }, { name: 'a/b/c' }],
    [
      'no prefix in GNU headers',
      { name: 'c', flag: '0', format: 'gnu', patch: (h) => h.write('00000000001', 345) },
      { name: 'c' },
    ],
    [
      'prefix in GNU headers without times, as Go reads it',
      { name: 'c', flag: '0', format: 'gnu', prefix: 'a/b' },
      { name: 'a/b/c' },
    ],
    [
      'star prefix',
      { name: 'c', flag: '0', prefix: 'a/b', patch: (h) => h.write('zzzz', 476) && h.write('tar\0', 508) },
      { name: 'a/b/c' },
    ],
    ['v7', { name: 'c', flag: '\0', format: 'v7', prefix: 'ignored' }, { name: 'c', type: 'file' }],
    ['v7 folder by its slash', { name: 'c/', flag: '\0', format: 'v7' }, { name: 'c/', type: 'folder' }],
    ['v7 folder with a size', { name: 'c/', flag: '\0', format: 'v7', size: 512 }, { type: 'folder', size: 0 }],
    ['file with a slash', { name: 'c/', flag: '0' }, { name: 'c/', type: 'file' }],
    ['contiguous', { name: 'c', flag: '7' }, { type: 'file' }],
    ['device', { name: 'c', flag: '3' }, { type: 'char' }],
    [
      'base-256 owner',
      { name: 'c', flag: '0', uid: 3_000_000_000, gid: 2 ** 32 - 1 },
      { uid: 3_000_000_000, gid: 2 ** 32 - 1 },
    ],
    ['negative owner modulo 2^32', { name: 'c', flag: '0', uid: -2 }, { uid: 4_294_967_294 }],
    ['mode with more than permissions', { name: 'c', flag: '0', mode: 0o104_755 }, { mode: 0o4755 }],
    ['blanks around numbers', { name: 'c', flag: '0', patch: (h) => h.write(' 644   ', 100) }, { mode: 0o644 }],
    ['name of 100 bytes', { name: 'n'.repeat(100), flag: '0' }, { name: 'n'.repeat(100) }],
    ['name that is not UTF-8', { name: Buffer.from([0x61, 0xff]), flag: '0' }, { name: 'a\\xff' }],
    // POSIX gives a link no content, whatever its size field says; Go skips none either.
    ['hardlink with a size', { name: 'c', flag: '1', link: 'd', size: 512 }, { type: 'hardlink', size: 0, link: 'd' }],
  ];
  for (const [what, header, expected] of cases) {
    const found = only(headerBlock(header));
    assert.deepEqual({ ...found, ...expected }, found, what);
  }
});

test('extensions', () => {
  const long = `${'folder/'.repeat(30)}file`;
  const file = headerBlock({ name: 'short', flag: '0', size: 3 });
  const content = padded(Buffer.from('abc'));
  const pax = (records: Record<string, string>): Buffer => extension('x', paxBody(records));
  assert.equal(only(pax({ path: long }), file, content).name, long);
  assert.equal(only(extension('L', Buffer.from(`${long}\0junk`)), file, content).name, long);
  assert.equal(only(extension('X', paxBody({ path: long })), file, content).name, long, 'Solaris');
  assert.equal(only(pax({ path: 'pax' }), extension('L', Buffer.from('gnu\0')), file, content).name, 'gnu', 'GNU wins');
  assert.equal(only(pax({ path: '' }), file, content).name, 'short', 'an empty value takes nothing back');
  assert.equal(only(pax({ size: '3' }), headerBlock({ name: 'a', flag: '0', size: 0 }), content).sha256, sha256('abc'));
  assert.equal(only(pax({ uid: '4000000000', gid: '-1' }), file, content).uid, 4_000_000_000);
  assert.equal(only(pax({ 'SCHILY.xattr.security.capability': 'x', mtime: '1.5' }), file, content).name, 'short');
  assert.equal(only(extension('x', paxRecord('path', Buffer.from([0xc3]))), file, content).name, '\\xc3');
  const link = headerBlock({ name: 's', flag: '2', link: 'short' });
  assert.equal(only(pax({ linkpath: long }), link).link, long);
  assert.equal(only(extension('K', Buffer.from(`${long}\0`)), link).link, long);
  const two = parse([Buffer.concat([pax({ path: 'first' }), file, content, file, content, END])]);
  assert.deepEqual(
    two.entries.map(({ name }) => name),
    ['first', 'short'],
    'an extension counts for one entry',
  );
});

test('global headers change nothing, and say so where they wanted to', () => {
  const file = writeEntry({ path: 'a', content: 'a' });
  const harmless = parse([Buffer.concat([extension('g', paxBody({ comment: 'x'.repeat(40), uid: '7' })), file, END])]);
  assert.deepEqual(harmless.problems, []);
  assert.deepEqual(
    harmless.entries.map(({ name, uid }) => [name, uid]),
    [['a', 0]],
  );
  const hostile = parse([Buffer.concat([extension('g', paxBody({ path: 'hidden' })), file, END])]);
  assert.deepEqual(
    hostile.entries.map(({ name }) => name),
    ['a'],
  );
  assert.equal(hostile.problems.length, 1);
  const between = [extension('x', paxBody({ path: 'lost' })), extension('g', paxBody({ comment: 'c' })), file, END];
  assert.deepEqual(
    parse([Buffer.concat(between)]).entries.map(({ name }) => name),
    ['a'],
    'as in Go',
  );
});

test('entries that are no files are passed over or named', () => {
  const odd = (flag: string): Buffer =>
    Buffer.concat([headerBlock({ name: 'odd', flag, size: 5 }), padded(Buffer.from('12345'))]);
  const { entries, problems } = parse([
    Buffer.concat([odd('V'), odd('D'), odd('M'), odd('A'), writeTar([{ path: 'a' }])]),
  ]);
  assert.deepEqual(
    entries.map(({ name, type }) => [name, type]),
    [
      ['odd', 'folder'],
      ['a', 'file'],
    ],
  );
  assert.deepEqual(problems, ['odd: entry of the unknown type "M"', 'odd: entry of the unknown type "A"']);
});

test('the end', () => {
  const file = writeEntry({ path: 'a', content: 'abc' });
  const accepted: readonly [string, readonly Uint8Array[]][] = [
    ['two zero blocks', [file, END]],
    ['garbage behind them', [file, END, Buffer.from('garbage')]],
    ['more zeros', [file, END, Buffer.alloc(10_240)]],
    ['one zero block', [file, Buffer.alloc(512)]],
    ['a part of one', [file, Buffer.alloc(100)]],
    ['none', [file]],
    ['no padding', [file.subarray(0, 515)]],
  ];
  for (const [what, parts] of accepted) {
    assert.equal(parse([Buffer.concat(parts)]).entries.length, 1, what);
  }
  assert.deepEqual(parse([]).entries, []);
});

test('malformed archives are refused with the offset', () => {
  const file = writeEntry({ path: 'a', content: 'abc' });
  const bad = Buffer.from(file);
  bad[0] = 0x62;
  const patched = (patch: (header: Buffer) => void): Buffer => headerBlock({ name: 'a', flag: '0', patch });
  const cases: readonly [string, readonly Uint8Array[], number][] = [
    ['checksum', [file, bad], 1024],
    ['cut header', [file, file.subarray(0, 100)], 0],
    ['cut content', [file.subarray(0, 514)], 0],
    ['cut extension', [extension('x', paxBody({ path: 'a' })).subarray(0, 520)], 0],
    ['single zero block', [Buffer.alloc(512), file], 0],
    ['no octal', [patched((h) => h.write('12x', 124))], 0],
    ['negative size', [patched((h) => h.fill(0xff, 124, 136))], 0],
    ['8 EiB', [patched((h) => h.fill(0, 124, 136) && h.set([0x80, 0, 0, 0, 0x80], 124))], 0],
    [
      'larger than any layer',
      [patched((h) => h.fill(0, 124, 136) && h.set([0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0], 124))],
      0,
    ],
    ['pax record length', [extension('x', Buffer.from('99 path=a\n')), file], 0],
    ['pax record of no length', [extension('x', Buffer.from('path=a\n')), file], 0],
    ['pax record without a value', [extension('x', Buffer.from('7 path\n')), file], 0],
    ['pax record with NUL', [extension('x', paxBody({ path: 'a\0b' })), file], 0],
    ['pax size that is no number', [extension('x', paxBody({ size: '1e9' })), file], 0],
  ];
  for (const [what, parts, offset] of cases) {
    assert.throws(
      () => parse(parts),
      (error) => error instanceof LayersError && error.code === 'TAR_MALFORMED',
      what,
    );
    assert.throws(() => parse(parts), new RegExp(`test.tar: malformed tar at byte ${offset}:`), what);
  }
  const huge = headerBlock({ name: 'x', flag: 'x', size: 2 * 1024 * 1024 });
  assert.throws(
    () => parse([huge]),
    (error) => isAppError(error) && error.code === 'LIMIT_EXCEEDED',
  );
});

test('sparse files of every form are expanded', () => {
  const expected = Buffer.concat([
    Buffer.alloc(1000),
    Buffer.from('abc'),
    Buffer.alloc(997),
    Buffer.from('de'),
    Buffer.alloc(98),
  ]);
  const stored = padded(Buffer.from('abcde'));
  const octal = (value: number): string => `${value.toString(8).padStart(11, '0')}\0`;
  const pairs = (header: Buffer, at: number, values: readonly number[]): void =>
    values.forEach((value, index) => header.write(octal(value), at + index * 12, 'latin1'));
  const old = (extended: boolean): Buffer =>
    headerBlock({
      name: 's',
      flag: 'S',
      size: 5,
      format: 'gnu',
      patch: (header) => {
        pairs(header, 386, extended ? [] : [1000, 3, 2000, 2]);
        header[482] = extended ? 1 : 0;
        header.write(octal(2100), 483, 'latin1');
      },
    });
  const extra = Buffer.alloc(512);
  pairs(extra, 0, [1000, 3, 2000, 2]);
  const plain = headerBlock({ name: 'GNUSparseFile.0/s', flag: '0', size: 5 });
  const map = padded(Buffer.from('2\n1000\n3\n2000\n2\n'));
  const v1 = {
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': 's',
    'GNU.sparse.realsize': '2100',
  };
  const v00 = ['size=2100', 'numblocks=2', 'offset=1000', 'numbytes=3', 'offset=2000', 'numbytes=2']
    .map((record) => record.split('='))
    .map(([keyword = '', value = '']) => paxRecord(`GNU.sparse.${keyword}`, Buffer.from(value)));
  const forms: readonly [string, readonly Uint8Array[]][] = [
    ['old GNU', [old(false), stored]],
    ['old GNU, extended', [old(true), extra, stored]],
    ['0.0', [extension('x', Buffer.concat(v00)), plain, stored]],
    [
      '0.1',
      [
        extension(
          'x',
          paxBody({ 'GNU.sparse.size': '2100', 'GNU.sparse.name': 's', 'GNU.sparse.map': '1000,3,2000,2' }),
        ),
        plain,
        stored,
      ],
    ],
    ['1.0', [extension('x', paxBody(v1)), headerBlock({ name: 'x', flag: '0', size: 517 }), map, stored]],
  ];
  for (const [what, parts] of forms) {
    const found = only(...parts);
    assert.deepEqual([found.size, found.sha256], [2100, sha256(expected)], what);
    assert.deepEqual(parse(cut(Buffer.concat([...parts, END]), [3, 700, 1100, 1600])).entries, [found], `${what}, cut`);
  }
  const huge = paxBody({ 'GNU.sparse.size': String(2 ** 40), 'GNU.sparse.map': '0,5' });
  assert.match(only(extension('x', huge), plain, stored).sha256 ?? '', /too large to be expanded/);
  const lies = paxBody({ 'GNU.sparse.size': '10', 'GNU.sparse.map': '5,3,1,2' });
  assert.throws(() => only(extension('x', lies), plain, stored), /sparse map out of order/);
});
