import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import {
  type InventoryRecord,
  type KnownInventory,
  MAX_INVENTORY_CONTENT_BYTES,
} from '#model/platform/inventory-record.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Repository } from '#model/platform/records.ts';
import type { Unknown } from '#model/unknown.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, manifest, push, withCode } from './samples.ts';

const UNKNOWN: Unknown = {
  kind: 'unreadable',
  path: '/var/lib/dpkg/status',
  layer: digestOf('layer'),
  analyser: 'dpkg',
  ownedBy: 'pkg:deb/debian/dpkg@1',
  reason: 'expected a field, found "\u0000"',
};
const BARE: Unknown = { kind: 'no-package-database', path: null, layer: null, analyser: 'inventory', reason: 'none' };

function inventory(name: string, packages: readonly string[], unknowns: readonly Unknown[] = []): InventoryRecord {
  return { ...known(name, packages, unknowns), content: null };
}

/** As it is read: the whole of it by itself. */
function known(name: string, packages: readonly string[], unknowns: readonly Unknown[] = []): KnownInventory {
  return { layerSet: digestOf(name), packages, unknowns, analysedAt: 5 };
}

function purls(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `pkg:npm/${name}-${String(index).padStart(5, '0')}@1.0.0`);
}

/** An image of its own that holds an inventory. */
async function holding(store: MetadataStore, repository: Repository, name: string, layerSet: Digest): Promise<Digest> {
  const { digest } = await push(store, repository, manifest(`${repository.name} ${name}`));
  await store.records.inventories.assign(repository, digest, { layerSet, unknowns: [], analysedAt: 6 });
  return digest;
}

export function inventoriesContract(driver: MetadataContractDriver): void {
  group(driver, 'inventories', (stores) => {
    it('keeps what layers hold, and what is not known of them', async () => {
      const { store, other } = stores;
      const written = known('first', ['pkg:deb/debian/a@1', 'pkg:deb/debian/b@2', 'pkg:npm/c@3'], [UNKNOWN, BARE]);
      const [a = '', b = '', c = ''] = written.packages;
      await store.records.inventories.write({ ...written, packages: [c, a, b, a], content: null });
      assert.deepEqual(await other.records.inventories.find(written.layerSet), written);
      await store.records.inventories.write({ ...written, packages: [a], unknowns: [], content: null });
      assert.deepEqual(await other.records.inventories.find(written.layerSet), written);
      assert.equal(await other.records.inventories.find(digestOf('never')), null);
    });

    it('keeps one that is empty', async () => {
      const { inventories } = stores.store.records;
      await inventories.write(inventory('empty', []));
      assert.deepEqual(await inventories.find(digestOf('empty')), known('empty', []));
    });

    it('keeps the whole of one beside it, once, and none that is too large', async () => {
      const { store, other } = stores;
      const { inventories } = store.records;
      const [first, second] = [Uint8Array.of(0, 255, 1), Uint8Array.of(2)];
      await inventories.write(inventory('whole', ['pkg:npm/a@1']));
      assert.equal(await other.records.inventories.content(digestOf('whole')), null);
      // One that was written before the whole was kept.
      await inventories.write({ ...inventory('whole', ['pkg:npm/a@1']), content: first });
      await inventories.write({ ...inventory('whole', ['pkg:npm/a@1']), content: second });
      assert.deepEqual(Uint8Array.from((await other.records.inventories.content(digestOf('whole'))) ?? []), first);
      assert.deepEqual(await other.records.inventories.find(digestOf('whole')), known('whole', ['pkg:npm/a@1']));
      assert.equal(await inventories.content(digestOf('never')), null);
      const large = new Uint8Array(MAX_INVENTORY_CONTENT_BYTES);
      await inventories.write({ ...inventory('large whole', []), content: large });
      assert.equal((await inventories.content(digestOf('large whole')))?.length, large.length);
      const tooLarge = { ...inventory('too large', []), content: new Uint8Array(MAX_INVENTORY_CONTENT_BYTES + 1) };
      await assert.rejects(inventories.write(tooLarge), { code: 'INVENTORY_TOO_LARGE' });
      assert.equal(await inventories.find(digestOf('too large')), null);
    });

    it('makes what cannot be kept an unknown', async () => {
      const { inventories } = stores.store.records;
      const odd = [`pkg:npm/${'x'.repeat(3000)}@1`, 'pkg:npm/null\u0000@1', 'pkg:npm/half\ud800@1', ''];
      await inventories.write(inventory('odd', [...odd, 'pkg:npm/fine@1'], [BARE]));
      const found = await inventories.find(digestOf('odd'));
      assert.deepEqual(found?.packages, ['pkg:npm/fine@1']);
      assert.equal(found?.unknowns.length, 1 + odd.length);
      assert.deepEqual(found?.unknowns[0], BARE);
      assert.ok(found?.unknowns.slice(1).every(({ kind, reason }) => kind === 'unreadable' && reason.length < 400));
    });

    it('keeps five thousand packages', async () => {
      const { store } = stores;
      const large = known('large', purls('large', 5000));
      await store.transaction((records) => records.inventories.write({ ...large, content: null }));
      assert.deepEqual(await store.records.inventories.find(large.layerSet), large);
    });

    it('lets many write the same packages at once', async () => {
      const { store, other } = stores;
      const shared = purls('shared', 300);
      const written = Array.from({ length: 12 }, (_, index) =>
        // Two of each layer set, with the packages in two orders.
        known(`race ${Math.floor(index / 2)}`, [...shared, `pkg:npm/own@${Math.floor(index / 2)}`].toSorted()),
      );
      await Promise.all(
        written.map((one, index) =>
          (index % 2 === 0 ? store : other).transaction((records) =>
            records.inventories.write({
              ...one,
              packages: index % 2 === 0 ? one.packages : one.packages.toReversed(),
              content: null,
            }),
          ),
        ),
      );
      for (const one of written) {
        assert.deepEqual(await store.records.inventories.find(one.layerSet), one);
      }
      assert.deepEqual(await store.records.inventories.packages('pkg:npm/shared-', ALL), shared);
    });

    it('says what an image holds, and what is not known of it', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('inventories/image', 1);
      const written = known('of an image', ['pkg:npm/a@1']);
      await store.records.inventories.write({ ...written, content: null });
      const { digest } = await push(store, repository, manifest('of an image'));
      const { inventories } = other.records;
      assert.equal(await inventories.ofImage(repository.id, digest), null);
      assert.equal(await inventories.analysisOf(repository.id, digest), null);
      const failed = { layerSet: null, unknowns: [UNKNOWN], analysedAt: 7 };
      await store.records.inventories.assign(repository, digest, failed);
      assert.deepEqual(await inventories.ofImage(repository.id, digest), { ...failed, inventory: null });
      assert.deepEqual(await inventories.analysisOf(repository.id, digest), failed);
      const analysed = { layerSet: written.layerSet, unknowns: [BARE], analysedAt: 8 };
      await store.records.inventories.assign(repository, digest, analysed);
      assert.deepEqual(await inventories.ofImage(repository.id, digest), { ...analysed, inventory: written });
      assert.deepEqual(await inventories.analysisOf(repository.id, digest), analysed);
    });

    it('holds an image to an inventory that was written', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('inventories/none', 1);
      const { digest } = await push(store, repository, manifest('none'));
      const analysis = { layerSet: digestOf('never'), unknowns: [], analysedAt: 1 };
      await assert.rejects(store.records.inventories.assign(repository, digest, analysis), {
        code: 'INVENTORY_UNKNOWN',
      });
    });

    it('finds the images with a package version, page by page', async () => {
      const { store } = stores;
      const { inventories, trash } = store.records;
      const [one, two] = await Promise.all([
        store.records.repositories.ensure('where/one', 1),
        store.records.repositories.ensure('where-two', 1),
      ]);
      const [wanted, other] = ['pkg:npm/wanted@1.0.0', 'pkg:npm/wanted@1.0.0-beta'];
      await inventories.write(inventory('with', [wanted, other]));
      await inventories.write(inventory('with as well', [wanted]));
      await inventories.write(inventory('without', [other]));
      const held = [
        { repository: two, digest: await holding(store, two, 'a', digestOf('with')) },
        { repository: one, digest: await holding(store, one, 'a', digestOf('with')) },
        { repository: one, digest: await holding(store, one, 'b', digestOf('with as well')) },
      ].toSorted((a, b) => (`${a.repository.name}@${a.digest}` < `${b.repository.name}@${b.digest}` ? -1 : 1));
      await holding(store, one, 'c', digestOf('without'));
      const gone = await holding(store, one, 'd', digestOf('with'));
      await trash.delete(one.id, gone, 'user:alice', 9);
      assert.deepEqual(await inventories.imagesWith(wanted, ALL), held);
      const pages = [];
      for (let after: string | null = null; pages.length < 10; ) {
        const page = await inventories.imagesWith(wanted, { after, limit: 1 });
        const [image] = page;
        if (image === undefined) {
          break;
        }
        pages.push(image);
        after = `${image.repository.name}@${image.digest}`;
      }
      assert.deepEqual(pages, held);
      assert.deepEqual(await inventories.imagesWith('pkg:npm/wanted', ALL), []);
    });

    it('finds package versions by how they begin, page by page', async () => {
      const { inventories } = stores.store.records;
      const found = ['pkg:npm/start@1', 'pkg:npm/start@10', 'pkg:npm/start@2', 'pkg:npm/start@~'];
      await inventories.write(
        inventory('start', [...found, 'pkg:npm/star@1', 'pkg:npm/startA@1', 'pkg:npm/START@1', 'pkg:npm/start%40@1']),
      );
      assert.deepEqual(await inventories.packages('pkg:npm/start@', ALL), found);
      assert.deepEqual(await inventories.packages('pkg:npm/start@', { after: null, limit: 1 }), found.slice(0, 1));
      assert.deepEqual(
        await inventories.packages('pkg:npm/start@', { after: 'pkg:npm/start@1', limit: 2 }),
        found.slice(1, 3),
      );
      assert.deepEqual(await inventories.packages('pkg:npm/start@', { after: 'pkg:a', limit: 1 }), found.slice(0, 1));
      assert.deepEqual(await inventories.packages('pkg:npm/start_', ALL), []);
      assert.deepEqual(await inventories.packages('pkg:npm/%', ALL), []);
    });

    for (const [what, change] of [
      ['unknowns that are no JSON', "unknowns = '[{'"],
      ['an unknown of no kind', `unknowns = '${JSON.stringify([{ ...BARE, kind: 'fine' }])}'`],
      ['an unknown without a reason', `unknowns = '${JSON.stringify([{ ...BARE, reason: undefined }])}'`],
      ['an unknown with a member more', `unknowns = '${JSON.stringify([{ ...BARE, extra: 1 }])}'`],
      ['unknowns that are no list', "unknowns = '{}'"],
      ['a package less', 'package_count = package_count + 1'],
      ['a package more', 'package_count = package_count - 1'],
      ['a number that no package has', `packages = ${driver.name === 'SQLite' ? "X'FFFFFF7F'" : "'\\xFFFFFF7F'"}`],
    ] as const) {
      it(`names an inventory with ${what}, and never tells a part of it`, async () => {
        const { store, database } = stores;
        const { layerSet } = inventory(`damaged: ${what}`, []);
        await store.records.inventories.write({ ...inventory('', ['pkg:npm/a@1'], [BARE]), layerSet });
        await database.query(`UPDATE inventories SET ${change} WHERE layer_set = '${layerSet}' RETURNING id`);
        const found = store.records.inventories.find(layerSet);
        await assert.rejects(found, withCode('RECORD_DAMAGED'));
        await assert.rejects(found, { object: `inventory ${layerSet}` });
      });
    }
  });
}
