import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { closureOf } from './fixtures/closure-oracle.ts';
import { pushClosure } from './fixtures/source-images.ts';
import { startSourceRegistry } from './fixtures/source-registry.ts';
import { missing } from './prerequisites.ts';

for (const kind of ['referrers', 'plain'] as const) {
  test(`a source registry (${kind}) holds all that hangs on an image`, {
    skip: missing('go', 'skopeo', 'docker-registry'),
  }, async (context) => {
    const source = await startSourceRegistry(kind);
    context.after(async () => await source.stop());
    const { repository, tag, index } = await pushClosure(source, temporary(context), 'vendor/app');
    const { manifests, blobs, tags, referrers } = await closureOf(`http://${source.host}`, repository, tag);
    assert.ok(manifests.has(index));
    // An index, two images, two attestations; on the index a bundle, a tag and an SBOM; on that a bundle; on a platform a tag and a signature. Besides, indexes of the fallback.
    const fallbacks = [...tags.keys()].filter((name) => !name.includes('.'));
    assert.equal(manifests.size - fallbacks.length, 11);
    assert.equal(fallbacks.length, kind === 'plain' ? 3 : 0);
    assert.equal(tags.size - fallbacks.length, 2);
    assert.deepEqual(
      [...referrers.values()].map(({ length }) => length).toSorted((a, b) => a - b),
      [1, 1, 2],
    );
    assert.ok(blobs.size >= 15, String(blobs.size));
  });
}

test('a proxy cuts an answer in the middle, and holds one back', {
  skip: missing('go', 'skopeo'),
}, async (context) => {
  const source = await startSourceRegistry('referrers');
  context.after(async () => await source.stop());
  const { repository, tag } = await pushClosure(source, temporary(context), 'vendor/app');
  source.proxy.forget();
  const path = `/v2/${repository}/manifests/${tag}`;
  source.proxy.cut('/manifests/', 10, 1);
  const cut = await fetch(`http://${source.host}${path}`);
  await assert.rejects(cut.arrayBuffer());
  const gate = source.proxy.gate('/manifests/');
  const held = fetch(`http://${source.host}${path}`);
  await gate.reached;
  assert.equal(gate.waiting(), 1);
  gate.open();
  assert.equal((await held).status, 200);
  assert.deepEqual(
    source.proxy.gets(path).map(({ status }) => status),
    [200, 200],
  );
  assert.equal(source.proxy.gets(path)[0]?.bytes, 10);
});

function temporary(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-source-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'layout');
}
