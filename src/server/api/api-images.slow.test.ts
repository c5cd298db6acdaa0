import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Ask, apiClient, type Problem, pushedImage, refusedWith } from '#test/fixtures/api-client.ts';
import { type ApiServer, type Login, startApiServer } from '#test/fixtures/api-server.ts';
import { reportUrl } from './links.ts';

let server: ApiServer;
let admin: Login;
let ask: Ask;
before(async () => {
  server = await startApiServer();
  ({ admin } = server);
  ask = apiClient(server);
});
after(async () => await server.stop());

async function refused(
  status: number,
  code: string,
  ...[method, path, as, body, more]: Parameters<Ask>
): Promise<Problem> {
  return refusedWith(await ask(method, path, as, body, more), status, code);
}

describe('images', () => {
  it('have a report where messages say that it is', async () => {
    const digest = await pushedImage(server, 'team/reported/app');
    const viewer = await server.user('report-viewer', 'viewer', 'team/*');
    const path = reportUrl('', 'team/reported/app', digest);
    const { status, json } = await server.ask('GET', path, { as: viewer });
    assert.equal(status, 200);
    const report = json as { state: { state: string }; inventory: null; pushedBy: string };
    assert.deepEqual([report.state.state, report.inventory, report.pushedBy], ['quarantined', null, 'user:ci']);
    const encoded = await ask('GET', `/repositories/team%2Freported%2Fapp/manifests/${digest}`, viewer);
    assert.deepEqual(encoded.json, json);
  });

  it('of others look as if they were not there', async () => {
    const digest = await pushedImage(server, 'hidden/app');
    const viewer = await server.user('hidden-viewer', 'viewer', 'team/*');
    const there = await refused(404, 'API_NOT_FOUND', 'GET', `/repositories/hidden/app/manifests/${digest}`, viewer);
    const absent = await refused(404, 'API_NOT_FOUND', 'GET', `/repositories/absent/app/manifests/${digest}`, viewer);
    const alike = (problem: Problem) => JSON.stringify({ ...problem, requestId: '' }).replaceAll('hidden', 'absent');
    assert.equal(alike(there), alike(absent));
    const { items } = (await ask('GET', '/repositories', viewer)).json as { items: { name: string }[] };
    assert.ok(items.length > 0 && items.every(({ name }) => name.startsWith('team/')));
  });

  it('are decided about by approvers, each for the own environment', async () => {
    const digest = await pushedImage(server, 'team/decided');
    const path = `/repositories/team/decided/manifests/${digest}`;
    const approver = await server.user('approver', 'approver', 'team/*');
    const viewer = await server.user('state-viewer', 'viewer', 'team/*');
    await refused(403, 'STATE_CHANGE_DENIED', 'POST', `${path}/state`, viewer, { state: 'approved', reason: 'x' });
    const pull = async () => (await server.ask('GET', `/v2/team/decided/manifests/${digest}`, { as: viewer })).status;
    assert.equal(await pull(), 403);
    const approved = await ask('POST', `${path}/state`, approver, { state: 'approved', reason: 'looks fine' });
    assert.equal(approved.status, 200, JSON.stringify(approved.json));
    assert.equal(await pull(), 200);
    const production = {
      environment: 'production',
      decision: 'approved',
      reason: 'fine',
      validUntil: '2027-01-01T00:00:00Z',
    };
    const decided = await ask('POST', `${path}/approvals`, approver, production);
    assert.equal(decided.status, 200, JSON.stringify(decided.json));
    assert.equal((decided.json as { validUntil: string }).validUntil, '2027-01-01T00:00:00.000Z');
    await refused(400, 'STATE_CHANGE_INVALID', 'POST', `${path}/approvals`, approver, {
      ...production,
      validUntil: '2020-01-01T00:00:00Z',
    });
    const { approvals } = (await ask('GET', path, viewer)).json as { approvals: { environment: string }[] };
    assert.deepEqual(
      approvals.map(({ environment }) => environment),
      ['production'],
    );
  });
});

describe('upkeep', () => {
  it('previews, starts jobs once, and counts them', async () => {
    const preview = await ask('POST', '/upkeep/collection/preview', admin, {});
    assert.equal(preview.status, 200, JSON.stringify(preview.json));
    assert.equal((preview.json as { dryRun: boolean }).dryRun, true);
    for (const path of ['/upkeep/collection', '/upkeep/collection', '/upkeep/scrub']) {
      assert.equal((await ask('POST', path, admin, {})).status, 202);
    }
    assert.equal(((await ask('GET', '/upkeep/jobs', admin)).json as { waiting: number }).waiting, 2);
    const scrub = await ask('GET', '/upkeep/scrub', admin);
    assert.deepEqual(scrub.json, { blobs: 0, bytes: 0, leastVerifiedAt: null });
    const asked = (await server.events()).filter(({ type }) => type === 'upkeep.requested.v1');
    assert.deepEqual(
      asked.map(({ subject }) => subject),
      ['collect-garbage', 'collect-garbage', 'scrub-blobs'],
    );
  });

  it('restores what was deleted, by whoever may delete', async () => {
    const digest = await pushedImage(server, 'team/trashed');
    const publisher = await server.user('trash-publisher', 'publisher', 'team/*');
    assert.equal((await server.ask('DELETE', `/v2/team/trashed/manifests/${digest}`, { as: publisher })).status, 202);
    const trash = (await ask('GET', '/upkeep/trash', publisher)).json as {
      items: { repository: string; digest: string }[];
    };
    assert.deepEqual(
      trash.items.map((item) => [item.repository, item.digest]),
      [['team/trashed', digest]],
    );
    const stranger = await server.user('trash-stranger', 'publisher', 'other/*');
    assert.deepEqual((await ask('GET', '/upkeep/trash', stranger)).json, { items: [], next: null });
    const body = { repository: 'team/trashed', digest };
    await refused(403, 'RESTORE_DENIED', 'POST', '/upkeep/trash/restore', stranger, body);
    assert.equal((await ask('POST', '/upkeep/trash/restore', publisher, body)).status, 204);
    await refused(404, 'RESTORE_NOT_DELETED', 'POST', '/upkeep/trash/restore', publisher, body);
  });
});

describe('events', () => {
  it('come in pages for an auditor', async () => {
    const auditor = await server.user('event-auditor', 'auditor', '*');
    interface Page {
      readonly items: readonly { readonly id: string }[];
      readonly next: string | null;
    }
    const ids: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const query: string = after === '' ? '?limit=7' : `?limit=7&after=${encodeURIComponent(after)}`;
      const { items, next } = (await ask('GET', `/events${query}`, auditor)).json as Page;
      ids.push(...items.map(({ id }) => id));
      after = next;
    }
    assert.deepEqual(
      ids,
      (await server.events()).map(({ id }) => id),
    );
  });
});
