import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '#base/clock.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { withCode } from '../contract/samples.ts';
import { openSqliteReader, openSqliteStore } from '../index.ts';
import { Writer } from './writer.ts';

const CHILD = resolve(import.meta.dirname, '../../../../test/fixtures/metadata-process.ts');
const DEV = resolve(import.meta.dirname, '../../../../bin/dev');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
after(() => rmSync(folder, { recursive: true }));

describe('a database of SQLite', () => {
  it('is its owner’s alone, with all files beside it', async () => {
    const path = join(folder, 'new', 'private.db');
    const store = await open(path);
    await store.records.repositories.ensure('a/b', 1);
    const modes = readdirSync(join(folder, 'new')).map((name) => [
      name,
      (statSync(join(folder, 'new', name)).mode & 0o777).toString(8),
    ]);
    assert.deepEqual(modes, [
      ['private.db', '600'],
      ['private.db-shm', '600'],
      ['private.db-wal', '600'],
    ]);
    assert.equal((statSync(join(folder, 'new')).mode & 0o777).toString(8), '700');
    await store.close();
    chmodSync(path, 0o644);
    await (await open(path)).close();
    assert.equal((statSync(path).mode & 0o777).toString(8), '600');
  });

  it('syncs every commit, and refuses rows that refer to nothing', async () => {
    const path = join(folder, 'settings.db');
    const store = await open(path);
    const repository = await store.records.repositories.ensure('a/b', 1);
    await assert.rejects(
      store.records.uploads.create({
        id: 'x',
        repository: { ...repository, id: 'not there' },
        owner: 'user:x',
        algorithm: 'sha256',
        state: { size: 0, parts: [] },
        updatedAt: 1,
      }),
      /FOREIGN KEY/,
    );
    await store.close();
    const database = new DatabaseSync(path);
    assert.equal(database.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
    database.close();
  });

  it('is refused when a later version has changed it for good, and taken when it has not', async () => {
    const path = join(folder, 'newer.db');
    await (await open(path)).close();
    change(path, 'INSERT INTO migrations VALUES (900001, 0, 1)');
    await (await open(path)).close();
    await (await openSqliteReader({ path })).close();
    change(path, 'INSERT INTO migrations VALUES (900002, 1, 1)');
    await assert.rejects(open(path), withCode('METADATA_NEWER'));
    await assert.rejects(openSqliteReader({ path }), withCode('METADATA_NEWER'));
  });

  it('is not read before it is there and up to date', async () => {
    const path = join(folder, 'not-ready.db');
    await assert.rejects(openSqliteReader({ path }), withCode('METADATA_NOT_READY'));
    writeFileSync(path, '');
    await assert.rejects(openSqliteReader({ path }), withCode('METADATA_NOT_READY'));
    await (await open(path)).close();
    change(path, 'DELETE FROM migrations');
    await assert.rejects(openSqliteReader({ path }), withCode('METADATA_NOT_READY'));
  });

  it('says of what is no database that it is none', async () => {
    const path = join(folder, 'text.db');
    writeFileSync(
      path,
      'This is a text of more than one hundred bytes, which nobody would take for a database. '.repeat(9),
    );
    await assert.rejects(open(path), withCode('METADATA_DAMAGED'));
    await assert.rejects(openSqliteReader({ path }), withCode('METADATA_DAMAGED'));
    await assert.rejects(open(join(path, 'below-a-file.db')), withCode('METADATA_UNAVAILABLE'));
    await assert.rejects(open(folder), withCode('METADATA_UNAVAILABLE'));
  });

  it('says that another process holds it for too long, and goes on after that', async () => {
    const path = join(folder, 'held.db');
    const store = await openSqliteStore({ path, clock: systemClock, random: randomBytes, patienceMs: 50 });
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.records.repositories.ensure('a/b', 1), withCode('METADATA_UNAVAILABLE'));
    await assert.rejects(
      store.transaction((records) => records.repositories.ensure('a/b', 1)),
      withCode('METADATA_UNAVAILABLE'),
    );
    assert.equal(await store.records.repositories.find('a/b'), null);
    holder.exec('ROLLBACK');
    assert.equal((await store.records.repositories.ensure('a/b', 1)).name, 'a/b');
    holder.close();
    await store.close();
  });

  it('says that there is no room, has nothing of what did not fit, and goes on when there is some', async () => {
    const path = join(folder, 'full.db');
    const store = await open(path);
    const writer = new Writer({ path, patienceMs: 30_000 });
    const insert = "INSERT INTO event_cursors VALUES (?, 'x', 1)";
    await writer.execute('PRAGMA max_page_count = 1', [], true);
    await writer.begin();
    await writer.execute(insert, ['small'], false);
    await assert.rejects(writer.execute(insert, ['x'.repeat(100_000)], false), withCode('METADATA_FULL'));
    await writer.rollback();
    await assert.rejects(writer.execute(insert, ['x'.repeat(100_000)], true), withCode('METADATA_FULL'));
    assert.equal(await store.records.events.cursor('small'), null);
    await writer.execute('PRAGMA max_page_count = 100000', [], true);
    await writer.execute(insert, ['x'.repeat(100_000)], true);
    assert.equal(await store.records.events.cursor('x'.repeat(100_000)), 'x');
    await writer.close();
    await store.close();
  });

  it('is made once by processes that start together', async () => {
    const path = join(folder, 'together', 'plimsoll.db');
    const runs = Array.from({ length: 4 }, async () => await promisify(execFile)(DEV, [CHILD, 'sqlite', path, 'open']));
    const outputs = (await Promise.all(runs)).map(({ stdout }) => stdout);
    assert.deepEqual(new Set(outputs), new Set(['open\n']));
    const database = new DatabaseSync(path);
    const numbers = database.prepare('SELECT number FROM migrations').all();
    database.close();
    assert.equal(numbers.length, new Set(numbers.map((row) => row['number'])).size);
  });
});

function open(path: string): Promise<MetadataStore> {
  return openSqliteStore({ path, clock: systemClock, random: randomBytes });
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
