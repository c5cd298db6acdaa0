import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { openOneForTest, temporaryFolder } from '#test/fixtures/open-images.ts';
import { data, missing } from '#test/prerequisites.ts';

evidence('images/rootfs', 'published', 'root file systems of Alpine and BusyBox images');

test('a tarball is the only layer, as it is stored', { skip: missing('shared-data') }, async (context) => {
  for (const name of ['alpine-3.20.3-x86_64', 'busybox-1.37.0-uclibc-x86_64']) {
    const path = data(`rootfs/${name}.tar.gz`);
    const image = await openOneForTest(context, path);
    const [layer] = image.layers;
    const bytes = readFileSync(path);
    assert.deepEqual(
      { ...image, layers: image.layers.length },
      {
        reference: `rootfs:${path}`,
        source: 'rootfs',
        digest: null,
        configDigest: null,
        platform: null,
        index: null,
        config: null,
        layers: 1,
        problems: [],
      },
    );
    assert.ok(layer?.content.kind === 'tar');
    assert.deepEqual([layer.diffId, layer.digest, layer.size], [null, null, bytes.length]);
    // Twice, since a layer may be read more than once.
    for (let time = 0; time < 2; time += 1) {
      assert.ok(bytes.equals(await contentOf(layer.content.open())));
    }
    const aborted = contentOf(layer.content.open(AbortSignal.abort()));
    await assert.rejects(aborted, { name: 'AbortError' });
  }
});

/** A chunk is valid only until the next one. */
async function contentOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) {
    chunks.push(new Uint8Array(chunk));
  }
  return Buffer.concat(chunks);
}

test('a folder is a layer without a tar, its links resolved', async (context) => {
  const folder = realpathSync(temporaryFolder(context));
  mkdirSync(join(folder, 'root/etc'), { recursive: true });
  symlinkSync('root', join(folder, 'link'));
  for (const reference of [`rootfs:${folder}/link`, `${folder}/link`]) {
    const image = await openOneForTest(context, reference);
    assert.deepEqual(image.layers[0]?.content, { kind: 'folder', path: join(folder, 'root') });
  }
});
