import type { Kysely } from 'kysely';
import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import {
  type InventoryRecord,
  type KnownInventory,
  MAX_INVENTORY_CONTENT_BYTES,
} from '#model/platform/inventory-record.ts';
import type { ImageAnalysis, ImageInventory, InventoryRecords, Repository } from '#model/platform/records.ts';
import type { Unknown } from '#model/unknown.ts';
import type { InventoryRow, Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { inventoryTooLarge, inventoryUnknown, keptDigest, recordDamaged } from './error.ts';
import { readIdList, writeIdList } from './id-list.ts';
import { imageIdOf } from './images.ts';
import { insertPackages, isStorablePurl, MAX_PURL_BYTES, purlsOf } from './package-dictionary.ts';
import { imagesWith, packagesFrom } from './package-queries.ts';
import { prepared } from './prepared.ts';
import { readUnknowns, writeUnknowns } from './unknowns.ts';

/** What is in images: package versions by number, and which layer sets hold them. */
export function inventoryRecords(db: Kysely<Tables>, dialect: Dialect): InventoryRecords {
  return {
    write: (inventory) => atomically(db, (transaction) => write(transaction, dialect, inventory)),
    find: async (layerSet) => {
      const row = await db.selectFrom('inventories').selectAll().where('layer_set', '=', layerSet).executeTakeFirst();
      return row === undefined ? null : inventoryOf(db, dialect, row);
    },
    content: (layerSet) => contentOf(db, layerSet),
    assign: (repository, digest, analysis) =>
      atomically(db, (transaction) => assign(transaction, repository, digest, analysis)),
    ofImage: (repositoryId, digest) => ofImage(db, dialect, repositoryId, digest),
    analysisOf: analysisOf(db),
    imagesWith: (purl, page) => imagesWith(db, purl, page),
    packages: (prefix, page) => packagesFrom(db, prefix, page),
  };
}

async function write(db: Kysely<Tables>, dialect: Dialect, inventory: InventoryRecord): Promise<void> {
  const { layerSet, analysedAt, content } = inventory;
  if (content !== null && content.length > MAX_INVENTORY_CONTENT_BYTES) {
    throw inventoryTooLarge(layerSet, content.length, MAX_INVENTORY_CONTENT_BYTES);
  }
  const known = await db.selectFrom('inventories').select('id').where('layer_set', '=', layerSet).executeTakeFirst();
  if (known !== undefined) {
    await keepContent(db, known.id, content);
    return;
  }
  const { packages, unknowns } = storable(inventory);
  const ids = await insertPackages(db, dialect, packages);
  const written = await db
    .insertInto('inventories')
    .values({
      layer_set: layerSet,
      packages: writeIdList(ids),
      package_count: ids.length,
      unknowns: writeUnknowns(unknowns),
      analysed_at: analysedAt,
    })
    .onConflict((conflict) => conflict.column('layer_set').doNothing())
    .returning('id')
    .executeTakeFirst();
  // Somebody else wrote it meanwhile, postings and all.
  if (written !== undefined) {
    await insertPostings(db, dialect, written.id, ids);
    await keepContent(db, written.id, content);
  }
}

/** What is there already stays. */
async function keepContent(db: Kysely<Tables>, inventory: number, content: Uint8Array | null): Promise<void> {
  if (content !== null) {
    await db
      .insertInto('inventory_contents')
      .values({ inventory_id: inventory, content })
      .onConflict((conflict) => conflict.column('inventory_id').doNothing())
      .execute();
  }
}

async function contentOf(db: Kysely<Tables>, layerSet: Digest): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('inventories as v')
    .innerJoin('inventory_contents as c', 'c.inventory_id', 'v.id')
    .select('c.content')
    .where('v.layer_set', '=', layerSet)
    .executeTakeFirst();
  return row?.content ?? null;
}

async function insertPostings(
  db: Kysely<Tables>,
  dialect: Dialect,
  inventory: number,
  ids: readonly number[],
): Promise<void> {
  await db
    .insertInto('postings')
    .columns(['package_version_id', 'inventory_id'])
    .expression((build) =>
      build
        .selectFrom(valuesOf(dialect, ids).as('v'))
        .select((select) => [
          select.cast<number>('v.value', 'bigint').as('package_version_id'),
          select.cast<number>(select.val(inventory), 'bigint').as('inventory_id'),
        ]),
    )
    .execute();
}

/** Packages sorted, each once. One that cannot be kept is not passed over: it becomes something that is not known. */
function storable({ packages, unknowns }: KnownInventory): Pick<KnownInventory, 'packages' | 'unknowns'> {
  const { true: kept = [], false: refused = [] } = Object.groupBy(new Set(packages), (purl) =>
    isStorablePurl(purl) ? 'true' : 'false',
  );
  const lost = refused.map(
    (purl): Unknown => ({
      kind: 'unreadable',
      path: null,
      layer: null,
      analyser: 'inventory',
      reason: `expected a package URL of at most ${MAX_PURL_BYTES} printable characters, found ${quote(purl)}`,
    }),
  );
  return { packages: kept.toSorted(), unknowns: [...unknowns, ...lost] };
}

async function inventoryOf(db: Kysely<Tables>, dialect: Dialect, row: StoredInventory): Promise<KnownInventory> {
  const object = `inventory ${row.layer_set}`;
  const ids = readIdList(row.packages, row.package_count, object);
  const packages = await purlsOf(db, dialect, ids);
  if (packages.length !== ids.length) {
    throw recordDamaged(object, `${ids.length} package versions in the dictionary`, `${packages.length}`);
  }
  return {
    layerSet: keptDigest(row.layer_set, object),
    packages,
    unknowns: readUnknowns(row.unknowns, object),
    analysedAt: row.analysed_at,
  };
}

type StoredInventory = Omit<InventoryRow, 'id'>;

async function assign(
  db: Kysely<Tables>,
  repository: Repository,
  digest: Digest,
  { layerSet, unknowns, analysedAt }: ImageAnalysis,
): Promise<void> {
  const held = {
    inventory_id: layerSet === null ? null : await inventoryId(db, layerSet),
    unknowns: writeUnknowns(unknowns),
    analysed_at: analysedAt,
  };
  await db
    .insertInto('image_inventories')
    .values({ project_id: repository.projectId, repository_id: repository.id, digest, ...held })
    .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doUpdateSet(held))
    .execute();
  const image = await imageIdOf(db, repository, digest);
  const inventory = held.inventory_id === null ? null : await countsOf(db, held.inventory_id);
  await db
    .updateTable('images')
    .set({
      inventory_id: held.inventory_id,
      package_count: inventory?.packages ?? null,
      unknown_count: unknowns.length + (inventory?.unknowns ?? 0),
    })
    .where('id', '=', image)
    .execute();
}

async function countsOf(
  db: Kysely<Tables>,
  inventory: number,
): Promise<{ readonly packages: number; readonly unknowns: number }> {
  const row = await db
    .selectFrom('inventories')
    .select(['layer_set', 'package_count', 'unknowns'])
    .where('id', '=', inventory)
    .executeTakeFirstOrThrow();
  return { packages: row.package_count, unknowns: readUnknowns(row.unknowns, `inventory ${row.layer_set}`).length };
}

async function inventoryId(db: Kysely<Tables>, layerSet: Digest): Promise<number> {
  const row = await db.selectFrom('inventories').select('id').where('layer_set', '=', layerSet).executeTakeFirst();
  if (row === undefined) {
    throw inventoryUnknown(layerSet);
  }
  return row.id;
}

/** The hot path of judging. */
function analysisOf(db: Kysely<Tables>): InventoryRecords['analysisOf'] {
  const query = prepared(db, ['repository', 'digest'], (value) =>
    db
      .selectFrom('image_inventories as i')
      .leftJoin('inventories as v', 'v.id', 'i.inventory_id')
      .select(['i.unknowns', 'i.analysed_at', 'v.layer_set'])
      .where('i.repository_id', '=', value.repository)
      .where('i.digest', '=', value.digest),
  );
  return async (repositoryId, digest) => {
    const [row] = await query({ repository: repositoryId, digest });
    const object = `analysis of ${digest}`;
    return row === undefined
      ? null
      : {
          layerSet: row.layer_set === null ? null : keptDigest(row.layer_set, object),
          unknowns: readUnknowns(row.unknowns, object),
          analysedAt: row.analysed_at,
        };
  };
}

async function ofImage(
  db: Kysely<Tables>,
  dialect: Dialect,
  repositoryId: string,
  digest: Digest,
): Promise<ImageInventory | null> {
  const row = await db
    .selectFrom('image_inventories as i')
    .leftJoin('inventories as v', 'v.id', 'i.inventory_id')
    .select(['i.unknowns as image_unknowns', 'i.analysed_at as image_analysed_at'])
    .select(['v.layer_set', 'v.packages', 'v.package_count', 'v.unknowns', 'v.analysed_at'])
    .where('i.repository_id', '=', repositoryId)
    .where('i.digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) {
    return null;
  }
  const { layer_set, packages, package_count, unknowns, analysed_at } = row;
  const isAnalysed =
    layer_set !== null && packages !== null && package_count !== null && unknowns !== null && analysed_at !== null;
  const inventory = isAnalysed
    ? await inventoryOf(db, dialect, { layer_set, packages, package_count, unknowns, analysed_at })
    : null;
  return {
    layerSet: inventory?.layerSet ?? null,
    unknowns: readUnknowns(row.image_unknowns, `analysis of ${digest}`),
    analysedAt: row.image_analysed_at,
    inventory,
  };
}
