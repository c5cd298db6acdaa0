import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Ask, apiClient, refusedWith } from '#test/fixtures/api-client.ts';
import { type ApiServer, type Login, startApiServer } from '#test/fixtures/api-server.ts';
import { environmentText, policyText } from '#test/fixtures/documents-world.ts';

const DAY = 24 * 60 * 60;
let server: ApiServer;
let admin: Login;
let ask: Ask;
before(async () => {
  server = await startApiServer();
  ({ admin } = server);
  ask = apiClient(server);
  await apply(
    [policyText('age'), environmentText('production', 'age', 'exceptions: { maximum: 30d }\n')].join('---\n'),
  );
});
after(async () => await server.stop());

interface Applied {
  readonly revision: number;
  readonly isWritten: boolean;
  readonly documents: readonly { readonly name: string; readonly change: string }[];
  readonly issues: readonly { readonly file: string; readonly line: number; readonly code: string }[];
}

async function apply(text: string, more: object = {}, as: Login = admin): Promise<Applied> {
  const { status, json } = await ask('POST', '/documents', as, { files: [{ name: 'a.yaml', text }], ...more });
  assert.equal(status, 200, JSON.stringify(json));
  return json as Applied;
}

describe('documents', () => {
  it('are applied, listed, shown with their revisions, and removed', async () => {
    const dry = await apply(policyText('spare'), { dryRun: true });
    assert.deepEqual(
      [dry.isWritten, dry.documents],
      [false, [{ kind: 'Policy', name: 'spare', file: 'a.yaml', change: 'created' }]],
    );
    assert.equal((await ask('GET', '/documents/Policy/spare', admin)).status, 404);
    await apply(policyText('spare'));
    await apply(policyText('spare', '1 == 1'));
    const listed = (await ask('GET', '/documents', admin)).json as {
      items: { kind: string; name: string }[];
      next: null;
    };
    assert.deepEqual(
      [listed.items.map(({ kind, name }) => `${kind}/${name}`), listed.next],
      [['Policy/age', 'Policy/spare', 'Environment/production'], null],
    );
    const pages: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const path = `/documents?limit=1${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`;
      const page = (await ask('GET', path, admin)).json as { items: { name: string }[]; next: string | null };
      pages.push(...page.items.map(({ name }) => name));
      ({ next } = page);
    }
    assert.deepEqual(pages, ['age', 'spare', 'production']);
    const ofKind = (await ask('GET', '/documents?kind=Environment', admin)).json as { items: { name: string }[] };
    assert.deepEqual(
      ofKind.items.map(({ name }) => name),
      ['production'],
    );
    const now = (await ask('GET', '/documents/Policy/spare', admin)).json as {
      revision: number;
      content: { validations: { expression: string }[] };
    };
    assert.deepEqual([now.revision, now.content.validations[0]?.expression], [2, '1 == 1']);
    const first = (await ask('GET', '/documents/Policy/spare?revision=1', admin)).json as typeof now;
    assert.equal(first.content.validations[0]?.expression, 'true');
    assert.equal((await ask('DELETE', '/documents/Policy/spare', admin)).status, 204);
    const history = (await ask('GET', '/documents/Policy/spare/revisions', admin)).json as {
      items: { revision: number; isRemoved: boolean }[];
    };
    assert.deepEqual(
      history.items.map(({ revision, isRemoved }) => [revision, isRemoved]),
      [
        [3, true],
        [2, false],
        [1, false],
      ],
    );
    const page = (await ask('GET', '/documents/Policy/spare/revisions?limit=1&after=3', admin)).json as typeof history;
    assert.deepEqual([page.items.map(({ revision }) => revision), (page as { next?: string }).next], [[2], '2']);
    refusedWith(await ask('GET', '/documents/Policy/spare', admin), 404, 'DOCUMENT_ABSENT');
    refusedWith(await ask('DELETE', '/documents/Policy/age', admin), 409, 'DOCUMENT_NEEDED');
    refusedWith(await ask('DELETE', '/documents/Policy/none', admin), 404, 'DOCUMENT_ABSENT');
  });

  it('that are wrong are told with their lines, and nothing is written', async () => {
    const { isWritten, issues } = await apply(`${policyText('one')}---\n${policyText('two', 'nothing')}`);
    assert.equal(isWritten, false);
    assert.deepEqual([issues[0]?.file, issues[0]?.line, issues[0]?.code], ['a.yaml', 9, 'expression']);
    assert.equal((await ask('GET', '/documents/Policy/one', admin)).status, 404);
    for (const body of [
      { files: [] },
      { files: [{ name: 'a', text: 1 }] },
      { files: [{ name: 'a', text: 'x' }], dryrun: true },
    ]) {
      refusedWith(await ask('POST', '/documents', admin, body), 400, 'API_REQUEST_INVALID');
    }
  });

  it('are for administrators to write, and for those to read who may read all', async () => {
    const viewer = await server.user('documents-viewer', 'viewer', '*');
    const team = await server.user('documents-team', 'approver', 'team/*');
    assert.equal((await ask('GET', '/documents', viewer)).status, 200);
    assert.deepEqual((await ask('GET', '/document-set', viewer)).json, {
      revision: ((await ask('GET', '/document-set', admin)).json as Applied).revision,
      isUsable: true,
      problem: null,
    });
    for (const as of [viewer, team]) {
      const body = { files: [{ name: 'a', text: policyText('x') }] };
      refusedWith(await ask('POST', '/documents', as, body), 403, 'DOCUMENTS_DENIED');
      refusedWith(await ask('DELETE', '/documents/Policy/age', as), 403, 'DOCUMENTS_DENIED');
    }
    refusedWith(await ask('GET', '/documents', team), 403, 'DOCUMENTS_DENIED');
    refusedWith(await ask('GET', '/document-set', team), 403, 'API_DENIED');
    const events = await server.events();
    assert.ok(events.some(({ type, actor }) => type === 'access.denied.v1' && actor === 'user:documents-team'));
  });
});

describe('exceptions', () => {
  const wish = {
    name: 'lodash',
    repositories: ['team/app'],
    packages: ['pkg:npm/lodash'],
    rules: ['age/rule'],
    environments: ['production'],
    reason: 'not reachable',
    owner: 'team',
    ticket: 'SEC-1',
    expiresIn: 10 * DAY,
  };

  it('are asked for by one, approved by another, and end', async () => {
    const ann = await server.user('ann', 'developer', 'team/*');
    const bob = await server.user('bob', 'approver', 'team/*');
    const both = await server.user('both', 'approver', 'team/*');
    const made = await ask('POST', '/exceptions', ann, wish);
    assert.equal(made.status, 201);
    const { state, requestedBy, expires } = made.json as { state: string; requestedBy: string; expires: string };
    assert.deepEqual(
      [state, requestedBy, Date.parse(expires)],
      ['pending', 'user:ann', server.now() + 10 * DAY * 1000],
    );
    refusedWith(await ask('POST', '/exceptions', ann, wish), 409, 'EXCEPTION_NAME_TAKEN');
    const reason = { reason: 'looked at' };
    refusedWith(await ask('POST', '/exceptions/lodash/approve', ann, reason), 403, 'EXCEPTION_DENIED');
    const approved = await ask('POST', '/exceptions/lodash/approve', bob, reason);
    assert.deepEqual([approved.status, (approved.json as { state: string }).state], [200, 'approved']);
    refusedWith(await ask('POST', '/exceptions/lodash/reject', bob, reason), 409, 'EXCEPTION_NOT_PENDING');
    const document = (await ask('GET', '/documents/Exception/lodash', admin)).json as {
      content: { scope: { repositories: string[] }; approver: string };
    };
    assert.deepEqual(
      [document.content.scope.repositories, document.content.approver],
      [[`${new URL(server.url).host}/team/app`], 'user:bob'],
    );
    await ask('POST', '/exceptions', both, { ...wish, name: 'own' });
    refusedWith(await ask('POST', '/exceptions/own/approve', both, reason), 403, 'EXCEPTION_OWN');
    await ask('POST', '/exceptions/own/reject', bob, reason);
    const states = async (query = ''): Promise<readonly string[]> => {
      const { json } = await ask('GET', `/exceptions${query}`, ann);
      return (json as { items: { name: string; state: string }[] }).items.map((one) => `${one.name} ${one.state}`);
    };
    assert.deepEqual(await states(), ['lodash approved', 'own rejected']);
    assert.deepEqual(await states('?state=rejected'), ['own rejected']);
    refusedWith(await ask('DELETE', '/exceptions/lodash', ann), 400, 'API_REQUEST_INVALID');
    const ended = await ask('DELETE', '/exceptions/lodash?reason=fixed', ann);
    assert.deepEqual([ended.status, (ended.json as { state: string; decision: string }).decision], [200, 'fixed']);
    refusedWith(await ask('GET', '/documents/Exception/lodash', admin), 404, 'DOCUMENT_ABSENT');
  });

  it('that there may not be are refused with the reason, and those of others look as if they were not there', async () => {
    const cat = await server.user('cat', 'developer', 'team/*');
    const stranger = await server.user('stranger', 'approver', 'other/*');
    for (const [changes, code] of [
      [{ expiresIn: 31 * DAY }, 'EXCEPTION_INVALID'],
      [{ rules: ['agee'] }, 'EXCEPTION_INVALID'],
      [{ rules: [] }, 'EXCEPTION_INVALID'],
      [{ repositories: ['*'] }, 'EXCEPTION_INVALID'],
      [{ name: '../x' }, 'API_REQUEST_INVALID'],
      [{ expires: '2026-01-02T00:00:00Z' }, 'API_REQUEST_INVALID'],
      [{ approver: 'user:cat' }, 'API_REQUEST_INVALID'],
    ] as const) {
      refusedWith(await ask('POST', '/exceptions', cat, { ...wish, name: 'wrong', ...changes }), 400, code);
    }
    refusedWith(
      await ask('POST', '/exceptions', cat, { ...wish, repositories: ['other/app'] }),
      403,
      'EXCEPTION_DENIED',
    );
    await ask('POST', '/exceptions', cat, { ...wish, name: 'quiet' });
    const absent = refusedWith(await ask('GET', '/exceptions/none', stranger), 404, 'EXCEPTION_ABSENT');
    const there = refusedWith(await ask('GET', '/exceptions/quiet', stranger), 404, 'EXCEPTION_ABSENT');
    const alike = (problem: object): string =>
      JSON.stringify({ ...problem, requestId: '' }).replaceAll('quiet', 'none');
    assert.equal(alike(there), alike(absent));
    assert.deepEqual(((await ask('GET', '/exceptions', stranger)).json as { items: unknown[] }).items, []);
    server.wait(10 * DAY * 1000);
    assert.equal(((await ask('GET', '/exceptions/quiet', cat)).json as { state: string }).state, 'expired');
  });
});
