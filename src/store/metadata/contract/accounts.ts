import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Grant } from '#model/platform/access.ts';
import type { Account } from '#model/platform/records.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, withCode } from './samples.ts';

function account(name: string, changes: Partial<Account> = {}): Account {
  return {
    id: `id of ${name}`,
    kind: 'user',
    name,
    projectId: null,
    secret: '$argon2id$…',
    environment: null,
    expiresAt: null,
    disabledAt: null,
    tokensFrom: 1,
    createdAt: 2,
    createdBy: 'user:root',
    grants: [],
    ...changes,
  };
}

const TEAM: Grant = { role: 'publisher', scope: 'team/*', environment: '*' };
const ALL_OF_IT: Grant = { role: 'viewer', scope: '*', environment: '*' };

export function accountsContract(driver: MetadataContractDriver): void {
  group(driver, 'accounts', (stores) => {
    it('keeps accounts with their grants', async () => {
      const { store, other } = stores;
      const robot = account('robot$team+ci', {
        kind: 'robot',
        environment: 'production',
        expiresAt: 5,
        disabledAt: 6,
        grants: [ALL_OF_IT, TEAM],
      });
      assert.equal(await store.records.accounts.create(robot), true);
      assert.deepEqual(await other.records.accounts.find(robot.name), robot);
      assert.equal(await other.records.accounts.find('robot$team+c'), null);
    });

    it('has each name once', async () => {
      const { store, other } = stores;
      const raced = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? store : other).records.accounts.create(
            account('raced', { id: `raced ${index}`, grants: [TEAM], createdBy: `user:${index}` }),
          ),
        ),
      );
      assert.equal(raced.filter((isMade) => isMade).length, 1);
      const made = await store.records.accounts.find('raced');
      assert.equal(made?.createdBy, `user:${raced.indexOf(true)}`);
      assert.deepEqual(made?.grants, [TEAM]);
    });

    it('loses no change of those who read and write in a transaction', async () => {
      const { store, other } = stores;
      await store.records.accounts.create(account('changed', { grants: [TEAM] }));
      await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          await (index % 2 === 0 ? store : other).transaction(async ({ accounts }) => {
            const found = await accounts.find('changed');
            assert.ok(found !== null);
            await accounts.update({ ...found, tokensFrom: found.tokensFrom + 1 });
          });
        }),
      );
      assert.deepEqual(
        await store.records.accounts.find('changed'),
        account('changed', { grants: [TEAM], tokensFrom: 11 }),
      );
    });

    it('writes an account with its grants anew', async () => {
      const { accounts } = stores.store.records;
      const before = account('changed', { grants: [TEAM] });
      await accounts.create(before);
      const after = { ...before, secret: 'new', tokensFrom: 9, disabledAt: 8, grants: [ALL_OF_IT, ALL_OF_IT] };
      assert.equal(await accounts.update(after), true);
      assert.deepEqual(await accounts.find('changed'), { ...after, grants: [ALL_OF_IT] });
      assert.equal(await accounts.update(account('nobody')), false);
      assert.equal(await accounts.find('nobody'), null);
    });

    it('removes an account with its grants', async () => {
      const { accounts } = stores.store.records;
      const count = await accounts.count();
      await accounts.create(account('gone', { grants: [TEAM] }));
      assert.equal(await accounts.count(), count + 1);
      assert.equal(await accounts.remove('gone'), true);
      assert.equal(await accounts.remove('gone'), false);
      assert.equal(await accounts.find('gone'), null);
      assert.equal(await accounts.count(), count);
      await accounts.create(account('gone'));
      assert.deepEqual((await accounts.find('gone'))?.grants, []);
    });

    it('has one set of grants when an account is changed and removed at once', async () => {
      const { store, other } = stores;
      await store.records.accounts.create(account('busy', { grants: [TEAM] }));
      const busy = await Promise.all([
        ...Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? store : other).records.accounts.update(
            account('busy', { tokensFrom: index, grants: [TEAM, { ...TEAM, scope: `team/${index}` }] }),
          ),
        ),
        other.records.accounts.remove('busy'),
      ]);
      assert.equal(busy.at(-1), true);
      assert.equal(await store.records.accounts.find('busy'), null);
    });

    it('lists a kind by name, page by page', async () => {
      const { accounts } = stores.store.records;
      const names = ['list-a', 'list-b', 'list-c', 'list-ä'];
      for (const name of names.toReversed()) {
        await accounts.create(account(name, { kind: 'robot', grants: [ALL_OF_IT, TEAM] }));
      }
      await accounts.create(account('list-bb'));
      const first = await accounts.list('robot', { after: 'list', limit: 2 });
      const rest = await accounts.list('robot', { after: 'list-b', limit: 2 });
      assert.deepEqual(
        [...first, ...rest].map(({ name }) => name),
        names,
      );
      assert.ok([...first, ...rest].every(({ grants }) => grants.length === 2));
      assert.deepEqual(await accounts.list('robot', { ...ALL, after: 'list-ä' }), [
        await accounts.find('robot$team+ci'),
      ]);
    });

    it('refuses a role that it does not know', async () => {
      const { store, database } = stores;
      await store.records.accounts.create(account('odd', { grants: [TEAM] }));
      await database.query("UPDATE grants SET role = 'owner' WHERE account_id = 'id of odd' RETURNING role");
      await assert.rejects(store.records.accounts.find('odd'), withCode('RECORD_DAMAGED'));
      await store.records.accounts.remove('odd');
    });

    it('keeps the keys of a purpose, newest first', async () => {
      const { accounts } = stores.store.records;
      const older = { id: 'a', secret: 'one', createdAt: 1 };
      const newer = { id: 'b', secret: 'two', createdAt: 2 };
      await accounts.addKey('tokens', older);
      await accounts.addKey('tokens', newer);
      await accounts.addKey('else', { id: 'c', secret: 'three', createdAt: 3 });
      assert.deepEqual(await accounts.keys('tokens'), [newer, older]);
    });
  });
}
