import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { type MemoryIntake, memoryIntake } from '#test/fixtures/memory-intake.ts';
import { pushLayout } from '#test/fixtures/push-layout.ts';
import { startReferrersRegistry } from '#test/fixtures/referrers-registry.ts';
import { SIGNED_FIXTURES, signedLayout } from '#test/fixtures/signed/index.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { missing } from '#test/prerequisites.ts';
import type { ClosurePlan } from './closure.ts';
import { copyClosure } from './copy.ts';
import { planClosure } from './plan.ts';
import { openUpstream } from './upstream.ts';

evidence(
  'acquire/closure',
  'real tool',
  'what cosign and notation-go hung on images in docker-registry, by tags, and in the registry of go-containerregistry, by the referrers API',
);

/** All blobs of a layout, manifests among them. */
function contentOf(layout: string): readonly string[] {
  const folder = join(layout, 'blobs/sha256');
  return readdirSync(folder).map((name) => digestOf(readFileSync(join(folder, name))));
}

function tagsOf(layout: string): readonly string[] {
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
  };
  return manifests.flatMap(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] ?? []);
}

interface Copied {
  readonly plan: ClosurePlan;
  readonly intake: MemoryIntake;
}

async function copied(context: TestContext, host: string, path: string, reference: string): Promise<Copied> {
  const upstream = await openUpstream({ domain: host, path }, { access: sourceAccess({ clock: systemClock }) });
  context.after(() => upstream.close());
  const { signal } = new AbortController();
  const plan = await planClosure(upstream, reference, { signal });
  const intake = memoryIntake();
  const done = await copyClosure(plan, upstream, intake, { repository: 'mirror/app', acquisition: 'one', signal });
  assert.deepEqual([done.blobsDone, done.bytesDone, done.manifestsDone], [done.blobs, done.bytes, done.manifests]);
  return { plan, intake };
}

async function everythingIsCopied(context: TestContext, url: string, host: string): Promise<void> {
  for (const { id } of SIGNED_FIXTURES) {
    const path = `${id}-${randomUUID()}`;
    await pushLayout(signedLayout(id), url, path);
    const { plan, intake } = await copied(context, host, path, '1.0');
    assert.deepEqual(plan.problems, [], id);
    const expected = contentOf(signedLayout(id));
    const found = new Set<string>([...intake.blobs.keys(), ...intake.manifests.keys()]);
    assert.deepEqual(
      expected.filter((digest) => !found.has(digest)),
      [],
      id,
    );
    for (const [digest, { content }] of intake.manifests) {
      assert.equal(digestOf(content), digest);
    }
    for (const tag of tagsOf(signedLayout(id))) {
      assert.ok(intake.tags.has(tag), `${id} ${tag}`);
    }
    assert.equal(intake.log.at(-1), 'tag 1.0');
  }
}

test('everything that hangs on an image is copied from a registry without the referrers API', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await everythingIsCopied(context, registry.url, registry.host);
});

test('everything that hangs on an image is copied from a registry with the referrers API', {
  skip: missing('go'),
}, async (context) => {
  const registry = await startReferrersRegistry();
  context.after(() => registry.stop());
  await everythingIsCopied(context, registry.url, registry.host);
});
