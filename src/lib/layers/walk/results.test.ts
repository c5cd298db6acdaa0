import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerOf, textAnalyser } from '#test/fixtures/layers.ts';
import { readLayer } from '../read-layer.ts';

const texts = (file: { readonly path: string }): boolean => file.path.endsWith('.txt');

test('what an analyser finds in a layer is held up to a limit, and past it every file is named', async () => {
  const large = textAnalyser('large', texts, {
    read: () => ({ packages: [{ type: 'npm', name: 'n', version: '1', licenses: ['x'.repeat(40 * 2 ** 20)] }] }),
  });
  const small = textAnalyser('small', texts);
  const read = await readLayer(layerOf([{ path: 'a.txt' }, { path: 'b.txt' }]), [large, small], {
    integrity: 'require',
  });
  assert.deepEqual(
    [read.facts.length, read.unreadable.map(({ path, analyser }) => [path, analyser])],
    [3, [['b.txt', 'large']]],
  );
  assert.match(read.unreadable[0]?.reason ?? '', /at most 67108864 bytes of facts/);
});
