import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openForTest, temporaryFolder } from '#test/fixtures/open-images.ts';

test('nothing is opened once the signal is aborted', async (context) => {
  const folder = temporaryFolder(context);
  await assert.rejects(openForTest(context, folder, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});
