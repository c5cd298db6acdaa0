import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { systemClock } from '#base/clock.ts';
import { isAppError, messageOf } from '#base/error.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { evidence } from '#test/evidence.ts';
import { freePort } from '#test/fixtures/free-port.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { withCode } from '../contract/samples.ts';
import { openPostgresReader, openPostgresStore, type PostgresStoreOptions } from '../index.ts';

evidence(
  'platform/metadata-postgresql',
  'real tool',
  'twenty processes on an empty database; a server that goes away and comes back',
);

const CHILD = resolve(import.meta.dirname, '../../../../test/fixtures/metadata-process.ts');
const DEV = resolve(import.meta.dirname, '../../../../bin/dev');
const PROCESSES = 20;
const skip = missing('postgresql');

describe('a database of PostgreSQL', { skip }, () => {
  let server: Postgres | null = null;
  const running = (): Postgres => {
    assert.ok(server !== null);
    return server;
  };

  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server?.stop();
  });

  it('is made once by twenty processes that start together', async () => {
    const url = await running().createDatabase();
    const runs = Array.from(
      { length: PROCESSES },
      async () => await promisify(execFile)(DEV, [CHILD, 'postgres', url, 'open']),
    );
    const outputs = (await Promise.all(runs)).map(({ stdout }) => stdout);
    assert.deepEqual(
      outputs,
      Array.from({ length: PROCESSES }, () => 'open\n'),
    );
    const rows = await query(url, 'SELECT number FROM migrations');
    assert.ok(rows.length > 0);
    assert.equal(new Set(rows.map((row) => row['number'])).size, rows.length);
  });

  it('answers again after a restart, with a clear error meanwhile', async () => {
    const url = await running().createDatabase();
    const store = await open(url);
    await store.records.repositories.ensure('a/before', 1);
    const { promise: held, resolve: begun } = Promise.withResolvers<void>();
    const { promise: halted, resolve: goOn } = Promise.withResolvers<void>();
    const interrupted = store.transaction(async (records) => {
      await records.repositories.ensure('a/lost', 1);
      begun();
      await halted;
      await records.repositories.ensure('a/lost-too', 1);
    });
    await held;
    await running().halt();
    goOn();
    await assert.rejects(interrupted, withCode('METADATA_UNAVAILABLE'));
    await assert.rejects(store.probe(), withCode('METADATA_UNAVAILABLE'));
    await assert.rejects(
      store.transaction((records) => records.repositories.ensure('a/during', 1)),
      withCode('METADATA_UNAVAILABLE'),
    );
    await running().start();
    await store.probe();
    assert.notEqual(await store.records.repositories.find('a/before'), null);
    assert.equal(await store.records.repositories.find('a/lost'), null);
    await store.records.repositories.ensure('a/after', 1);
    await store.close();
  });

  it('outlives connections that are cut while nothing is asked', async () => {
    const url = await running().createDatabase();
    const store = await open(url);
    for (let round = 0; round < 3; round += 1) {
      await store.probe();
      await query(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'plimsoll' AND datname = current_database()`,
      );
      // The pool may still take a connection for sound that is not: then the error says so.
      await store.probe().catch((error: unknown) => assert.ok(withCode('METADATA_UNAVAILABLE')(error)));
    }
    await store.probe();
    await store.close();
  });

  it('ends a statement that takes too long, and goes on', async () => {
    const url = await running().createDatabase();
    const store = await open(url, { statementTimeoutMs: 200 });
    const repository = await store.records.repositories.ensure('a/b', 1);
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE tags IN ACCESS EXCLUSIVE MODE');
    await assert.rejects(store.records.tags.delete(repository.id, 'latest', 1), withCode('METADATA_UNAVAILABLE'));
    await holder.query('ROLLBACK');
    await holder.end();
    assert.equal(await store.records.tags.delete(repository.id, 'latest', 1), null);
    await store.close();
  });

  it('is refused when a later version has changed it for good, and taken when it has not', async () => {
    const url = await running().createDatabase();
    await assert.rejects(openPostgresReader({ url }), withCode('METADATA_NOT_READY'));
    await (await open(url)).close();
    await query(url, 'INSERT INTO migrations VALUES (900001, 0, 1)');
    await (await open(url)).close();
    await (await openPostgresReader({ url })).close();
    await query(url, 'INSERT INTO migrations VALUES (900002, 1, 1)');
    await assert.rejects(open(url), withCode('METADATA_NEWER'));
    await assert.rejects(openPostgresReader({ url }), withCode('METADATA_NEWER'));
  });

  it('is refused when it would lose what it acknowledged', async () => {
    const url = await running().createDatabase();
    await query(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`);
    await assert.rejects(open(url), withCode('METADATA_UNSUITABLE'));
  });

  it('says what is wrong with the way to it, without the password', async () => {
    const { url } = running();
    const password = 'a-password-of-a-test';
    const wrong = new URL(url);
    wrong.password = password;
    const nobody = new URL(wrong);
    nobody.port = String(await freePort());
    const nowhere = new URL(url);
    nowhere.pathname = '/not-there';
    for (const given of [wrong.href, nobody.href, nowhere.href]) {
      const error: unknown = await open(given).catch((reason: unknown) => reason);
      assert.ok(withCode('METADATA_UNAVAILABLE')(error), messageOf(error));
      assert.ok(isAppError(error) && error.object?.includes('127.0.0.1') === true);
      assert.ok(!JSON.stringify([error, messageOf(error)]).includes(password));
    }
    for (const given of ['mysql://x/y', 'no url', '']) {
      await assert.rejects(open(given), withCode('METADATA_UNSUITABLE'));
    }
  });
});

function open(url: string, more: Partial<PostgresStoreOptions> = {}): Promise<MetadataStore> {
  return openPostgresStore({ url, clock: systemClock, random: randomBytes, ...more });
}

async function query(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Readonly<Record<string, unknown>>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}
