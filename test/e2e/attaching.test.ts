import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '#base/clock.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { parseManifest } from '#lib/oci/documents/manifest.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { attachOptions, hanging, subjectsOf, textsAt } from '#test/fixtures/artifacts.ts';
import type { Task } from '#test/fixtures/attach-many-process.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { pushLayout } from '#test/fixtures/push-layout.ts';
import { signedLayout } from '#test/fixtures/signed/index.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'trust/attaching',
  'real tool',
  'two hundred attachments to one image at once, from four processes, in docker-registry',
);

const root = resolve(import.meta.dirname, '../..');

/** In a process of its own. */
async function attachMany(task: Task): Promise<void> {
  const program = resolve(root, 'test/fixtures/attach-many-process.ts');
  await promisify(execFile)(resolve(root, 'bin/dev'), [program, JSON.stringify(task)], { cwd: root, timeout: 240_000 });
}

function texts(count: number, what: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${what} ${index}`);
}

test('two hundred at once from four processes, without the referrers API: none is lost, and the index is valid', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await pushLayout(signedLayout('cosign2-referrers'), registry.url, 'team/app');
  const [reference, options] = [`${registry.host}/team/app:1.0`, attachOptions(context)];
  const [subject] = (await subjectsOf(reference, options)) as readonly [EvidenceSubject];
  const before = await hanging(reference, options);
  const since = systemClock.now();
  const tasks = [1, 2, 3, 4].map((process) => texts(50, `process ${process}`));
  await Promise.all(tasks.map((referrers) => attachMany({ reference, subject, referrers, tagged: [] })));
  const puts = registry
    .log()
    .split('\n')
    .filter((line) => line.includes('"PUT ') && line.includes(`manifests/sha256-`));
  const writes = puts.filter((line) => !/sha256-[0-9a-f]{64}\./.test(line)).length;
  context.diagnostic(`${systemClock.now() - since} ms, the index was written ${writes} times`);
  const tag = `sha256-${subject.digest.slice(7)}`;
  const answer = await fetch(`${registry.url}/v2/team/app/manifests/${tag}`, {
    headers: { accept: MEDIA_TYPES.index },
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const index = parseManifest(bytes, MEDIA_TYPES.index, 'index');
  assert.ok(index.kind === 'index');
  assert.ok(index.manifests.every(({ artifactType }) => artifactType !== null));
  assert.equal(new Set(index.manifests.map(({ digest }) => digest)).size, index.manifests.length);
  assert.equal((parseStrictJson(bytes, 'index') as { readonly schemaVersion: number }).schemaVersion, 2);
  const { attachments, problems } = await hanging(reference, options);
  assert.deepEqual(problems, []);
  const found = attachments.flatMap(({ blobs }) => blobs.map(({ content }) => Buffer.from(content ?? []).toString()));
  for (const text of tasks.flat()) {
    assert.equal(found.filter((each) => each === text).length, 1, text);
  }
  assert.equal(attachments.length, before.attachments.length + 200);
});

test('signatures under a tag of cosign from several processes', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await pushLayout(signedLayout('cosign2-key'), registry.url, 'team/app');
  const [reference, options] = [`${registry.host}/team/app:1.0`, attachOptions(context)];
  const [subject] = (await subjectsOf(reference, options)) as readonly [EvidenceSubject];
  const before = await textsAt(reference, options);
  const tasks = [1, 2].map((process) => texts(6, `process ${process}`));
  await Promise.all(tasks.map((tagged) => attachMany({ reference, subject, referrers: [], tagged })));
  assert.deepEqual(await textsAt(reference, options), [...before, ...tasks.flat()].toSorted());
});

test('a layout to which several processes attach', async (context) => {
  const folder = temporaryFolder(context);
  cpSync(signedLayout('cosign2-key'), folder, { recursive: true });
  const [reference, options] = [`oci:${folder}:1.0`, attachOptions(context)];
  const [subject] = (await subjectsOf(reference, options)) as readonly [EvidenceSubject];
  const before = await textsAt(reference, options);
  const tasks = [1, 2].map((process) => texts(20, `process ${process}`));
  await Promise.all(tasks.map((each) => attachMany({ reference, subject, referrers: each, tagged: each })));
  assert.deepEqual(await textsAt(reference, options), [...before, ...tasks.flat(), ...tasks.flat()].toSorted());
});
