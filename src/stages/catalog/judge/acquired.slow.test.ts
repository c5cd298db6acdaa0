import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { StoredTrust } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import { signBundle, trustFromFlags } from '#lib/trust/index.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { LocalRepository } from '#model/platform/local-repository.ts';
import type { SigningKey } from '#model/signing.ts';
import { generateMachineKey, openKey, writeKeyPair } from '#store/keys/index.ts';
import { evidence } from '#test/evidence.ts';
import { attachLocal } from '#test/fixtures/attach-local.ts';
import { eventsOf, HOUR, pushIndexTo, pushTo, repositoryOf, signal, uploadTo } from '#test/fixtures/catalog-world.ts';
import { documents, environment, source, without } from '#test/fixtures/judging-documents.ts';
import { type JudgingWorld, openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { sourceSubject } from '../intake/source-subject.ts';
import { localRepository } from '../local-repository.ts';
import { pushManifest } from '../push-manifest.ts';

evidence('catalog/judging', 'self-made', 'images that a source brought, with and without the signature that it wants');

const REPOSITORY = 'mirror/team/app';
const BRINGER = sourceSubject('upstream', REPOSITORY);
const NO_MUSL = without('no-musl', 'musl');

async function keyOf(world: JudgingWorld, name: string): Promise<SigningKey> {
  const prefix = join(world.folder, name);
  await writeKeyPair(await generateMachineKey(), prefix, { overwrite: false });
  return await openKey(`${prefix}.key`, {
    passphrase: () => Promise.reject(new Error('none')),
    warn: () => undefined,
    environment: {},
    clock: world.clock,
    signal,
  });
}

async function trusting(key: SigningKey): Promise<StoredTrust> {
  const pem = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
  return await trustFromFlags({ keys: ['release.pub'], identity: null, issuer: null, trustedRoot: null }, () =>
    Promise.resolve(Buffer.from(pem.export({ format: 'pem', type: 'spki' }))),
  );
}

async function opened(context: TestContext, trust: string | null = null) {
  const world = await openJudgingWorld(context, { advisories: null, documents: environment() + '---' + NO_MUSL });
  const all = documents(environment(), NO_MUSL, source(trust));
  const [release, stranger] = [await keyOf(world, 'release'), await keyOf(world, 'stranger')];
  context.after(async () => await Promise.all([release.close(), stranger.close()]));
  await world.decideBy(all, new Map(trust === null ? [] : [[trust, await trusting(release)]]));
  return { world, all, release, stranger };
}

async function brought(world: JudgingWorld, packages: readonly string[], text = 'a'): Promise<Digest> {
  const digest = await pushTo(world, REPOSITORY, { layers: [`${text} ${packages.join()}`], by: BRINGER });
  await world.know(REPOSITORY, digest, packages);
  return digest;
}

async function acquiring(world: JudgingWorld, digest: Digest): Promise<Acquisition> {
  const now = world.hand.time;
  const repository = await repositoryOf(world, REPOSITORY);
  const { acquisitions } = world.store.records;
  const begun = await acquisitions.begin({
    id: newId(now, world.random),
    repository,
    source: 'upstream',
    upstream: 'registry.example/team/app',
    reference: 'v1',
    digest,
    state: 'waiting',
    reason: '',
    progress: { manifests: 1, manifestsDone: 1, blobs: 2, blobsDone: 2, bytes: 2, bytesDone: 2 },
    requestedBy: 'user:alice',
    requestedAt: now,
    updatedAt: now,
    finishedAt: null,
    version: 1,
  });
  await acquisitions.update(begun.id, 1, { state: 'judging' }, now);
  return begun;
}

async function endOf(world: JudgingWorld, { id }: Acquisition): Promise<Pick<Acquisition, 'state' | 'reason'>> {
  const found = await world.store.records.acquisitions.find(id);
  return { state: found?.state ?? 'failed', reason: found?.reason ?? '' };
}

async function lifecycleOf(world: JudgingWorld, digest: Digest): Promise<string | undefined> {
  const { id } = await repositoryOf(world, REPOSITORY);
  return (await world.store.records.manifests.find(id, digest, null))?.standing.state?.lifecycle;
}

/** As the source brings it: pushed with the image. */
async function sign(world: JudgingWorld, digest: Digest, key: SigningKey): Promise<void> {
  const repository = await repositoryOf(world, REPOSITORY);
  const manifest = await world.store.records.manifests.find(repository.id, digest, null);
  assert.ok(manifest !== null);
  const { mediaType, size } = manifest;
  const subject = { kind: 'manifest', digest, mediaType, size, platform: null, children: [] } as const;
  const witnesses = { timestamps: [], logs: [] };
  const artifact = await signBundle(subject, key, { now: world.hand.time, signal, witnesses });
  const local: LocalRepository = {
    ...localRepository(world, repository, { listsOwn: true }),
    putBlob: async (_digest, bytes) => void (await uploadTo(world, REPOSITORY, bytes, BRINGER)),
    putManifest: async ({ content, mediaType: contentType, digest: own, tags }) =>
      void (await pushManifest(world, BRINGER, { repository: REPOSITORY, content, contentType, digest: own, tags })),
  };
  await attachLocal(artifact, { repository: 'registry.example/team/app', local }, world.clock);
}

test('what a source brought is promoted with its tag, or held with reasons', async (context) => {
  const { world } = await opened(context);
  const clean = await brought(world, ['zlib@1.2']);
  const first = await acquiring(world, clean);
  await world.judge(REPOSITORY, clean);
  assert.deepEqual(await endOf(world, first), { state: 'promoted', reason: 'admitted for default' });
  const { id } = await repositoryOf(world, REPOSITORY);
  const tags = await world.store.records.tags.list(id, { after: null, limit: 9 });
  assert.deepEqual(tags, [{ name: 'v1', digest: clean }]);
  const dirty = await brought(world, ['musl@1.1']);
  const second = await acquiring(world, dirty);
  await world.judge(REPOSITORY, dirty);
  const held = await endOf(world, second);
  assert.equal(held.state, 'held');
  assert.match(held.reason, /no-musl\/absent: it holds what it must not/);
  assert.deepEqual(await world.store.records.tags.list(id, { after: null, limit: 9 }), tags);
  const finished = await eventsOf(world, 'acquisition.finished.v1');
  assert.deepEqual(
    finished.map(({ data: { state, digest } }) => [state, digest]),
    [
      ['promoted', clean],
      ['held', dirty],
    ],
  );
});

test('an index is decided when the last of its platforms is', async (context) => {
  const { world } = await opened(context);
  const [one, other] = [await brought(world, ['zlib@1.2']), await brought(world, ['zlib@1.2'], 'b')];
  const index = await pushIndexTo(world, REPOSITORY, [one, other]);
  const acquisition = await acquiring(world, index);
  await world.judge(REPOSITORY, one);
  assert.equal((await endOf(world, acquisition)).state, 'judging');
  await world.judge(REPOSITORY, other);
  assert.equal((await endOf(world, acquisition)).state, 'promoted');
});

test('an index that is brought again is decided by what is said of all its platforms now', async (context) => {
  const { world, all } = await opened(context);
  const [one, other] = [await brought(world, ['musl@1.1']), await brought(world, ['musl@1.1'], 'b')];
  const index = await pushIndexTo(world, REPOSITORY, [one, other]);
  const first = await acquiring(world, index);
  await world.judge(REPOSITORY, one);
  await world.judge(REPOSITORY, other);
  assert.equal((await endOf(world, first)).state, 'held');
  world.hand.time += HOUR;
  await world.decideBy(all.replaceAll('musl', 'absent'));
  const again = await acquiring(world, index);
  const { id: repositoryId } = await repositoryOf(world, REPOSITORY);
  const { judgements, tags } = world.store.records;
  assert.equal(await judgements.mark({ kind: 'image', repositoryId, digest: index }, 'new', world.hand.time), 2);
  await world.judge(REPOSITORY, one);
  assert.equal((await endOf(world, again)).state, 'judging');
  await world.judge(REPOSITORY, other);
  assert.equal((await endOf(world, again)).state, 'promoted');
  assert.deepEqual(await tags.list(repositoryId, { after: null, limit: 9 }), [{ name: 'v1', digest: index }]);
});

test('what is not signed as a source wants never leaves quarantine, whatever policy says', async (context) => {
  const { world, release, stranger, all } = await opened(context, 'release');
  const signed = await brought(world, ['zlib@1.2'], 'signed');
  await sign(world, signed, release);
  const forged = await brought(world, ['zlib@1.2'], 'forged');
  await sign(world, forged, stranger);
  const unsigned = await brought(world, ['zlib@1.2'], 'unsigned');
  const ends: string[] = [];
  for (const digest of [signed, forged, unsigned]) {
    const acquisition = await acquiring(world, digest);
    await world.judge(REPOSITORY, digest);
    ends.push((await endOf(world, acquisition)).state);
  }
  assert.deepEqual(ends, ['promoted', 'refused', 'refused']);
  assert.deepEqual(await Promise.all([signed, forged, unsigned].map(async (one) => await lifecycleOf(world, one))), [
    'approved',
    'quarantined',
    'quarantined',
  ]);
  // Whom to trust has changed: there is no grace for that.
  await world.decideBy(
    all.replace('unmatched', 'grace: 7d\nunmatched'),
    new Map([['release', await trusting(stranger)]]),
  );
  await world.judge(REPOSITORY, signed, 'trust');
  assert.equal(await lifecycleOf(world, signed), 'quarantined');
  await world.judge(REPOSITORY, forged, 'trust');
  assert.equal(await lifecycleOf(world, forged), 'approved');
});

test('a platform that is in an index without a signature as well keeps what a signed one gives it', async (context) => {
  const { world, release, stranger } = await opened(context, 'release');
  const [amd, arm] = [await brought(world, ['zlib@1.2'], 'amd'), await brought(world, ['zlib@1.2'], 'arm')];
  const first = await pushIndexTo(world, REPOSITORY, [amd, arm]);
  await sign(world, first, release);
  for (const digest of [amd, arm]) {
    await world.judge(REPOSITORY, digest);
  }
  const lifecycles = async (...digests: readonly Digest[]) =>
    await Promise.all(digests.map(async (digest) => await lifecycleOf(world, digest)));
  assert.deepEqual(await lifecycles(amd, arm, first), ['approved', 'approved', 'approved']);
  // The next one, before its signature is there; one of a stranger; and so many that nobody looks at all of them.
  world.hand.time += HOUR;
  const amdOfNext = await brought(world, ['zlib@1.2'], 'next');
  const next = await pushIndexTo(world, REPOSITORY, [amdOfNext, arm]);
  const forged = await brought(world, ['zlib@1.2'], 'forged');
  for (let count = 0; count < 16; count += 1) {
    world.hand.time += HOUR;
    const other = await brought(world, ['zlib@1.2'], `other ${count}`);
    const index = await pushIndexTo(world, REPOSITORY, [arm, forged, other]);
    await (count === 0 ? sign(world, index, stranger) : Promise.resolve());
  }
  for (const digest of [amdOfNext, arm, forged]) {
    await world.judge(REPOSITORY, digest);
  }
  assert.deepEqual(await lifecycles(arm, first), ['approved', 'approved']);
  // Nobody gets in beside it.
  assert.deepEqual(await lifecycles(amdOfNext, next, forged), ['quarantined', 'quarantined', 'quarantined']);
  await sign(world, next, release);
  await world.judge(REPOSITORY, amdOfNext);
  assert.deepEqual(await lifecycles(amdOfNext, next, arm, first), ['approved', 'approved', 'approved', 'approved']);
});
