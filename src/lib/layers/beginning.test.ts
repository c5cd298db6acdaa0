import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Layer } from '#model/image.ts';
import { chunksOf, layerOf, textAnalyser } from '#test/fixtures/layers.ts';
import { writeTar } from '#test/fixtures/tar-writer.ts';
import { readLayer } from './read-layer.ts';

test('an analyser to which the beginning of a file is enough sees no more of it', async () => {
  const beginning = textAnalyser('beginning', () => true, { maxFileBytes: 100, beginningIsEnough: true });
  const whole = textAnalyser('whole', ({ path }) => path === 'b');
  const files = [
    ['a', 99],
    ['b', 101],
    ['c', 100],
    ['d', 5000],
  ] as const;
  const tar = writeTar(files.map(([path, size]) => ({ path, content: Buffer.alloc(size, path) })));
  for (const chunk of [1, 7, 512, 1_000_000]) {
    const layer: Layer = { ...layerOf(tar), content: { kind: 'tar', open: () => chunksOf(tar, chunk) } };
    const read = await readLayer(layer, [beginning, whole], { integrity: 'require' });
    const seen = (id: string): readonly unknown[] =>
      read.facts.filter((fact) => fact.analyser === id).map((fact) => fact.found.unknowns?.[0]);
    assert.deepEqual(
      seen('beginning'),
      files.map(([path, size]) => `${path}=${path.repeat(Math.min(size, 100))}`),
    );
    assert.deepEqual(seen('whole'), [`b=${'b'.repeat(101)}`]);
    assert.deepEqual(read.unreadable, []);
  }
});
