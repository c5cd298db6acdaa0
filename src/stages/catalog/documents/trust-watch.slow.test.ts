import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pushTo, repositoryOf } from '#test/fixtures/catalog-world.ts';
import { type DocumentsWorld, HEAD, openDocuments, put } from '#test/fixtures/documents-world.ts';
import { ActiveSets, TrustWatch } from './index.ts';

const REPOSITORY = 'team/app';
const TRUST = `${HEAD}kind: Trust\nmetadata: { name: hub }\nsigners:\n  a: { key: { file: hub.pem, transparency: none } }\nrules: []\n`;
const WHILE = 5 * 60_000;

interface Watched {
  readonly folder: string;
  readonly sets: ActiveSets;
  readonly watch: TrustWatch;
}

function writeKey(folder: string): void {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(folder, 'hub.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
}

/** A worker on this machine, or on one of its own with a copy of the files. */
function workerOn(world: DocumentsWorld, folder = world.trustFolder): Watched {
  if (folder !== world.trustFolder) {
    mkdirSync(folder);
    cpSync(world.trustFolder, folder, { recursive: true });
  }
  const sets = new ActiveSets({ ...world, trustFolder: folder });
  return { folder, sets, watch: new TrustWatch(world, sets) };
}

async function open(context: TestContext): Promise<DocumentsWorld & { readonly due: () => Promise<string | null> }> {
  const world = await openDocuments(context);
  writeKey(world.trustFolder);
  const digest = await pushTo(world.world, REPOSITORY, { layers: ['x'] });
  const repository = await repositoryOf(world.world, REPOSITORY);
  const { judgements, inventories } = world.store.records;
  await inventories.assign(repository, digest, { layerSet: null, unknowns: [], analysedAt: 1 });
  await put(world, TRUST);
  const due = async (): Promise<string | null> => {
    const [image] = await judgements.take(1, world.clock.now(), world.clock.now() + 1);
    await judgements.done([{ repositoryId: repository.id, digest: digest }], image?.lease ?? '');
    return image?.cause ?? null;
  };
  await due();
  return { ...world, due };
}

test('other files of trust mark all images once, however many workers read them', async (context) => {
  const world = await open(context);
  const [one, other] = [workerOn(world), workerOn(world)];
  for (const { watch } of [one, other, one]) {
    await watch.run();
  }
  assert.equal(await world.due(), null);
  const before = (await other.sets.current()).trust.get('hub')?.digest;
  writeKey(world.trustFolder);
  await one.watch.run();
  // Not read yet.
  assert.equal(await world.due(), null);
  world.world.hand.time += WHILE - 1;
  await other.sets.reread();
  world.world.hand.time += 1;
  const waits = workerOn(world);
  await one.watch.run();
  assert.equal(await world.due(), 'trust');
  for (const { watch } of [other, waits, one]) {
    await watch.run();
  }
  assert.equal(await world.due(), null);
  assert.notEqual((await other.sets.current()).trust.get('hub')?.digest, before);
  assert.deepEqual(world.asked.length, 2);
});

test('a worker reads files again before it judges what another has marked, and after a restart', async (context) => {
  const world = await open(context);
  const [one, other] = [workerOn(world), workerOn(world)];
  await one.watch.run();
  await other.watch.run();
  world.world.hand.time += WHILE - 1;
  await other.sets.reread();
  writeKey(world.trustFolder);
  world.world.hand.time += 1;
  await one.watch.run();
  const now = (await one.sets.current()).trust.get('hub')?.digest;
  assert.notEqual((await other.sets.current()).trust.get('hub')?.digest, now);
  await other.watch.run();
  assert.equal((await other.sets.current()).trust.get('hub')?.digest, now);
  assert.equal(await world.due(), 'trust');
  // Nobody was there when they changed.
  writeKey(world.trustFolder);
  await workerOn(world).watch.run();
  assert.equal(await world.due(), 'trust');
});

test('machines with other files each mark when theirs change, and not in turns', async (context) => {
  const world = await open(context);
  const one = workerOn(world);
  await one.watch.run();
  const other = workerOn(world, join(world.world.folder, 'elsewhere'));
  await other.watch.run();
  writeKey(one.folder);
  world.world.hand.time += WHILE;
  await one.watch.run();
  assert.equal(await world.due(), 'trust');
  for (const { watch } of [other, one, other, one]) {
    world.world.hand.time += WHILE;
    await watch.run();
    assert.equal(await world.due(), null);
  }
  // Now it has them too: what it judged meanwhile is judged again.
  cpSync(one.folder, other.folder, { recursive: true });
  world.world.hand.time += WHILE;
  await other.watch.run();
  assert.equal(await world.due(), 'trust');
  await one.watch.run();
  assert.equal(await world.due(), null);
});

test('a document that changes is marked by whoever writes it, and not once more', async (context) => {
  const world = await open(context);
  const { watch } = workerOn(world);
  await watch.run();
  await put(
    world,
    TRUST.replace('rules: []', 'rules: []\n# other'),
    TRUST.replaceAll('hub', 'more').replace('more.pem', 'hub.pem'),
  );
  assert.equal(await world.due(), 'trust');
  await watch.run();
  assert.equal(await world.due(), null);
});
