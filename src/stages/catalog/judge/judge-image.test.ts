import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Digest } from '#base/digest.ts';
import type { Lifecycle } from '#model/platform/state.ts';
import { evidence } from '#test/evidence.ts';
import { eventsOf, pushTo, repositoryOf } from '#test/fixtures/catalog-world.ts';
import { HARMLESS, type JudgingWorld, openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { data, missing } from '#test/prerequisites.ts';

evidence(
  'catalog/judging',
  'published',
  'the root file systems of Alpine with the advisories of OSV: promoted, held and flagged by the policies that ship',
);

const REPOSITORY = 'team/app';
const STRICT = `${HARMLESS.replace('policies: []', 'policies: [{ policy: fixable-vulnerabilities }]').replace('admit', 'deny')}
severity: high
`;

function rootfs(name: string): Uint8Array {
  return gunzipSync(readFileSync(data(`rootfs/${name}`)));
}

async function pushed(world: JudgingWorld, name: string): Promise<Digest> {
  const digest = await pushTo(world, REPOSITORY, { tag: name.slice(0, 10), layers: [rootfs(name)] });
  await world.analyse(REPOSITORY, digest);
  return digest;
}

async function lifecycleOf(world: JudgingWorld, digest: Digest): Promise<Lifecycle | undefined> {
  const { id } = await repositoryOf(world, REPOSITORY);
  return (await world.store.records.manifests.find(id, digest, null))?.standing.state?.lifecycle;
}

test('a clean image is approved, one with what could be repaired is held', {
  skip: missing('shared-data'),
}, async (context) => {
  const world = await openJudgingWorld(context, { advisories: data('osv'), documents: STRICT });
  const clean = await pushed(world, 'alpine-3.10.9-x86_64.tar.gz');
  const old = await pushed(world, 'alpine-3.8.5-x86_64.tar.gz');
  for (const digest of [clean, old]) {
    assert.equal(await world.judge(REPOSITORY, digest), 'judged');
  }
  const { id } = await repositoryOf(world, REPOSITORY);
  console.log(await world.store.records.judgements.ofImage(id, clean), await world.store.records.judgements.ofImage(id, old));
  assert.deepEqual([await lifecycleOf(world, clean), await lifecycleOf(world, old)], ['approved', 'quarantined']);
  console.log(await eventsOf(world, 'image.judged.v1'));
});
