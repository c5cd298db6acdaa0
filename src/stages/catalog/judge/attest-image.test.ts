import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { trustFromFlags } from '#lib/trust/index.ts';
import type { SigningKey } from '#model/signing.ts';
import { generateMachineKey, openKey, writeKeyPair } from '#store/keys/index.ts';
import { evidence } from '#test/evidence.ts';
import { DAY, pushTo, repositoryOf, signal } from '#test/fixtures/catalog-world.ts';
import { documents, environment, exception, without } from '#test/fixtures/judging-documents.ts';
import { type JudgingWorld, openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { localRepository } from '../local-repository.ts';
import { attestImage, attestStatement } from './attest-image.ts';
import { judgeImage } from './judge-image.ts';

evidence(
  'trust/own-evidence',
  'self-made',
  'statements of ours about an image of ours, verified as anybody would verify them',
);

const REPOSITORY = 'team/app';
const STRICT = documents(environment(), environment({ name: 'other' }), without('no-musl', 'musl'));

async function keyOf(world: JudgingWorld): Promise<SigningKey> {
  const prefix = join(world.folder, 'signing');
  await writeKeyPair(await generateMachineKey(), prefix, { overwrite: false });
  return await openKey(`${prefix}.key`, {
    passphrase: () => Promise.reject(new Error('none')),
    warn: () => undefined,
    environment: {},
    clock: world.clock,
    signal,
  });
}

interface Referrer {
  readonly digest: string;
  readonly statement: string | undefined;
}

async function ours(world: JudgingWorld, digest: Parameters<JudgingWorld['judge']>[1]): Promise<readonly Referrer[]> {
  const { id } = await repositoryOf(world, REPOSITORY);
  const filter = { after: null, limit: 100, artifactType: null, environment: null };
  const found = await world.store.records.manifests.referrers(id, digest, filter);
  return found
    .map((one) => ({ digest: one.digest, statement: one.annotations['dev.plimsoll.statement'] }))
    .toSorted((a, b) => ((a.statement ?? '') < (b.statement ?? '') ? -1 : 1));
}

async function opened(context: TestContext) {
  const world = await openJudgingWorld(context, { advisories: null, documents: STRICT });
  const key = await keyOf(world);
  context.after(() => key.close());
  const digest = await pushTo(world, REPOSITORY, { layers: ['layer'] });
  await world.know(REPOSITORY, digest, ['zlib@1.2']);
  await world.judge(REPOSITORY, digest);
  return { world, key, digest, image: { repository: REPOSITORY, digest } };
}

test('what we know hangs on the image, signed; what says the same is not attached twice, what is newer takes its place', async (context) => {
  const { world, key, digest, image } = await opened(context);
  const signing = { ...world, key };
  assert.deepEqual(await attestImage(signing, image, signal), { attached: 6, removed: 0 });
  const first = await ours(world, digest);
  assert.deepEqual(
    first.map(({ statement }) => statement),
    ['cyclonedx', 'summary default', 'summary other', 'verdict default', 'verdict other', 'vulnerabilities'],
  );
  assert.deepEqual(await attestImage(signing, image, signal), { attached: 0, removed: 0 });
  world.hand.time += 1000;
  await world.decideBy(documents(environment(), environment({ name: 'other' }), without('no-musl', 'zlib')));
  await world.judge(REPOSITORY, digest, 'policy');
  assert.deepEqual(await attestImage(signing, image, signal), { attached: 4, removed: 4 });
  const second = await ours(world, digest);
  assert.deepEqual(second.length, 6);
  const same = second.filter((one) => first.some((other) => other.digest === one.digest));
  assert.deepEqual(
    same.map(({ statement }) => statement),
    ['cyclonedx', 'vulnerabilities'],
  );
});

test('anybody who trusts our key verifies it, and we ourselves judge nothing by it', async (context) => {
  const { world, key, digest, image } = await opened(context);
  await attestImage({ ...world, key }, image, signal);
  await attestStatement(
    { ...world, key },
    image,
    { name: 'acquisition 1', type: 'https://example.org/a/v1', predicate: { from: 'there' } },
    signal,
  );
  const pem = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
  const trust = await trustFromFlags({ keys: ['our.pub'], identity: null, issuer: null, trustedRoot: null }, () =>
    Promise.resolve(Buffer.from(pem.export({ format: 'pem', type: 'spki' }))),
  );
  const repository = await repositoryOf(world, REPOSITORY);
  const look = async (listsOwn: boolean) =>
    await world.assessor.evidence(
      {
        repository: 'registry.example/team/app',
        local: localRepository(world, repository, { listsOwn }),
        digest,
        index: null,
        trust,
      },
      signal,
    );
  const found = await look(true);
  assert.equal(found.evidence.length, 7);
  assert.ok(
    found.evidence.every(({ trusted }) => trusted),
    JSON.stringify(found.evidence.map(({ rejected }) => rejected)),
  );
  assert.deepEqual((await look(false)).evidence, []);
});

test('what is decided on other grounds is signed anew, also when it comes to the same', async (context) => {
  const { world, key, digest } = await opened(context);
  const strict = documents(environment(), environment({ name: 'other' }), without('no-musl', 'zlib'));
  const from = world.hand.time;
  const asked = async (cause: string): Promise<number> => {
    // Records of one millisecond have no order.
    world.hand.time += 1000;
    let count = 0;
    const askToAttest = (): void => {
      count += 1;
    };
    await judgeImage({ ...world, key, askToAttest }, { repository: REPOSITORY, digest, cause }, signal);
    return count;
  };
  for (const [days, cause, expected] of [
    [1, 'exception', 1],
    [1, 'exception', 0],
    // Admitted as before, by an exception that ends later.
    [2, 'exception', 1],
    [2, 'policy', 0],
    // A statement of others may say what the report tells.
    [2, 'evidence', 1],
    [2, 'advisories', 1],
  ] as const) {
    await world.decideBy(documents(strict, exception('no-musl', digest, { from, to: from + days * DAY })));
    assert.equal(await asked(cause), expected, `${cause}, ${days} days`);
  }
});
