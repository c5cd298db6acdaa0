import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import { closureWorld, pushWorld } from '#test/fixtures/closure-world.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { type MemoryIntake, memoryIntake } from '#test/fixtures/memory-intake.ts';
import type { UpstreamContents } from '#test/fixtures/memory-upstream.ts';
import { pushLayout } from '#test/fixtures/push-layout.ts';
import { startReferrersRegistry } from '#test/fixtures/referrers-registry.ts';
import { PEOPLE, startRegistry as startOurs } from '#test/fixtures/registry-under-test.ts';
import { SIGNED_FIXTURES, signedLayout } from '#test/fixtures/signed/index.ts';
import { missing } from '#test/prerequisites.ts';
import { accessOfSource } from './access.ts';
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
  const rules = { registry: host, network: 'loopback', tls: 'none' } as const;
  const upstream = await openUpstream({ domain: host, path }, { access: accessOfSource(rules, null, systemClock) });
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

/** Two platforms, an attestation, and what hangs on index, platform and bill of materials, as `contents` has them. */
async function theWorldIsCopied(
  context: TestContext,
  { host, url }: { readonly host: string; readonly url: string },
  contents: UpstreamContents,
): Promise<void> {
  const { documents, tags, blobs = [] } = contents;
  await pushWorld(url, 'team/world', contents);
  const { plan, intake } = await copied(context, host, 'team/world', 'latest');
  assert.deepEqual(plan.problems, []);
  const all = [...documents, ...Object.values(tags)].map(({ digest }) => digest);
  assert.deepEqual([...intake.manifests.keys()].toSorted(), [...new Set(all)].toSorted());
  assert.deepEqual([...intake.blobs.keys()].toSorted(), [...new Set(blobs.map((blob) => digestOf(blob)))].toSorted());
  assert.deepEqual(intake.tags, new Map(Object.entries(tags).map(([tag, { digest }]) => [tag, digest])));
}

test('everything that hangs on an image is copied from a registry without the referrers API', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await everythingIsCopied(context, registry.url, registry.host);
  await theWorldIsCopied(context, registry, closureWorld().withoutApi);
});

test('everything that hangs on an image is copied from a registry with the referrers API', {
  skip: missing('go'),
}, async (context) => {
  const registry = await startReferrersRegistry();
  context.after(() => registry.stop());
  await everythingIsCopied(context, registry.url, registry.host);
  await theWorldIsCopied(context, registry, closureWorld().contents);
});

test('everything that hangs on an image is copied from another registry of ours', async (context) => {
  const registry = await startOurs({ authenticator: { authenticate: () => Promise.resolve(PEOPLE.alice) } });
  context.after(() => registry.stop());
  const [url = ''] = registry.urls;
  await theWorldIsCopied(context, { url, host: new URL(url).host }, closureWorld().contents);
});
