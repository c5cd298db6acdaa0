import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { LayerEntry } from '#model/layer.ts';
import { FileTableBuilder } from '../table/builder.ts';
import { encodeTable, type LayerTable } from '../table/codec.ts';
import { checkedTable } from './check-table.ts';

const ENTRIES: readonly LayerEntry[] = [
  { path: '', type: 'folder', mode: 0o755, uid: 0, gid: 0, size: 0 },
  { path: 'usr/bin/a', type: 'file', mode: 0o755, uid: 0, gid: 0, size: 7, sha256: 'ab'.repeat(32) },
  { path: 'usr/bin/b', type: 'symlink', mode: 0o777, uid: 1, gid: 2, size: 0, link: '../../../a' },
  { path: 'usr/bin/日本', type: 'hardlink', mode: 0o755, uid: 0, gid: 0, size: 0, link: 'usr/bin/a' },
  { path: 'usr/share/text', type: 'file', mode: 0o644, uid: 0, gid: 0, size: 2 ** 40 },
  { path: 'dev/null', type: 'char', mode: 0o666, uid: 0, gid: 0, size: 0 },
];

function layerTable(entries: readonly LayerEntry[], more: Partial<LayerTable> = {}): LayerTable {
  const builder = new FileTableBuilder('test');
  for (const { sha256, ...entry } of entries) {
    builder.add(entry);
    if (sha256 !== undefined) {
      builder.addHash(Buffer.from(sha256, 'hex'));
    }
  }
  return { table: builder.finish(), whiteouts: [], opaques: [], unreadable: [], ...more };
}

const first = (change: Partial<LayerEntry>): LayerTable =>
  layerTable([{ path: 'a', type: 'file', mode: 0, uid: 0, gid: 0, size: 0, ...change }]);

test('a table as the walk makes it passes and gives the same entries', () => {
  const table = layerTable(ENTRIES, {
    whiteouts: ['etc/x'],
    opaques: ['etc'],
    unreadable: [{ path: null, analyser: 'layers', reason: 'r' }],
  });
  const checked = checkedTable(encodeTable(table));
  assert.ok(checked !== null);
  assert.deepEqual([...checked.table], ENTRIES);
  assert.deepEqual([checked.whiteouts, checked.opaques, checked.unreadable], [['etc/x'], ['etc'], table.unreadable]);
});

test('tables that no walk makes are refused', () => {
  const unreadable = (entry: unknown): LayerTable => JSON.parse(JSON.stringify({ unreadable: [entry] })) as LayerTable;
  const cases: Readonly<Record<string, LayerTable>> = {
    'a path that leaves the root': first({ path: '../etc/passwd' }),
    'an absolute path': first({ path: '/etc/passwd' }),
    'a path with a NUL': first({ path: 'a\0b' }),
    'a hardlink out of the root': first({ type: 'hardlink', link: '../x' }),
    'a size that is no number of bytes': first({ size: Number.NaN }),
    'a negative size': first({ size: -1 }),
    'a fraction of a byte': first({ size: 0.5 }),
    'a mode with a type in it': first({ mode: 0o100_644 }),
    'a hash of a folder': first({ type: 'folder', sha256: 'ab'.repeat(32) }),
    'a whiteout out of the root': layerTable([], { whiteouts: ['../x'] }),
    'an opaque folder with a slash at its end': layerTable([], { opaques: ['x/'] }),
    'whiteouts that are no list': layerTable([], JSON.parse('{"whiteouts":{"length":1}}') as LayerTable),
    'an entry of somebody else': layerTable([], unreadable({ path: null, analyser: 'dpkg', reason: 'r' })),
    'a reason that is no text': layerTable([], unreadable({ path: null, analyser: 'layers', reason: {} })),
    'a member that nobody knows': layerTable([], unreadable({ path: null, analyser: 'layers', reason: '', x: 1 })),
  };
  for (const [name, table] of Object.entries(cases)) {
    assert.equal(checkedTable(encodeTable(table)), null, name);
  }
});

test('whatever bytes are changed, what passes can be read to its end', () => {
  const whole = encodeTable(layerTable(ENTRIES, { whiteouts: ['a/b'] }));
  const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
  let passed = 0;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), fc.nat({ max: 3 }), (changes, cutOff) => {
      const bytes = Buffer.from(whole.subarray(0, whole.length - cutOff));
      for (const [at, value] of changes) {
        if (at < bytes.length) {
          bytes[at] = value;
        }
      }
      const table = checkedTable(bytes);
      if (table !== null) {
        passed += 1;
        assert.equal([...table.table].length, table.table.length);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(passed >= 10, `only ${passed} passed`);
});
