import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import type { DueImage, Judgement } from '#model/platform/judgement.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Repository } from '#model/platform/records.ts';
import { type ContractStores, group, type MetadataContractDriver } from './database.ts';
import { child, manifest, push, state, withCode } from './samples.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = 1_000 * DAY;

function judgement(repository: Repository, digest: Digest, changes: Partial<Judgement> = {}): Judgement {
  return {
    repositoryId: repository.id,
    digest,
    environment: 'production',
    outcome: 'admitted',
    reason: '',
    verdict: digestOf('verdict'),
    validUntil: null,
    judgedAt: NOW,
    ...changes,
  };
}

/** An image that is analysed. */
async function image(
  store: MetadataStore,
  repository: Repository,
  text: string,
  packages: readonly string[] = [],
): Promise<Digest> {
  const { digest } = await push(store, repository, manifest(`${repository.name} ${text}`));
  const layerSet = digestOf(`layers ${repository.name} ${text}`);
  await store.records.inventories.write({ layerSet, packages, unknowns: [], analysedAt: 1, content: null });
  await store.records.inventories.assign(repository, digest, { layerSet, unknowns: [], analysedAt: 1 });
  return digest;
}

/** Takes all that is due, so that the next test begins with nothing. */
async function drain({ store }: ContractStores): Promise<readonly DueImage[]> {
  const taken = await store.records.judgements.take(1000, 10 * NOW, 10 * NOW + 1);
  for (const { repository, digest, lease } of taken) {
    await store.records.judgements.done([{ repositoryId: repository.id, digest: digest }], lease);
  }
  assert.deepEqual(await store.records.judgements.due(), { running: 0, promoted: 0, rest: 0 });
  return taken;
}

export function judgementsContract(driver: MetadataContractDriver): void {
  group(driver, 'judgements', (stores) => {
    it('keeps the last one for each environment, and forgets environments', async () => {
      const { store, other } = stores;
      const { judgements } = store.records;
      const repository = await store.records.repositories.ensure('judged/image', 1);
      const { digest } = await push(store, repository, manifest('judged'));
      await judgements.set(repository, judgement(repository, digest));
      const refused = judgement(repository, digest, { outcome: 'refused', reason: 'why', validUntil: NOW + 5 });
      await judgements.set(repository, refused);
      const staging = judgement(repository, digest, { environment: 'staging', outcome: 'warned' });
      await judgements.set(repository, staging);
      assert.deepEqual(await other.records.judgements.ofImage(repository.id, digest), [refused, staging]);
      assert.equal(await judgements.keepOnly(['staging', 'other']), 1);
      assert.deepEqual(await judgements.ofImage(repository.id, digest), [staging]);
      assert.equal(await judgements.keepOnly([]), 1);
      const gone = judgement(repository, digestOf('never pushed'));
      await assert.rejects(judgements.set(repository, gone), withCode('MANIFEST_NOT_IN_REPOSITORY'));
    });

    it('marks the images that hold a package version, each once, and none that is deleted', async () => {
      const { store } = stores;
      const { judgements, trash } = store.records;
      const [one, two] = [
        await store.records.repositories.ensure('marked/one', 1),
        await store.records.repositories.ensure('marked/two', 1),
      ];
      const [a, b, c] = ['pkg:npm/marked@1', 'pkg:npm/marked@2', 'pkg:npm/marked@3'];
      const held = [await image(store, one, 'a', [a, b]), await image(store, one, 'b', [b])];
      const elsewhere = await image(store, two, 'a', [a]);
      await image(store, two, 'b', [c]);
      const deleted = await image(store, two, 'c', [a]);
      await trash.delete(two.id, deleted, 'user:x', 2);
      assert.equal(
        await judgements.mark({ kind: 'packages', purls: [a, b, b, 'pkg:npm/none@1'] }, 'advisories', NOW),
        3,
      );
      const taken = await drain(stores);
      assert.deepEqual(new Set(taken.map(({ digest }) => digest)), new Set([...held, elsewhere]));
      assert.ok(taken.every((due) => due.cause === 'advisories' && due.since === NOW && due.priority === 'rest'));
      assert.equal(
        await judgements.mark({ kind: 'packages', purls: ['pkg:npm/marked', 'pkg:npm/\0'] }, 'advisories', NOW),
        0,
      );
    });

    it('marks all of some repositories, or of all', async () => {
      const { store } = stores;
      const { judgements } = store.records;
      for (const name of ['reach/a', 'reach/b', 'reach-c']) {
        await image(store, await store.records.repositories.ensure(name, 1), 'x');
      }
      assert.equal(await judgements.mark({ kind: 'repositories', prefixes: ['reach/', 'reach/a'] }, 'policy', NOW), 2);
      assert.equal(await judgements.mark({ kind: 'repositories', prefixes: ['reach'] }, 'policy', NOW), 0);
      assert.deepEqual(
        (await drain(stores)).map(({ repository }) => repository.name),
        ['reach/a', 'reach/b'],
      );
      assert.equal(await judgements.mark({ kind: 'repositories', prefixes: [] }, 'policy', NOW), 0);
      assert.ok((await judgements.mark({ kind: 'repositories', prefixes: null }, 'trust', NOW)) >= 3);
      await drain(stores);
    });

    it('marks what was judged as not known, in whichever environment', async () => {
      const { store } = stores;
      const { judgements } = store.records;
      const repository = await store.records.repositories.ensure('marked/unknown', 1);
      const [known, unknown] = [await image(store, repository, 'known'), await image(store, repository, 'unknown')];
      await judgements.set(repository, judgement(repository, known));
      await judgements.set(repository, judgement(repository, unknown));
      assert.equal(await judgements.mark({ kind: 'unknown' }, 'advisories', NOW), 0);
      const blind = judgement(repository, unknown, { environment: 'staging', outcome: 'unknown' });
      await judgements.set(repository, blind);
      assert.equal(await judgements.mark({ kind: 'unknown' }, 'advisories', NOW), 1);
      assert.deepEqual(
        (await drain(stores)).map(({ digest, cause }) => [digest, cause]),
        [[unknown, 'advisories']],
      );
      await judgements.set(repository, { ...blind, outcome: 'admitted' });
    });

    it('marks an image that nothing is known of yet, and of an index its platforms', async () => {
      const { store } = stores;
      const { judgements } = store.records;
      const repository = await store.records.repositories.ensure('marked/index', 1);
      const [amd, arm, attestation] = [
        await push(store, repository, manifest('amd64')),
        await push(store, repository, manifest('arm64')),
        await push(store, repository, manifest('attestation')),
      ];
      const references = [
        child(amd.digest),
        child(arm.digest, 'linux/arm64'),
        child(attestation.digest, 'unknown/unknown'),
        child(digestOf('not copied'), 'linux/s390x'),
      ];
      const inner = await push(store, repository, manifest('inner', { references }));
      const index = await push(store, repository, manifest('index', { references: [child(inner.digest, null)] }));
      const mark = (digest: Digest) =>
        judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, 'new', NOW);
      assert.equal(await mark(index.digest), 2);
      const dueSince = async (digest: Digest) => await judgements.dueSince(repository.id, digest);
      assert.deepEqual([await dueSince(amd.digest), await dueSince(attestation.digest)], [NOW, null]);
      const taken = await drain(stores);
      assert.deepEqual(taken.map(({ digest }) => digest).toSorted(), [amd.digest, arm.digest].toSorted());
      assert.equal(await mark(amd.digest), 1);
      assert.equal(await mark(digestOf('never')), 0);
      assert.equal(await judgements.mark({ kind: 'image', repositoryId: 'none', digest: amd.digest }, 'new', NOW), 0);
      await drain(stores);
    });

    it('takes what runs first, then what is promoted, each image for one', async () => {
      const { store, other } = stores;
      const { judgements, catalog, manifests } = store.records;
      const repository = await store.records.repositories.ensure('taken/order', 1);
      const [rest, promoted, running, lately] = [
        await image(store, repository, 'rest'),
        await image(store, repository, 'promoted'),
        await image(store, repository, 'running'),
        await image(store, repository, 'used until lately'),
      ];
      await manifests.setState(repository.id, promoted, 'quarantined', state('approved'));
      await manifests.setState(repository.id, lately, 'quarantined', state('approved'));
      await manifests.setState(repository.id, lately, 'approved', state('deprecated'));
      const used = (digest: Digest) => [{ repositoryId: repository.id, digest, environment: null }];
      await catalog.setUses('now', used(running), NOW - DAY);
      await catalog.setUses('lately', used(lately), NOW - 31 * DAY);
      for (const [index, digest] of [rest, promoted, running, lately].entries()) {
        const affected = { kind: 'image', repositoryId: repository.id, digest } as const;
        await judgements.mark(affected, 'policy', NOW + (digest === promoted ? 10 : index));
      }
      assert.deepEqual(await judgements.due(), { running: 1, promoted: 2, rest: 1 });
      const [first] = await judgements.take(1, NOW + 20, NOW + 100);
      assert.deepEqual([first?.digest, first?.priority, first?.since], [running, 'running', NOW + 2]);
      const halves = await Promise.all([
        judgements.take(2, NOW + 20, NOW + 100),
        other.records.judgements.take(2, NOW + 20, NOW + 100),
      ]);
      assert.deepEqual(
        halves
          .flat()
          .map(({ digest }) => digest)
          .toSorted(),
        [lately, promoted, rest].toSorted(),
      );
      assert.deepEqual(await judgements.take(10, NOW + 99, NOW + 200), []);
      const again = await judgements.take(10, NOW + 100, NOW + 200);
      assert.deepEqual(
        again.map(({ digest }) => digest),
        [running, lately, promoted, rest],
      );
      await drain(stores);
    });

    it('keeps what was marked again while somebody had it', async () => {
      const { store } = stores;
      const { judgements } = store.records;
      const repository = await store.records.repositories.ensure('taken/again', 1);
      const digest = await image(store, repository, 'x');
      const mark = (cause: string, now: number) =>
        judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, cause, now);
      await mark('policy', NOW);
      const take = async (now: number, until: number): Promise<DueImage> => {
        const [taken] = await judgements.take(1, now, until);
        assert.ok(taken);
        return taken;
      };
      const isHeld = ({ lease }: DueImage) =>
        store.transaction((records) => records.judgements.holds(repository.id, digest, lease));
      const first = await take(NOW, NOW + 1000);
      assert.equal(await isHeld(first), true);
      // By a clock that is behind, and taken again in the same millisecond.
      await mark('trust', NOW - 1);
      const due = await take(NOW, NOW + 1000);
      assert.deepEqual([due.cause, due.since], ['policy', NOW]);
      assert.deepEqual([await isHeld(first), await isHeld(due)], [false, true]);
      await judgements.done([{ repositoryId: repository.id, digest: digest }], first.lease);
      assert.equal(await isHeld(due), true);
      await mark('advisories', NOW + 5);
      const later = await take(NOW + 6, NOW + 7);
      assert.deepEqual([later.cause, later.since], ['advisories', NOW + 5]);
      // Somebody else has it by now.
      const other = await take(NOW + 7, NOW + 1000);
      await judgements.done([{ repositoryId: repository.id, digest: digest }], later.lease);
      assert.deepEqual(await judgements.due(), { running: 0, promoted: 0, rest: 1 });
      await judgements.giveBack(later.lease);
      assert.deepEqual(await judgements.take(1, NOW + 8, NOW + 9), []);
      await judgements.giveBack(other.lease);
      const last = await take(NOW + 8, NOW + 1000);
      await judgements.done([{ repositoryId: repository.id, digest: digest }], last.lease);
      assert.deepEqual(await judgements.due(), { running: 0, promoted: 0, rest: 0 });
    });

    it('keeps the cause from which most follows', async () => {
      const { judgements } = stores.store.records;
      const repository = await stores.store.records.repositories.ensure('taken/cause', 1);
      const digest = await image(stores.store, repository, 'x');
      for (const [cause, kept] of [
        ['policy', 'policy'],
        ['trust', 'policy'],
        ['advisories', 'advisories'],
        ['policy', 'advisories'],
        ['evidence', 'advisories'],
        ['new', 'new'],
        ['advisories', 'new'],
      ] as const) {
        await judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, cause, NOW);
        const [due] = await judgements.take(1, NOW, NOW + 1000);
        assert.equal(due?.cause, kept);
      }
      await drain(stores);
    });

    it('marks what time alone may have changed, once', async () => {
      const { store } = stores;
      const { judgements } = store.records;
      const repository = await store.records.repositories.ensure('taken/time', 1);
      const [soon, later, never] = [
        await image(store, repository, 'soon'),
        await image(store, repository, 'later'),
        await image(store, repository, 'never'),
      ];
      const set = (digest: Digest, validUntil: number | null, judgedAt: number) =>
        judgements.set(repository, judgement(repository, digest, { validUntil, judgedAt }));
      await set(soon, NOW + 10, NOW);
      await set(later, NOW + 100, NOW);
      await set(never, null, NOW);
      assert.equal(await judgements.markExpired(NOW + 9), 0);
      assert.equal(await judgements.markExpired(NOW + 10), 1);
      assert.equal(await judgements.markExpired(NOW + 11), 0);
      const [due] = await judgements.take(10, NOW + 12, NOW + 1000);
      assert.ok(due);
      assert.deepEqual([due.digest, due.cause], [soon, 'time']);
      assert.equal(await judgements.markExpired(NOW + 13), 0);
      await set(soon, NOW + 10, NOW + 14);
      await judgements.done([{ repositoryId: repository.id, digest: soon }], due.lease);
      assert.equal(await judgements.markExpired(NOW + 15), 0);
    });

    it('goes with the image, comes back with it, and begins anew with a new push', async () => {
      const { store, database } = stores;
      const { judgements, trash } = store.records;
      await drain(stores);
      const repository = await store.records.repositories.ensure('taken/gone', 1);
      const digest = await image(store, repository, 'x');
      const said = judgement(repository, digest);
      await judgements.set(repository, said);
      await judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, 'policy', NOW);
      await trash.delete(repository.id, digest, 'user:x', NOW);
      assert.deepEqual(await judgements.due(), { running: 0, promoted: 0, rest: 0 });
      await trash.restore(repository.id, digest, NOW + 1);
      assert.deepEqual(await judgements.ofImage(repository.id, digest), [said]);
      assert.deepEqual(
        (await drain(stores)).map(({ cause, since }) => [cause, since]),
        [['new', NOW + 1]],
      );
      await trash.delete(repository.id, digest, 'user:x', NOW + 2);
      await push(store, repository, manifest(`${repository.name} x`));
      assert.deepEqual(await judgements.ofImage(repository.id, digest), []);
      await judgements.set(repository, said);
      await trash.delete(repository.id, digest, 'user:x', NOW + 3);
      assert.equal(await trash.purge(repository.id, digest, NOW + 4), true);
      const left = await database.query(
        `SELECT 1 FROM images WHERE repository_id = '${repository.id}'
         UNION ALL SELECT 1 FROM judgements j LEFT JOIN images i ON i.id = j.image_id WHERE i.id IS NULL
         UNION ALL SELECT 1 FROM due_images`,
      );
      assert.deepEqual(left, []);
    });
  });
}
