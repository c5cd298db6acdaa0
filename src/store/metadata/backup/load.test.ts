import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, describe, it } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { made, pages } from '../contract/catalog-samples.ts';
import { collect } from '../contract/samples.ts';
import { openPostgresStore, openSqliteStore } from '../index.ts';
import { dumpMetadata } from './dump.ts';
import { loadMetadata } from './load.ts';
import type { DumpedRow } from './tables.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-load-'));
after(() => rmSync(folder, { recursive: true }));
const settings = { clock: systemClock, random: randomBytes };
const CONTENT = Uint8Array.of(0, 1, 255);
const SINCE_SECOND = new Set([
  'images',
  'judgements',
  'due_images',
  'inventory_contents',
  'acquisitions',
  'image_uses',
  'past_refusals',
  'releases',
]);

describe('a dump', () => {
  it('brings back what is said of images and what was taken, and nothing that was under way', async () => {
    const rows = await dumped('first.db');
    const store = await openSqliteStore({ path: join(folder, 'again.db'), ...settings });
    await check(store, rows);
  });

  it('of SQLite goes into PostgreSQL', { skip: missing('postgresql') }, async () => {
    const rows = await dumped('second.db');
    const server = await startPostgres();
    try {
      await check(await openPostgresStore({ url: await server.createDatabase(), ...settings }), rows);
    } finally {
      await server.stop();
    }
  });

  it('of the first migration has its images in the catalogue, due to be judged', async () => {
    const rows = (await dumped('third.db')).filter(({ table }) => !SINCE_SECOND.has(table));
    const store = await openSqliteStore({ path: join(folder, 'old.db'), ...settings });
    try {
      await load(store, rows);
      const [entry, ...more] = await pages(store, {});
      assert.deepEqual([entry?.repository.name, entry?.packages, entry?.isDue, more.length], ['kept/app', 1, true, 0]);
    } finally {
      await store.close();
    }
  });
});

async function dumped(name: string): Promise<readonly DumpedRow[]> {
  const path = join(folder, name);
  const store = await openSqliteStore({ path, ...settings });
  try {
    const { records } = store;
    const { repository, digest } = await made(store, 'kept/app', '1', { base: 'alpine' });
    await records.inventories.write({
      layerSet: digestOf('pkg:npm/everywhere@1'),
      packages: [],
      unknowns: [],
      analysedAt: 1,
      content: CONTENT,
    });
    await records.acquisitions.begin(acquisition(repository));
    await records.judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, 'policy', 5);
    await records.judgements.take(1, 6, Number.MAX_SAFE_INTEGER);
    await records.catalog.setUses('a', [{ repositoryId: repository.id, digest, environment: null }], 7);
    return await collect(dumpMetadata({ kind: 'sqlite', path }));
  } finally {
    await store.close();
  }
}

function acquisition(repository: Acquisition['repository']): Acquisition {
  return {
    id: 'id',
    repository,
    source: 'hub',
    upstream: 'docker.io/library/alpine',
    reference: '3',
    digest: null,
    state: 'copying',
    reason: '',
    progress: { manifests: 0, manifestsDone: 0, blobs: 0, blobsDone: 0, bytes: 0, bytesDone: 0 },
    requestedBy: 'user:alice',
    requestedAt: 5,
    updatedAt: 6,
    finishedAt: null,
    version: 3,
  };
}

async function load(store: MetadataStore, rows: readonly DumpedRow[]): Promise<void> {
  await loadMetadata(store, { rows: () => Readable.from(rows), after: () => Promise.resolve() });
}

/** Closes the store. */
async function check(store: MetadataStore, rows: readonly DumpedRow[]): Promise<void> {
  try {
    await load(store, rows);
    const { records } = store;
    const [entry] = await pages(store, {});
    assert.deepEqual([entry?.base, entry?.inUse, entry?.isDue, entry?.packages], ['alpine', true, true, 1]);
    const kept = await records.inventories.content(digestOf('pkg:npm/everywhere@1'));
    assert.deepEqual(Uint8Array.from(kept ?? []), CONTENT);
    const ended = await records.acquisitions.find('id');
    assert.deepEqual([ended?.state, ended?.finishedAt, ended?.version], ['failed', 6, 4]);
    const [due] = await records.judgements.take(1, 8, 9);
    assert.deepEqual([due?.cause, due?.since], ['policy', 5]);
    const { repository } = await made(store, 'kept/new', '1');
    assert.equal((await pages(store, { prefixes: [repository.name] })).length, 1);
  } finally {
    await store.close();
  }
}
