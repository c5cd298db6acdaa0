import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { LayerEntry } from '#model/layer.ts';
import { FileTableBuilder } from './builder.ts';
import { decodeTable, encodeTable } from './codec.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).filter((value) => value.isWellFormed()),
  fc.constantFrom('usr/lib/a', 'usr/lib/b', 'usr/lib/日本'),
);
const uint = fc.nat({ max: 4_294_967_295 });
const common = { path: text, mode: fc.nat({ max: 0o7777 }), uid: uint, gid: uint };
const entry: fc.Arbitrary<LayerEntry> = fc.oneof(
  fc.record({ ...common, type: fc.constantFrom('folder', 'char', 'block', 'fifo'), size: fc.constant(0) }),
  fc.record({ ...common, type: fc.constantFrom('symlink', 'hardlink'), size: fc.constant(0), link: text }),
  fc.record({ ...common, type: fc.constant('file'), size: fc.nat({ max: Number.MAX_SAFE_INTEGER }) }),
  fc.record({ ...common, type: fc.constant('file'), size: fc.nat(), sha256: fc.stringMatching(/^[0-9a-f]{64}$/) }),
);

function tableOf(entries: readonly LayerEntry[]): ReturnType<FileTableBuilder['finish']> {
  const builder = new FileTableBuilder('test');
  for (const { sha256, ...rest } of entries) {
    builder.add(rest);
    if (sha256 !== undefined) {
      builder.addHash(Buffer.from(sha256, 'hex'));
    }
  }
  return builder.finish();
}

/** fast-check makes objects without a prototype, which deepEqual tells from ours. */
const plain = (value: LayerEntry): LayerEntry => ({ ...value });

test('a table gives back what was put in, also from its stored form', () => {
  fc.assert(
    fc.property(fc.array(entry.map(plain), { maxLength: 40 }), fc.array(text), (entries, whiteouts) => {
      const table = tableOf(entries);
      assert.equal(table.length, entries.length);
      assert.deepEqual([...table], entries);
      assert.deepEqual([...table], entries, 'a second time');
      const unreadable = [{ path: 'a', analyser: 'layers', reason: 'r' }];
      const decoded = decodeTable(encodeTable({ table, whiteouts, opaques: ['o'], unreadable }));
      assert.ok(decoded !== null);
      assert.deepEqual([...decoded.table], entries);
      assert.deepEqual([decoded.whiteouts, decoded.opaques, decoded.unreadable], [whiteouts, ['o'], unreadable]);
    }),
  );
});

test('columns grow, and paths share what they have in common', () => {
  const paths = Array.from({ length: 50_000 }, (_, index) => `usr/share/doc/package-${index >> 4}/file-${index}`);
  const table = tableOf(
    paths.map((path) => ({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, sha256: 'ab'.repeat(32) })),
  );
  assert.deepEqual(
    [...table].map((item) => item.path),
    paths,
  );
  assert.ok(table.columns.paths.length < 50_000 * 20, `${table.columns.paths.length} bytes`);
});

test('too many bytes of paths are refused', () => {
  const builder = new FileTableBuilder('test');
  const path = 'p'.repeat(LIMITS.pathBytes);
  const fill = (): void => {
    for (let count = 0; count <= LIMITS.layerPathBytes / path.length; count += 1) {
      builder.add({ path, type: 'file', mode: 0, uid: 0, gid: 0, size: 0 });
    }
  };
  assert.throws(fill, (error) => isAppError(error) && error.code === 'LIMIT_EXCEEDED');
});

test('bytes of another version or length are no table', () => {
  const bytes = encodeTable({ table: tableOf([]), whiteouts: [], opaques: [], unreadable: [] });
  assert.ok(decodeTable(bytes) !== null);
  assert.equal(decodeTable(Buffer.concat([bytes, Buffer.from([0])])), null);
  assert.equal(
    decodeTable(Buffer.from(bytes.toString('latin1').replace('"version":1', '"version":2'), 'latin1')),
    null,
  );
});
