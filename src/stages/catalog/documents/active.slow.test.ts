import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { environmentText, HEAD, openDocuments, policyText, put, ROOT } from '#test/fixtures/documents-world.ts';
import { applyDocuments, decideException, endException, removeDocument } from './index.ts';

test('the set is compiled once for each revision, and by every process for itself', async (context) => {
  const world = await openDocuments(context);
  await put(world, policyText('age'), environmentText('production', 'age'));
  const first = await world.active();
  assert.equal(await world.active(), first);
  const together = await Promise.all([world.active(), world.active(), world.sets.health()]);
  assert.equal(together[0], first);
  await put(world, policyText('age', '1 == 1'));
  const second = await world.active();
  assert.notEqual(second, first);
  assert.deepEqual([first.revision, second.revision], [1, 2]);
  assert.equal(second.changedAt, world.clock.now());
  // What did not change is not read again.
  assert.equal(second.set.environments[0], first.set.environments[0]);
});

test('what a release does not take any more is refused as a whole, told, and mended by other documents', async (context) => {
  const world = await openDocuments(context);
  await put(world, policyText('age'), environmentText('production', 'age'));
  const projectId = (await world.store.records.documents.project('.installation')) ?? '';
  // As a release wrote it that knew more.
  const content = '{"apiVersion":"plimsoll.dev/v2","kind":"Policy","metadata":{"name":"age"}}';
  const write = async (kind: string, name: string, revision: number, text: string): Promise<void> => {
    const record = { kind, name, revision, digest: digestOf(text), content: text, createdBy: 'user:root' };
    assert.ok(
      await world.store.records.documents.write(projectId, {
        ...record,
        createdAt: world.clock.now(),
        isRemoved: false,
      }),
    );
  };
  await write('Policy', 'age', 2, content);
  await write('Set', 'installation', 2, '{"revision":2}');
  for (let count = 0; count < 2; count += 1) {
    await assert.rejects(world.active(), { code: 'DOCUMENTS_UNUSABLE', message: /revision 2: .*Policy\/age/ });
  }
  assert.deepEqual(
    world.errors.map(({ fields }) => fields?.['revision']),
    [2],
  );
  const health = await world.sets.health();
  assert.deepEqual([health.isUsable, health.revision], [false, 2]);
  assert.match(health.problem ?? '', /Policy\/age/);
  const refused = await applyDocuments(world, ROOT, [{ path: 'b.yaml', text: policyText('b') }], { isDryRun: false });
  assert.deepEqual([refused.isWritten, refused.issues[0]?.file], [false, 'Policy/age']);
  await assert.rejects(removeDocument(world, ROOT, { kind: 'Environment', name: 'production' }), {
    code: 'DOCUMENTS_UNUSABLE',
  });
  await put(world, policyText('age', '2 == 2'));
  assert.equal((await world.active()).revision, 3);
  assert.deepEqual(await world.sets.health(), { revision: 3, isUsable: true, problem: null });
});

test('files of trust are read again after a while, and one that is gone is told', async (context) => {
  const world = await openDocuments(context);
  const keyOf = (): string =>
    String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }));
  const file = join(world.trustFolder, 'hub.pem');
  writeFileSync(file, keyOf());
  await put(
    world,
    `${HEAD}kind: Trust\nmetadata: { name: hub }\nsigners:\n  a: { key: { file: hub.pem, transparency: none } }\nrules: []\n`,
  );
  const digestNow = async () => (await world.active()).trust.get('hub')?.digest;
  const first = await digestNow();
  writeFileSync(file, keyOf());
  assert.equal(await digestNow(), first);
  world.world.hand.time += 5 * 60_000;
  assert.notEqual(await digestNow(), first);
  rmSync(file);
  world.world.hand.time += 5 * 60_000;
  await assert.rejects(world.active(), { code: 'DOCUMENTS_UNUSABLE' });
  writeFileSync(file, keyOf());
  world.world.hand.time += 5 * 60_000;
  await world.active();
  assert.equal(world.errors.length, 1);
});

test('a database that does not answer is asked again', async (context) => {
  const world = await openDocuments(context);
  await put(world, policyText('age'), environmentText('production', 'age'));
  const { documents } = world.store.records;
  const list = documents.list.bind(documents);
  const failing = context.mock.method(documents, 'list', async () => await Promise.reject(new Error('away')));
  await assert.rejects(world.active(), { message: 'away' });
  failing.mock.restore();
  assert.equal((await list('x', 'Policy', { after: null, limit: 1 })).length, 0);
  assert.equal((await world.active()).revision, 1);
});

test('a stored document that is damaged decides nothing', async (context) => {
  const world = await openDocuments(context);
  await put(world, policyText('age'), environmentText('production', 'age'));
  const projectId = (await world.store.records.documents.project('.installation')) ?? '';
  const text = '{"state":"approved"}';
  await world.store.records.documents.write(projectId, {
    kind: 'ExceptionRequest',
    name: 'hurt',
    revision: 1,
    digest: digestOf(text),
    content: text,
    createdBy: 'x',
    createdAt: 1,
    isRemoved: false,
  });
  const decision = { name: 'hurt', reason: 'r' };
  await assert.rejects(decideException(world, ROOT, { ...decision, decision: 'approved' }), {
    code: 'DOCUMENT_DAMAGED',
  });
  await assert.rejects(endException(world, ROOT, decision), { code: 'DOCUMENT_DAMAGED' });
});
