import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { evidence } from '#test/evidence.ts';
import { eventsOf } from '#test/fixtures/catalog-world.ts';
import {
  environmentText,
  HEAD,
  openDocuments,
  person,
  policyText,
  put,
  ROOT,
  sourceText,
} from '#test/fixtures/documents-world.ts';
import { applyDocuments, documentHistory, listDocuments, removeDocument } from './index.ts';

evidence('platform/documents', 'self-made', 'documents that are applied, refused and removed through the use cases');

const ALL = { after: null, limit: 100 };
const NEWEST = { before: null, limit: 10 };
const BOTH = [policyText('age'), environmentText('production', 'age')].join('---\n');
const file = (text: string, path = 'a.yaml') => [{ path, text }];

test('documents are created, changed and left as they are, each with a revision, an author and an event', async (context) => {
  const world = await openDocuments(context);
  const created = await applyDocuments(world, ROOT, file(BOTH), { isDryRun: false });
  assert.deepEqual(created, {
    revision: 1,
    isWritten: true,
    issues: [],
    documents: [
      { kind: 'Policy', name: 'age', file: 'a.yaml', change: 'created' },
      { kind: 'Environment', name: 'production', file: 'a.yaml', change: 'created' },
    ],
  });
  const changed = await put(world, policyText('age', '1 == 1'), environmentText('production', 'age'));
  assert.deepEqual([changed.revision, changed.documents.map(({ change }) => change)], [2, ['changed', 'unchanged']]);
  const same = await put(world, `# a comment\n${BOTH.replace('"true"', '"1 == 1"')}`);
  assert.deepEqual([same.revision, same.isWritten], [2, false]);
  assert.deepEqual(
    (await eventsOf(world.world, 'document.changed.v1')).map(({ actor, subject, data }) => [
      actor,
      subject,
      data['kind'],
      data['revision'],
    ]),
    [
      ['user:root', 'Policy/age', 'Policy', 1],
      ['user:root', 'Environment/production', 'Environment', 1],
      ['user:root', 'Policy/age', 'Policy', 2],
    ],
  );
  const history = await documentHistory(world, ROOT, { kind: 'Policy', name: 'age' }, NEWEST);
  assert.deepEqual(
    history.map(({ revision, createdBy }) => [revision, createdBy]),
    [
      [2, 'user:root'],
      [1, 'user:root'],
    ],
  );
  assert.equal(world.asked.length, 2);
  const { revision, set, hasEnvironments } = await world.active();
  assert.equal(revision, 2);
  assert.ok(hasEnvironments);
  assert.deepEqual(
    [set.policies.map(({ name }) => name), set.environments.map(({ name }) => name)],
    [['age'], ['production']],
  );
});

test('all of them or none: what is wrong is told with its line, and nothing is written', async (context) => {
  const world = await openDocuments(context);
  await put(world, BOTH);
  const cases: readonly (readonly [what: string, text: string, code: string, line: number, message: RegExp])[] = [
    ['not YAML', `${policyText('b')}---\nkind: [`, 'not-yaml', 6, /expected valid YAML/],
    [
      'an expression that does not compile',
      `${policyText('b')}---\n${policyText('c', 'nothing.here')}`,
      'compile',
      9,
      /nothing/,
    ],
    [
      'an environment of a policy that there is not',
      environmentText('staging', 'agee'),
      'unknown-policy',
      4,
      /did you mean "age"/,
    ],
    ['an environment that approvals cannot name', environmentText('Pro.d', 'age'), 'environment-name', 3, /lower-case/],
    [
      'a source of an environment that there is not',
      sourceText('hub').replace('production', 'prod'),
      'unknown-environment',
      9,
      /of your own \(production\), found "prod"/,
    ],
    [
      'a source of a trust that there is not',
      sourceText('hub', '  trust: hub\n'),
      'unknown-trust',
      10,
      /there is none/,
    ],
    ['two of a name', `${policyText('b')}---\n${policyText('b')}`, 'name-taken', 8, /found "b"/],
    [
      'sources that meet',
      `${sourceText('one')}---\n${sourceText('two').replace('docker.io', 'quay.io')}`,
      'source-conflict',
      18,
      /found mirror/,
    ],
    [
      'a trust that is wrong',
      `${policyText('b')}---\n${HEAD}kind: Trust\nmetadata: { name: t }\nrulez: []\n`,
      'TRUST_CONFIGURATION_INVALID',
      9,
      /rulez/,
    ],
    [
      'a file of the server',
      `${HEAD}kind: Trust\nmetadata: { name: t }\nsigners:\n  a: { key: { file: /etc/hostname, transparency: none } }\nrules: []\n`,
      'TRUST_CONFIGURATION_INVALID',
      5,
      /below the folder of the server/,
    ],
    [
      'a file outside',
      `${HEAD}kind: Trust\nmetadata: { name: t }\nsigners:\n  a: { key: { file: ../metadata.db, transparency: none } }\nrules: []\n`,
      'TRUST_CONFIGURATION_INVALID',
      5,
      /below the folder of the server/,
    ],
    ['nothing', '# nothing', 'not-yaml', 1, /found nothing/],
  ];
  const before = await listDocuments(world, ROOT, 'Policy', ALL);
  for (const [what, text, code, line, message] of cases) {
    const { issues, isWritten, documents } = await applyDocuments(world, ROOT, file(text), { isDryRun: false });
    assert.deepEqual([isWritten, documents], [false, []], what);
    const issue = issues[0];
    assert.ok(issue !== undefined, what);
    assert.match(issue.message, message, what);
    assert.equal(issue.line, line, `${what}: ${JSON.stringify(issue)}`);
    assert.equal(issue.file, 'a.yaml', what);
    if (code !== 'compile') {
      assert.equal(issue.code, code, what);
    }
  }
  assert.deepEqual(await listDocuments(world, ROOT, 'Policy', ALL), before);
  assert.equal((await world.active()).revision, 1);
});

test('a dry run says what would be, and writes nothing', async (context) => {
  const world = await openDocuments(context);
  const { documents, isWritten } = await applyDocuments(world, ROOT, file(BOTH), { isDryRun: true });
  assert.deepEqual([documents.map(({ change }) => change), isWritten], [['created', 'created'], false]);
  assert.equal((await world.active()).revision, 0);
  assert.deepEqual(await listDocuments(world, ROOT, 'Policy', ALL), []);
});

test('several files are one change, and may need each other', async (context) => {
  const world = await openDocuments(context);
  const texts = [
    { path: 'source.yaml', text: sourceText('hub') },
    { path: 'environment.yaml', text: environmentText('production', 'age') },
    { path: 'policy.yaml', text: policyText('age') },
  ];
  const alone = await applyDocuments(world, ROOT, texts.slice(1, 2), { isDryRun: false });
  assert.equal(alone.issues[0]?.code, 'unknown-policy');
  assert.equal((await applyDocuments(world, ROOT, texts, { isDryRun: false })).isWritten, true);
});

test('without documents what ships decides, and with an environment of one’s own it does not', async (context) => {
  const world = await openDocuments(context);
  const shipped = await world.active();
  assert.ok(!shipped.hasEnvironments);
  assert.ok(shipped.set.environments.some(({ name }) => name === 'production'));
  await put(world, policyText('age'));
  assert.ok(!(await world.active()).hasEnvironments);
  const { issues } = await applyDocuments(world, ROOT, file(sourceText('hub')), { isDryRun: false });
  assert.match(issues[0]?.message ?? '', /an environment of your own \(there is none\), found "production"/);
  await put(world, BOTH);
  const own = await world.active();
  assert.ok(own.hasEnvironments);
  assert.deepEqual(
    own.set.environments.map(({ name }) => name),
    ['production'],
  );
});

test('only an administrator of all writes, and only who may read all reads', async (context) => {
  const world = await openDocuments(context);
  const work = [
    () => applyDocuments(world, person('a', 'admin', 'team/*'), file(BOTH), { isDryRun: true }),
    () => applyDocuments(world, person('a', 'approver'), file(BOTH), { isDryRun: false }),
    () => applyDocuments(world, { ...ROOT, within: [] }, file(BOTH), { isDryRun: false }),
    () => removeDocument(world, person('a', 'auditor'), { kind: 'Policy', name: 'age' }),
    () => listDocuments(world, person('a', 'viewer', 'team/*'), 'Policy', ALL),
    () => documentHistory(world, person('a', 'publisher', 'team/*'), { kind: 'Policy', name: 'age' }, NEWEST),
  ];
  for (const one of work) {
    await assert.rejects(one, { code: 'DOCUMENTS_DENIED' });
  }
  await put(world, BOTH);
  assert.equal((await listDocuments(world, person('a', 'viewer'), 'Policy', ALL)).length, 1);
});

test('what others need stays; what they do not is removed, and its history is kept', async (context) => {
  const world = await openDocuments(context);
  await put(world, BOTH, policyText('spare'));
  await assert.rejects(removeDocument(world, ROOT, { kind: 'Policy', name: 'age' }), {
    code: 'DOCUMENT_NEEDED',
    message: /Environment\/production.*expected the name of a policy, found "age"/,
  });
  await assert.rejects(removeDocument(world, ROOT, { kind: 'Policy', name: 'other' }), { code: 'DOCUMENT_ABSENT' });
  await removeDocument(world, ROOT, { kind: 'Policy', name: 'spare' });
  assert.deepEqual(
    (await listDocuments(world, ROOT, 'Policy', ALL)).map(({ name }) => name),
    ['age'],
  );
  assert.deepEqual(
    (await documentHistory(world, ROOT, { kind: 'Policy', name: 'spare' }, NEWEST)).map(({ isRemoved }) => isRemoved),
    [true, false],
  );
  const events = await eventsOf(world.world, 'document.changed.v1');
  assert.deepEqual([events.at(-1)?.subject, events.at(-1)?.data['digest']], ['Policy/spare', null]);
  assert.equal((await put(world, policyText('spare'))).documents[0]?.change, 'created');
  assert.equal((await documentHistory(world, ROOT, { kind: 'Policy', name: 'spare' }, NEWEST))[0]?.revision, 3);
});

test('what others write between the check and the writing is seen', async (context) => {
  const world = await openDocuments(context);
  await put(world, BOTH, policyText('wanted'));
  let others = 0;
  const store: MetadataStore = {
    ...world.store,
    records: world.store.records,
    transaction: async (work) => {
      others += 1;
      if (others === 1) {
        await removeDocument(world, ROOT, { kind: 'Policy', name: 'wanted' });
      }
      return await world.store.transaction(work);
    },
  };
  const { isWritten, issues } = await applyDocuments(
    { ...world, store },
    ROOT,
    file(environmentText('staging', 'wanted')),
    { isDryRun: false },
  );
  assert.deepEqual([isWritten, issues.map(({ code }) => code)], [false, ['unknown-policy']]);
  assert.equal((await world.active()).revision, 2);
});

test('trust comes with its files, which are below one folder and nowhere else', async (context) => {
  const world = await openDocuments(context);
  const trust = (name: string): string =>
    `${HEAD}kind: Trust\nmetadata: { name: hub }\nsigners:\n  a: { key: { file: "${name}", transparency: none } }\nrules: []\n`;
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(world.trustFolder, 'hub.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  symlinkSync('/etc/hostname', join(world.trustFolder, 'out.pem'));
  for (const name of ['out.pem', 'absent.pem', '.', '..', 'a/../../hub.pem', '/etc/hostname']) {
    const { issues } = await applyDocuments(world, ROOT, file(trust(name)), { isDryRun: true });
    assert.equal(issues[0]?.code, 'TRUST_CONFIGURATION_INVALID', name);
    assert.ok(!JSON.stringify(issues).includes(world.trustFolder), JSON.stringify(issues));
  }
  await put(world, trust('hub.pem'));
  const { trust: active } = await world.active();
  assert.deepEqual([...active.keys()], ['hub']);
  await put(world, BOTH, sourceText('hub', '  trust: hub\n'));
  await assert.rejects(removeDocument(world, ROOT, { kind: 'Trust', name: 'hub' }), { code: 'DOCUMENT_NEEDED' });
});
