import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openForTest, temporaryFolder } from '#test/fixtures/open-images.ts';

test('a registry reference is parsed, and refused with what works instead', async (context) => {
  for (const reference of ['alpine', 'quay.io/a/b:v1', 'localhost:5000/app']) {
    await assert.rejects(openForTest(context, reference), {
      code: 'SOURCE_UNSUPPORTED',
      message: /registry.*oci-archive:FILE.*rootfs:DIR/,
      hint: /skopeo copy/,
    });
  }
});

test('nothing is opened once the signal is aborted', async (context) => {
  const folder = temporaryFolder(context);
  await assert.rejects(openForTest(context, folder, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});
