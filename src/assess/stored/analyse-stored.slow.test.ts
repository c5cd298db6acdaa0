import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import { memoryFacts } from '#test/fixtures/layers.ts';
import type { AnalysisProgram } from '../isolation/command.ts';
import { analyseStored, type StoredAnalysis } from './analyse-stored.ts';

evidence(
  'platform/analysis',
  'self-made',
  'a process that does what one that was taken over could do, in the place of ours',
);

const ROOT = resolve(import.meta.dirname, '../../..');
const HOSTILE = {
  entry: resolve(ROOT, 'test/fixtures/hostile-image-process.ts'),
  readable: ['package.json', 'src', 'node_modules', 'test/fixtures'].map((path) => resolve(ROOT, path)),
};

async function analyse(
  deed: string,
  deadlineSeconds = 60,
  program: AnalysisProgram = HOSTILE,
): Promise<StoredAnalysis> {
  const manifest = Buffer.from('{}');
  return await analyseStored(
    {
      reference: `hostile-${deed}@sha256`,
      digest: digestOf(manifest),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      manifest,
      blobs: [],
      open: () => Promise.resolve(null),
    },
    {
      facts: memoryFacts(),
      version: '1.0.0',
      signal: new AbortController().signal,
      program,
      deadlineSeconds,
    },
  );
}

for (const [deed, reason] of [
  ['exit', /ended before its work was done: exit code 7/],
  ['garbage', /sent a message of the unknown type 127/],
  ['foreign', /sent a blob that it may not read/],
  ['many', /sent the wish for more processes than it may have/],
  ['shape', /sent a message of another shape/],
  ['whole', /sent a message of another shape/],
  ['deep', /sent a result that is too large to be one/],
] as const) {
  test(`a process that does this makes its image an unknown: ${deed}`, async () => {
    const analysis = await analyse(deed);
    assert.ok(analysis.kind === 'unknown', analysis.kind);
    assert.match(analysis.reason, reason);
  });
}

test('a process that cannot be started says nothing of the image', async () => {
  await assert.rejects(analyse('exit', 60, { ...HOSTILE, readable: [] }), { code: 'ANALYSIS_UNAVAILABLE' });
});

test('a process that hangs is ended', async () => {
  const analysis = await analyse('hang', 15);
  assert.ok(analysis.kind === 'unknown');
  assert.match(analysis.reason, /worked on the layer for more than 15 seconds/);
});

test('the process can neither read, write, start anything, nor reach anybody', async (context: TestContext) => {
  let visitors = 0;
  const server = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  context.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const analysis = await analyse(`escape${address.port}`);
  // Signals to others are none of the permission model's matter: our own program takes those functions away before anything is read.
  assert.deepEqual(analysis, { kind: 'unknown', reason: 'it managed: signal.' });
  assert.equal(visitors, 0);
});
