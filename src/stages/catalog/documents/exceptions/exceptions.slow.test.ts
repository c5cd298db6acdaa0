import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subject } from '#model/platform/access.ts';
import { evidence } from '#test/evidence.ts';
import { DAY, eventsOf, HOUR } from '#test/fixtures/catalog-world.ts';
import {
  type DocumentsWorld,
  environmentText,
  HEAD,
  openDocuments,
  person,
  policyText,
  put,
  ROOT,
  sourceText,
} from '#test/fixtures/documents-world.ts';
import {
  applyDocuments,
  decideException,
  type ExceptionRequest,
  type ExceptionWish,
  endException,
  findException,
  listExceptions,
  removeDocument,
  requestException,
} from '../index.ts';

evidence(
  'platform/documents',
  'self-made',
  'exceptions that are asked for, decided about and ended through the use cases',
);

const ANN = person('ann', 'developer', 'team/*');
const BOB = person('bob', 'approver', 'team/*');
const ALL = { after: null, limit: 100, state: null };
const APPROVE = { name: 'lodash', decision: 'approved', reason: 'not reachable' } as const;

async function openWithPolicies(context: Parameters<typeof openDocuments>[0]): Promise<DocumentsWorld> {
  const world = await openDocuments(context);
  await put(
    world,
    policyText('age'),
    environmentText('production', 'age', 'exceptions: { maximum: 30d }\n'),
    environmentText('staging', 'age'),
  );
  return world;
}

function wish(world: DocumentsWorld, changes: Partial<ExceptionWish> = {}): ExceptionWish {
  return {
    name: 'lodash',
    scopes: ['team/app'],
    digests: [],
    packages: ['pkg:npm/lodash'],
    rules: ['age/rule'],
    findings: [],
    environments: ['production'],
    reason: 'not reachable',
    owner: 'team',
    ticket: 'SEC-1',
    expires: world.clock.now() + 10 * DAY,
    justification: null,
    ...changes,
  };
}

async function ask(world: DocumentsWorld, changes: Partial<ExceptionWish> = {}, who = ANN): Promise<ExceptionRequest> {
  return await requestException(world, who, wish(world, changes));
}

async function inForce(world: DocumentsWorld): Promise<readonly string[]> {
  return (await world.active()).set.exceptions.map(({ name }) => name);
}

test('an exception is asked for, approved by somebody else, and decides from then on until it is ended', async (context) => {
  const world = await openWithPolicies(context);
  const requested = await ask(world);
  assert.deepEqual([requested.state, requested.requester], ['pending', { id: 'user:ann', account: 'account-ann' }]);
  assert.deepEqual(await inForce(world), []);
  const { revision } = await world.active();
  world.world.hand.time += HOUR;
  const approved = await decideException(world, BOB, APPROVE);
  assert.deepEqual(
    [approved.state, approved.decider?.id, approved.decision],
    ['approved', 'user:bob', 'not reachable'],
  );
  const active = await world.active();
  assert.equal(active.revision, revision + 1);
  const [exception, ...more] = active.set.exceptions;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [exception?.requester, exception?.approver, exception?.scope.repositories, exception?.environments],
    ['user:ann', 'user:bob', ['plimsoll.example/team/app'], ['production']],
  );
  assert.equal(Date.parse(exception?.requested ?? ''), requested.requestedAt);
  await endException(world, ANN, { name: 'lodash', reason: 'it is fixed' });
  assert.deepEqual(await inForce(world), []);
  assert.deepEqual(
    (await eventsOf(world.world, 'exception.decided.v1')).map(({ actor, data }) => [
      actor,
      data['decision'],
      data['reason'],
    ]),
    [
      ['user:bob', 'approved', 'not reachable'],
      ['user:ann', 'withdrawn', 'it is fixed'],
    ],
  );
  assert.deepEqual(
    (await eventsOf(world.world, 'exception.requested.v1')).map(({ actor, data }) => [actor, data['name']]),
    [['user:ann', 'lodash']],
  );
  assert.deepEqual(
    (await eventsOf(world.world, 'document.changed.v1'))
      .slice(-2)
      .map(({ subject, data }) => [subject, data['digest'] === null]),
    [
      ['Exception/lodash', false],
      ['Exception/lodash', true],
    ],
  );
  // The name is free again.
  assert.equal((await ask(world)).state, 'pending');
});

test('nobody approves what they asked for, by whatever name their account goes', async (context) => {
  const world = await openWithPolicies(context);
  const both: Subject = { ...ANN, grants: [...ANN.grants, ...BOB.grants] };
  await ask(world, {}, both);
  for (const who of [both, { ...both, id: 'user:ann2' }, { ...both, account: 'account-new' }]) {
    await assert.rejects(decideException(world, who, APPROVE), { code: 'EXCEPTION_OWN' });
    await assert.rejects(decideException(world, who, { ...APPROVE, decision: 'rejected' }), { code: 'EXCEPTION_OWN' });
  }
  assert.deepEqual(await inForce(world), []);
  await assert.rejects(decideException(world, { ...BOB, id: 'robot$team+ci' }, APPROVE), { code: 'EXCEPTION_DENIED' });
  const { account: _, ...nobody } = BOB;
  await assert.rejects(decideException(world, nobody, APPROVE), { code: 'EXCEPTION_DENIED' });
  await assert.rejects(decideException(world, { ...BOB, within: [] }, APPROVE), { code: 'EXCEPTION_DENIED' });
});

test('a robot asks for none: it may be that of whoever approves', async (context) => {
  const world = await openWithPolicies(context);
  const robot: Subject = { ...ANN, id: 'robot:team+ci', account: 'account-robot' };
  await assert.rejects(ask(world, {}, robot), { code: 'EXCEPTION_DENIED' });
  await assert.rejects(findException(world, ANN, 'lodash'), { code: 'EXCEPTION_ABSENT' });
});

test('it takes an approver for all that it is for, in all of its environments', async (context) => {
  const world = await openWithPolicies(context);
  await ask(world, { scopes: ['team/app', 'team/lib/*'] });
  for (const who of [
    person('c', 'approver', 'team/app'),
    person('c', 'approver', 'team/*', 'staging'),
    person('c', 'publisher', 'team/*'),
    person('c', 'auditor'),
  ]) {
    await assert.rejects(
      decideException(world, who, APPROVE),
      { code: /EXCEPTION_(DENIED|ABSENT)/ },
      JSON.stringify(who.grants),
    );
  }
  await assert.rejects(decideException(world, person('c', 'approver', 'other/*'), APPROVE), {
    code: 'EXCEPTION_ABSENT',
  });
  await decideException(world, person('c', 'approver', 'team/*', 'production'), APPROVE);
  await ask(world, { name: 'everywhere', environments: [], expires: world.clock.now() + DAY });
  await assert.rejects(
    decideException(world, person('c', 'approver', 'team/*', 'production'), { ...APPROVE, name: 'everywhere' }),
    { code: 'EXCEPTION_DENIED', message: /every environment/ },
  );
  await decideException(world, BOB, { ...APPROVE, name: 'everywhere' });
  assert.deepEqual(await inForce(world), ['everywhere', 'lodash']);
});

test('whoever may not read it all may not ask, and is told nothing of it', async (context) => {
  const world = await openWithPolicies(context);
  for (const scopes of [['other/app'], ['team/app', 'other/app'], ['*'], ['team'], ['te*'], []]) {
    await assert.rejects(ask(world, { scopes }), { code: /EXCEPTION_(DENIED|INVALID)/ }, scopes.join());
  }
  await ask(world);
  const stranger = person('eve', 'approver', 'other/*');
  await assert.rejects(findException(world, stranger, 'lodash'), { code: 'EXCEPTION_ABSENT' });
  await assert.rejects(endException(world, stranger, { name: 'lodash', reason: 'x' }), { code: 'EXCEPTION_ABSENT' });
  assert.deepEqual((await listExceptions(world, stranger, ALL)).exceptions, []);
  assert.equal((await listExceptions(world, ANN, ALL)).exceptions.length, 1);
  assert.equal(
    (await listExceptions(world, person('a', 'auditor'), { ...ALL, state: 'approved' })).exceptions.length,
    0,
  );
  const colleague = person('dan', 'developer', 'team/*');
  await assert.rejects(endException(world, colleague, { name: 'lodash', reason: 'x' }), { code: 'EXCEPTION_DENIED' });
});

test('what could not be approved cannot be asked for', async (context) => {
  const world = await openWithPolicies(context);
  const now = world.clock.now();
  const cases: readonly (readonly [Partial<ExceptionWish>, RegExp])[] = [
    [{ expires: now + 31 * DAY }, /expires: .* at the latest, as the environment production has it/],
    [{ expires: now + 31 * DAY, environments: [] }, /as the environment production has it/],
    [{ expires: now + 91 * DAY, environments: ['staging'] }, /as the environment staging has it/],
    [{ expires: now }, /an instant in the future/],
    [{ expires: Number.NaN }, /an instant in the future/],
    [{ environments: ['prodution'] }, /did you mean "production"/],
    [{ rules: ['age/rulez'] }, /did you mean "age\/rule"/],
    [{ rules: [] }, /at least one of rules and findings/],
    [{ packages: ['lodash'] }, /expected a package URL/],
    [{ digests: ['sha256:1'] }, /expected a digest/],
    [{ reason: '' }, /reason: expected a text/],
    [{ ticket: '' }, /ticket: expected a text/],
    [{ name: '../x' }, /expected a name/],
    [{ justification: 'because' }, /justification/],
  ];
  for (const [changes, message] of cases) {
    await assert.rejects(ask(world, changes), { code: 'EXCEPTION_INVALID', message }, JSON.stringify(changes));
  }
  await ask(world, { environments: ['staging'], expires: now + 90 * DAY });
});

test('it is decided about once, and not when its time is over', async (context) => {
  const world = await openWithPolicies(context);
  await ask(world);
  await assert.rejects(ask(world), { code: 'EXCEPTION_NAME_TAKEN' });
  await decideException(world, BOB, { ...APPROVE, decision: 'rejected' });
  assert.deepEqual(await inForce(world), []);
  await assert.rejects(decideException(world, BOB, APPROVE), { code: 'EXCEPTION_NOT_PENDING' });
  await assert.rejects(endException(world, ANN, { name: 'lodash', reason: 'x' }), { code: 'EXCEPTION_NOT_PENDING' });
  await ask(world);
  world.world.hand.time += 10 * DAY;
  await assert.rejects(decideException(world, BOB, APPROVE), { code: 'EXCEPTION_INVALID' });
  await ask(world);
  await decideException(world, BOB, APPROVE);
  await assert.rejects(ask(world), { code: 'EXCEPTION_NAME_TAKEN' });
  world.world.hand.time += 10 * DAY;
  await ask(world);
  assert.equal((await findException(world, BOB, 'lodash')).state, 'pending');
});

test('of many who decide at once one does', async (context) => {
  const world = await openWithPolicies(context);
  await ask(world);
  const deciders = Array.from({ length: 8 }, (_, index) => person(`b${index}`, 'approver', 'team/*'));
  const results = await Promise.allSettled(
    deciders.map((who, index) =>
      decideException(world, who, { ...APPROVE, decision: index % 2 === 0 ? 'approved' : 'rejected' }),
    ),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await eventsOf(world.world, 'exception.decided.v1')).length, 1);
  const { state } = await findException(world, ANN, 'lodash');
  assert.deepEqual(await inForce(world), state === 'approved' ? ['lodash'] : []);
});

test('a copy is named by where it comes from, and whoever decides has a role wherever that goes', async (context) => {
  const world = await openWithPolicies(context);
  const mirror = person('m', 'developer', 'mirror/*');
  const approver = person('n', 'approver', 'mirror/*');
  await put(world, sourceText('hub'));
  await ask(world, { scopes: ['mirror/library/nginx'] }, mirror);
  await decideException(world, approver, APPROVE);
  const [exception] = (await world.active()).set.exceptions;
  assert.deepEqual(exception?.scope.repositories, ['plimsoll.example/mirror/library/nginx', 'docker.io/library/nginx']);
  await put(world, sourceText('other').replace('into: mirror', 'into: vault'));
  await assert.rejects(ask(world, { name: 'second', scopes: ['mirror/library/*'] }, mirror), {
    code: 'EXCEPTION_DENIED',
    message: /vault\/\*/,
  });
  const all = await ask(world, { name: 'second', scopes: ['mirror/*'] }, person('o', 'developer'));
  assert.equal(all.state, 'pending');
  await assert.rejects(decideException(world, approver, { ...APPROVE, name: 'second' }), {
    code: /EXCEPTION_(ABSENT|DENIED)/,
  });
  await decideException(world, person('p', 'approver'), { ...APPROVE, name: 'second' });
  const second = (await world.active()).set.exceptions.find(({ name }) => name === 'second');
  assert.deepEqual(second?.scope.repositories, ['plimsoll.example/mirror/**', 'docker.io/library/*']);
});

test('a document of kind Exception is asked for by whoever applies it, whatever it says of approvers', async (context) => {
  const world = await openWithPolicies(context);
  const text = `${HEAD}kind: Exception
metadata: { name: written }
scope: { repositories: [registry.example/**] }
for: { rules: [age] }
reason: r
owner: o
requester: somebody
approver: somebody else
ticket: T-1
requested: ${new Date(world.clock.now()).toISOString()}
expires: ${new Date(world.clock.now() + DAY).toISOString()}
`;
  const files = [{ path: 'e.yaml', text }];
  const applied = await applyDocuments(world, ROOT, files, { isDryRun: false });
  assert.deepEqual([applied.isWritten, applied.documents.map(({ change }) => change)], [true, ['requested']]);
  assert.deepEqual(await inForce(world), []);
  const again = await applyDocuments(world, ROOT, files, { isDryRun: false });
  assert.deepEqual([again.isWritten, again.documents.map(({ change }) => change)], [false, ['unchanged']]);
  await assert.rejects(decideException(world, ROOT, { ...APPROVE, name: 'written' }), { code: 'EXCEPTION_OWN' });
  await assert.rejects(decideException(world, BOB, { ...APPROVE, name: 'written' }), { code: 'EXCEPTION_ABSENT' });
  await decideException(world, person('other', 'admin'), { ...APPROVE, name: 'written' });
  const [exception] = (await world.active()).set.exceptions;
  assert.deepEqual([exception?.requester, exception?.approver], ['user:root', 'user:other']);
  const other = await applyDocuments(world, ROOT, [{ path: 'e.yaml', text: text.replace('reason: r', 'reason: s') }], {
    isDryRun: false,
  });
  assert.deepEqual([other.issues[0]?.code, other.issues[0]?.line], ['name-taken', 3]);
  await assert.rejects(removeDocument(world, ROOT, { kind: 'Exception', name: 'written' }), {
    code: 'DOCUMENT_ABSENT',
  });
});
