import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Repository, VerdictRecord } from '#model/platform/records.ts';
import { group, type MetadataContractDriver } from './database.ts';

const DIGEST = digestOf('image');

function verdict(id: string, repository: Repository, changes: Partial<VerdictRecord> = {}): VerdictRecord {
  return {
    id,
    repository,
    digest: DIGEST,
    environment: 'production',
    outcome: 'passed',
    validUntil: null,
    decidedAt: 5,
    content: '{"decision":"passed"}',
    ...changes,
  };
}

export function verdictsContract(driver: MetadataContractDriver): void {
  group(driver, 'verdicts', (stores) => {
    it('tells the history of an image in an environment, newest first', async () => {
      const { store, other } = stores;
      const mine = await store.records.repositories.ensure('verdicts/mine', 1);
      const theirs = await store.records.repositories.ensure('verdicts/theirs', 1);
      const history = [
        verdict('0003', mine, { outcome: 'refused', validUntil: 9 }),
        verdict('0002', mine),
        verdict('0001', mine),
      ];
      for (const one of history.toReversed()) {
        await store.records.verdicts.append(one);
      }
      await store.records.verdicts.append(verdict('0004', mine, { environment: 'staging' }));
      await store.records.verdicts.append(verdict('0005', mine, { digest: digestOf('another') }));
      await store.records.verdicts.append(verdict('0006', theirs));
      const { verdicts } = other.records;
      assert.deepEqual(await verdicts.history(mine.id, DIGEST, 'production', 10), history);
      assert.deepEqual(await verdicts.history(mine.id, DIGEST, 'production', 2), history.slice(0, 2));
      assert.deepEqual(await verdicts.history(mine.id, DIGEST, 'production', 1, '0003'), history.slice(1, 2));
      assert.deepEqual(await verdicts.history(mine.id, DIGEST, 'production', 10, '0001'), []);
      assert.deepEqual(await verdicts.history(mine.id, DIGEST, 'nowhere', 2), []);
    });

    it('never writes over one', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('verdicts/twice', 1);
      await store.records.verdicts.append(verdict('twice', repository));
      await assert.rejects(store.records.verdicts.append(verdict('twice', repository, { outcome: 'refused' })));
      const [kept] = await store.records.verdicts.history(repository.id, DIGEST, 'production', 10);
      assert.equal(kept?.outcome, 'passed');
    });
  });
}
