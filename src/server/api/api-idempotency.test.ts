import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Acquisition } from '#model/platform/acquisition.ts';
import { evidence } from '#test/evidence.ts';
import { type Ask, apiClient, pushedImage, refusedWith } from '#test/fixtures/api-client.ts';
import { type ApiServer, type Login, PASSWORD, startApiServer } from '#test/fixtures/api-server.ts';

evidence('access/api', 'self-made', 'keys of the same and of other accounts, requests, days');

const DAY = 24 * 60 * 60 * 1000;
let server: ApiServer;
let ask: Ask;
let approver: Login;
let other: Login;
/** Requests that reached what would be done, and what they wait for. */
let asked = 0;
let hold: Promise<void> = Promise.resolve();
before(async () => {
  server = await startApiServer([], {
    acquiring: {
      request: async () => {
        asked += 1;
        await hold;
        return await Promise.reject<Acquisition>(new Error('a fault of ours'));
      },
    },
  });
  ask = apiClient(server);
  approver = await server.user('approver', 'approver', '*');
  other = await server.user('other', 'approver', '*');
});
after(async () => await server.stop());

const key = (text: string) => ({ headers: { 'idempotency-key': text } });

async function changes(repository: string): Promise<number> {
  const events = await server.events();
  return events.filter(({ type, data }) => type === 'image.state-changed.v1' && data['repository'] === repository)
    .length;
}

describe('a request with a key', () => {
  it('is done once, and answered alike for a day', async () => {
    const path = `/repositories/team/once/manifests/${await pushedImage(server, 'team/once')}/state`;
    const approve = { state: 'approved', reason: 'fine' };
    const first = await ask('POST', path, approver, approve, key('a'));
    assert.equal(first.status, 200, JSON.stringify(first.json));
    assert.equal(first.headers.get('idempotency-replayed'), null);
    // Somebody decides otherwise; the same request changes nothing more.
    await ask('POST', path, other, { state: 'revoked', reason: 'no' });
    const again = await ask('POST', path, approver, { reason: 'fine', state: 'approved' }, key('a'));
    assert.deepEqual([again.status, again.json], [200, first.json]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal(await changes('team/once'), 2);
    server.wait(DAY + 1);
    const later = await ask('POST', path, approver, approve, key('a'));
    assert.deepEqual([later.status, await changes('team/once')], [200, 3]);
  });

  it('is not another one', async () => {
    const path = `/repositories/team/reused/manifests/${await pushedImage(server, 'team/reused')}/state`;
    assert.equal((await ask('POST', path, approver, { state: 'approved', reason: 'fine' }, key('b'))).status, 200);
    const revoke = ask('POST', path, approver, { state: 'revoked', reason: 'no' }, key('b'));
    refusedWith(await revoke, 422, 'API_KEY_REUSED');
    const elsewhere = ask('POST', `${path}?x=1`, approver, { state: 'approved', reason: 'fine' }, key('b'));
    refusedWith(await elsewhere, 422, 'API_KEY_REUSED');
    assert.equal(await changes('team/reused'), 1);
  });

  it('is that of its account alone', async () => {
    const path = `/repositories/team/mine/manifests/${await pushedImage(server, 'team/mine')}/state`;
    const approve = { state: 'approved', reason: 'fine' };
    assert.equal((await ask('POST', path, approver, approve, key('c'))).status, 200);
    const viewer = await server.user('key-viewer', 'viewer', '*');
    refusedWith(await ask('POST', path, viewer, approve, key('c')), 403, 'STATE_CHANGE_DENIED');
    const answer = await ask('POST', path, other, { state: 'revoked', reason: 'no' }, key('c'));
    assert.deepEqual([answer.status, answer.headers.get('idempotency-replayed')], [200, null]);
  });

  it('that fails may be tried again', async () => {
    asked = 0;
    hold = Promise.resolve();
    for (const count of [1, 2]) {
      const { status } = await ask('POST', '/acquisitions', approver, { reference: 'a' }, key('d'));
      assert.deepEqual([status, asked], [500, count]);
    }
  });

  it('is refused while the first is being done', async () => {
    asked = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    hold = promise;
    const first = ask('POST', '/acquisitions', approver, { reference: 'a' }, key('e'));
    while (asked === 0) {
      await new Promise((next) => setImmediate(next));
    }
    const second = await ask('POST', '/acquisitions', approver, { reference: 'a' }, key('e'));
    refusedWith(second, 409, 'API_KEY_UNDER_WAY');
    assert.equal(second.headers.get('retry-after'), '2');
    resolve();
    await first;
    assert.equal(asked, 1);
  });

  it('that has a secret in it, or a key that is none, is refused', async () => {
    const user = { name: 'nobody', password: PASSWORD };
    refusedWith(await ask('POST', '/users', server.admin, user, key('f')), 400, 'API_KEY_INVALID');
    refusedWith(await ask('POST', '/upkeep/scrub', server.admin, {}, key('two words')), 400, 'API_KEY_INVALID');
    refusedWith(await ask('POST', '/upkeep/scrub', server.admin, {}, key('x'.repeat(256))), 400, 'API_KEY_INVALID');
    // What only reads takes no notice of it.
    assert.equal((await ask('GET', '/me', approver, undefined, key('two words'))).status, 200);
  });
});
