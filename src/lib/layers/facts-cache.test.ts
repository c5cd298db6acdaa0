import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { memoryFacts } from '#test/fixtures/layers.ts';
import { FactsCache } from './facts-cache.ts';
import { EMPTY_TABLE } from './table/file-table.ts';

test('facts that are longer than a text can be are not kept, and nothing else happens', async () => {
  const facts = memoryFacts();
  const cache = new FactsCache(facts, digestOf('layer'));
  const table = { table: EMPTY_TABLE, whiteouts: [], opaques: [], unreadable: [] };
  const tooLong = Object.assign([], {
    toJSON: () => {
      throw new RangeError('Invalid string length');
    },
  });
  await cache.putTable({ ...table, whiteouts: tooLong });
  assert.equal(facts.entries.size, 0);
  await cache.putTable(table);
  assert.deepEqual([facts.entries.size, (await cache.table())?.table.length], [1, 0]);
});
