import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { memoryFacts, textAnalyser } from '#test/fixtures/layers.ts';
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

test('who found nothing in a layer is one entry, for these very analysers', async () => {
  const facts = memoryFacts();
  const cache = new FactsCache(facts, digestOf('layer'));
  const analysers = [textAnalyser('a', () => false), textAnalyser('b', () => false)];
  assert.deepEqual(await cache.idle(analysers), new Set());
  await cache.putIdle(analysers, new Set(['b']));
  assert.deepEqual([facts.entries.size, await cache.idle(analysers)], [1, new Set(['b'])]);
  const raised = analysers.map((analyser) => ({ ...analyser, version: 2 }));
  for (const others of [raised, analysers.slice(1), [...analysers, textAnalyser('c', () => false)]]) {
    assert.deepEqual(await cache.idle(others), new Set());
  }
});
