import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, eventsOf } from '#test/fixtures/catalog-world.ts';
import {
  type DocumentsWorld,
  environmentText,
  openDocuments,
  person,
  policyText,
  put,
  ROOT,
} from '#test/fixtures/documents-world.ts';
import { applyDocuments, decideException, endException, removeDocument, requestException } from './index.ts';

const ANN = person('ann', 'developer', 'team/*');
const BOB = person('bob', 'approver', 'team/*');
const TOO_MANY = { code: 'DOCUMENTS_TOO_MANY' };

async function approved(world: DocumentsWorld, name: string, expires: number): Promise<void> {
  await requested(world, name, expires);
  await decideException(world, BOB, { name, decision: 'approved', reason: 'looked at' });
}

async function requested(world: DocumentsWorld, name: string, expires: number): Promise<void> {
  await requestException(world, ANN, {
    name,
    scopes: ['team/app'],
    digests: [],
    packages: ['pkg:npm/lodash'],
    rules: ['age/rule'],
    findings: [],
    environments: ['production'],
    reason: 'not reachable',
    owner: 'team',
    ticket: 'SEC-1',
    expires,
    justification: null,
  });
}

async function inForce(world: DocumentsWorld): Promise<readonly string[]> {
  return (await world.active()).set.exceptions.map(({ name }) => name);
}

test('as many documents as there may be keep nobody from ending an exception, and time makes room', async (context) => {
  const world = { ...(await openDocuments(context)), maxDocuments: 6 };
  await put(
    world,
    policyText('age'),
    policyText('spare'),
    environmentText('production', 'age', 'exceptions: { maximum: 30d }\n'),
  );
  const now = world.clock.now();
  await approved(world, 'last', now + 20 * DAY);
  await approved(world, 'short', now + 2 * DAY);
  await approved(world, 'other', now + 2 * DAY);
  await requested(world, 'more', now + 10 * DAY);
  const approve = async () => await decideException(world, BOB, { name: 'more', decision: 'approved', reason: 'ok' });
  await assert.rejects(approve, TOO_MANY);
  const apply = async () =>
    await applyDocuments(world, ROOT, [{ path: 'a.yaml', text: policyText('third') }], { isDryRun: false });
  await assert.rejects(apply, TOO_MANY);
  await endException(world, BOB, { name: 'last', reason: 'mended' });
  await removeDocument(world, ROOT, { kind: 'Policy', name: 'spare' });
  await approve();
  assert.ok((await apply()).isWritten);
  assert.deepEqual(await inForce(world), ['more', 'other', 'short']);
  world.world.hand.time += 3 * DAY;
  await put(world, policyText('fourth'));
  assert.deepEqual(await inForce(world), ['more']);
  const removed = (await eventsOf(world.world, 'document.changed.v1')).filter(({ data }) => data['digest'] === null);
  assert.ok(removed.some(({ subject }) => subject === 'Exception/short'));
});
