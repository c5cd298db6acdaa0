import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { FeedEntry } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import { buildShard, openShard, sweepTemporary, temporaryPath } from './index.ts';

evidence(
  'advisories/shards',
  'self-made',
  'shards that the test builds, cuts off, overwrites and builds twice at once',
);

const root = mkdtempSync(join(tmpdir(), 'plimsoll-shards-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

/** A path for a shard in a folder of its own. */
function newPath(): string {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  return join(folder, 'npm.sqlite');
}

const CHECKED = Date.parse('2024-06-01T00:00:00Z');
const origin = { ecosystem: 'npm', provider: 'osv', source: '/feeds', revision: digestOf('one'), checked: CHECKED };

function entry(id: string, ecosystem = 'npm', modified = '2024-01-01T00:00:00Z'): FeedEntry {
  const advisory = advisoryOf({ id, aliases: [`CVE-${id}`], upstream: [`UP-${id}`], modified });
  const affected = [
    affectedOf(advisory, ecosystem, 'lodash', '4.17.5'),
    affectedOf(advisory, `${ecosystem}:1`, 'other'),
    { ...affectedOf(advisory, ecosystem, 'lodash'), status: 'unfixed' },
  ];
  return { kind: 'record', record: { advisory, affected } };
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => isAppError(error) && error.code === expected;
}

describe('a shard', () => {
  it('gives back what was put in, by package and by any name', async () => {
    const path = newPath();
    const given = entry('A');
    assert.ok(given.kind === 'record');
    const info = await buildShard(path, origin, [entry('B', 'npm', '2024-02-01T00:00:00Z'), given]);
    const shard = openShard(path);
    try {
      assert.deepEqual(shard.info, info);
      assert.deepEqual(info, { ...origin, count: 2, rejected: 0, rejectedNames: [], newest: Date.parse('2024-02-01') });
      assert.deepEqual(
        shard.affected('npm', 'lodash').filter((row) => row.advisory.id === 'A'),
        given.record.affected.filter((row) => row.ecosystem === 'npm'),
      );
      assert.deepEqual([shard.affected('npm', 'Lodash'), shard.affected('npm:2', 'lodash')], [[], []]);
      assert.deepEqual([shard.rows('npm'), shard.rows('npm:1'), shard.rows('npm:2')], [4, 2, 0]);
      assert.deepEqual(shard.ecosystems(), ['npm', 'npm:1']);
      for (const name of ['A', 'CVE-A', 'UP-A', 'cve-a']) {
        assert.deepEqual(shard.find(name), [given.record], name);
      }
      assert.deepEqual(shard.find("A' OR '1'='1"), []);
    } finally {
      shard.close();
    }
  });

  it('counts what was rejected, and an id that comes twice', async () => {
    const rejected = Array.from(
      { length: 12 },
      (_, at): FeedEntry => ({ kind: 'rejected', name: `${at}.json`, reason: 'bad' }),
    );
    const info = await buildShard(newPath(), origin, [entry('A'), entry('A'), ...rejected]);
    assert.equal(info.count, 1);
    assert.equal(info.rejected, 13);
    assert.deepEqual(info.rejectedNames.slice(0, 3), ['A', '0.json', '1.json']);
    assert.equal(info.rejectedNames.length, 10);
  });

  it('is not kept fresh by a date in the future', async () => {
    const info = await buildShard(newPath(), origin, [entry('A'), entry('B', 'npm', '2999-01-01T00:00:00Z')]);
    assert.equal(info.newest, Date.parse('2024-01-01'));
  });

  it('says when it was last checked, if that was the same revision', async () => {
    const path = newPath();
    await buildShard(path, origin, []);
    const checkedAt = (revision: string): number => {
      const shard = openShard(path, { lastCheck: { revision: digestOf(revision), checked: CHECKED + 5 } });
      shard.close();
      return shard.info.checked;
    };
    assert.deepEqual([checkedAt('one'), checkedAt('two')], [CHECKED + 5, CHECKED]);
  });
});

it('shards: readers of the old file keep it when a new one takes its place', async () => {
  const path = newPath();
  await buildShard(path, origin, [entry('A')]);
  const old = openShard(path);
  await buildShard(path, { ...origin, revision: digestOf('two') }, [entry('B'), entry('C')]);
  const fresh = openShard(path);
  assert.deepEqual([old.find('A').length, old.find('B').length, old.affected('npm', 'lodash').length], [1, 0, 2]);
  assert.deepEqual([fresh.find('A').length, fresh.find('B').length, fresh.affected('npm', 'lodash').length], [0, 1, 4]);
  old.close();
  fresh.close();
});

it('shards: a feed that breaks off leaves the old shard and no other file', async () => {
  const path = newPath();
  await buildShard(path, origin, [entry('A')]);
  const before = readFileSync(path);
  function* broken(): Generator<FeedEntry> {
    yield entry('B');
    throw new Error('the feed broke off');
  }
  await assert.rejects(buildShard(path, origin, broken()), /broke off/);
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(readdirSync(join(path, '..')), ['npm.sqlite']);
});

it('shards: the folder holds nothing but the new file while it is written', async () => {
  const path = newPath();
  const names = new Set<string>();
  function* watched(): Generator<FeedEntry> {
    for (let at = 0; at < 3; at += 1) {
      yield entry(`A-${at}`);
      readdirSync(join(path, '..')).forEach((name) => names.add(name));
    }
  }
  await buildShard(path, origin, watched());
  assert.deepEqual(names.size, 1, [...names].join(' '));
});

it('shards: many builders of one shard at once all end well, in this process and in others', async () => {
  const path = newPath();
  const script = `
    import { buildShard } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
    const advisory = (id) => ({ id, aliases: [], upstream: [], summary: '', details: '', modified: '2024-01-01T00:00:00Z', ratings: [], references: [] });
    const entries = Array.from({ length: 500 }, (_, at) => ({ kind: 'record', record: { advisory: advisory('P-' + at), affected: [] } }));
    for (let round = 0; round < 5; round += 1) {
      await buildShard(process.argv[1], ${JSON.stringify(origin)}, entries);
    }`;
  const children = [1, 2].map(
    () =>
      new Promise<number | null>((resolve) => {
        const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, path], {
          stdio: 'inherit',
        });
        child.on('exit', resolve);
      }),
  );
  const own = [1, 2, 3, 4].map((at) =>
    buildShard(
      path,
      origin,
      Array.from({ length: 500 }, (_, n) => entry(`${at}-${n}`)),
    ),
  );
  assert.deepEqual(await Promise.all(children), [0, 0]);
  await Promise.all(own);
  const shard = openShard(path);
  assert.equal(shard.info.count, 500);
  shard.close();
  assert.deepEqual(readdirSync(join(path, '..')), ['npm.sqlite']);
});

it('shards: what a dead process left is removed, what a live one writes is not', async () => {
  const path = newPath();
  const [dead, live, other] = [temporaryPath(path), temporaryPath(path), temporaryPath(`${path}x`)];
  for (const name of [dead, live, other]) {
    writeFileSync(name, '');
  }
  utimesSync(dead, 1, 1);
  utimesSync(other, 1, 1);
  await sweepTemporary(path, Date.now() - 60_000);
  assert.deepEqual(readdirSync(join(path, '..')).length, 2);
  assert.ok(statSync(live).isFile());
});

function throwsShardError(work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    return isAppError(error);
  }
}

describe('a damaged shard is an error of ours', () => {
  it('cut off, empty, no database, not there', async () => {
    const path = newPath();
    await buildShard(path, origin, [entry('A')]);
    truncateSync(path, statSync(path).size - 4096);
    assert.throws(() => openShard(path), code('SHARD_DAMAGED'));
    truncateSync(path, 0);
    assert.throws(() => openShard(path), code('SHARD_DAMAGED'));
    writeFileSync(path, 'x'.repeat(10_000));
    assert.throws(() => openShard(path), code('SHARD_DAMAGED'));
    assert.throws(() => openShard(`${path}.missing`), code('SHARD_DAMAGED'));
  });

  it('of another format or another program', async () => {
    const path = newPath();
    await buildShard(path, origin, [entry('A')]);
    const change = (statement: string): void => {
      const database = new DatabaseSync(path);
      database.exec(statement);
      database.close();
    };
    change('PRAGMA user_version = 99');
    assert.throws(() => openShard(path), code('SHARD_FORMAT_UNKNOWN'));
    change('PRAGMA application_id = 1');
    assert.throws(() => openShard(path), code('SHARD_DAMAGED'));
  });

  it('when a record, an index or a page is not as it was written', async () => {
    const path = newPath();
    await buildShard(
      path,
      origin,
      Array.from({ length: 200 }, (_, at) => entry(`A-${at}`)),
    );
    const whole = readFileSync(path);
    const statements = ["UPDATE affected SET json = replace(json, '4.17.5', '4.17.4')", 'DELETE FROM affected'];
    for (const statement of statements) {
      const database = new DatabaseSync(path);
      database.exec(statement);
      database.close();
      assert.throws(() => openShard(path), code('SHARD_DAMAGED'), statement);
      writeFileSync(path, whole);
    }
    for (let page = 4096; page + 4096 < whole.length; page += 4096) {
      const changed = Buffer.from(whole);
      changed.fill(0, page, page + 4096);
      writeFileSync(path, changed);
      assert.throws(() => openShard(path), code('SHARD_DAMAGED'), `page at ${page}`);
    }
  });

  it('wherever its bytes are changed', async () => {
    const path = newPath();
    await buildShard(
      path,
      origin,
      Array.from({ length: 200 }, (_, at) => entry(`A-${at}`)),
    );
    const whole = readFileSync(path);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 64 }), (at, bytes) => {
        const changed = Buffer.from(whole);
        changed.set(bytes.subarray(0, changed.length - at), at);
        writeFileSync(path, changed);
        assert.ok(changed.equals(whole) || throwsShardError(() => openShard(path).close()));
      }),
      { numRuns: 500 },
    );
  });
});
