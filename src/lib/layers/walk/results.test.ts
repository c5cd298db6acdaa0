import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { layerOf, textAnalyser } from '#test/fixtures/layers.ts';
import { writeTar } from '#test/fixtures/tar-writer.ts';
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

test('an archive that is cut between two entries is noticed where no digest does it', async () => {
  const whole = writeTar([{ path: 'a.txt', content: 'a' }, { path: 'b.txt' }]);
  const cut = whole.subarray(0, 1024);
  const unreadable = async (tar: Uint8Array, diffId: Digest | null, digest?: null): Promise<number> => {
    const layer = { ...layerOf(tar, { diffId }), ...(digest === null && { digest }) };
    return (await readLayer(layer, [], { integrity: 'require' })).unreadable.length;
  };
  assert.deepEqual(await Promise.all([unreadable(whole, null, null), unreadable(cut, null, null)]), [0, 1]);
  assert.deepEqual(await Promise.all([unreadable(cut, digestOf(cut), null), unreadable(cut, null)]), [0, 0]);
});
