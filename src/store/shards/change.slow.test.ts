import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { FeedEntry } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import type { ShardChanges } from './index.ts';
import { buildShard, changeShard, openShard, sweepTemporary } from './index.ts';

evidence('advisories/shards', 'self-made', 'shards that processes of the test change, read and are killed over');

const root = mkdtempSync(join(tmpdir(), 'plimsoll-change-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function newPath(): string {
  folders += 1;
  mkdirSync(join(root, `${folders}`));
  return join(root, `${folders}`, 'npm.sqlite');
}

const CHECKED = Date.parse('2024-06-01T00:00:00Z');

function origin(revision: string): Parameters<typeof buildShard>[1] {
  return { ecosystem: 'npm', provider: 'osv', source: '/feeds', revision: digestOf(revision), checked: CHECKED };
}

function record(id: string, fixed = '1.0.0', aliases: readonly string[] = [`CVE-${id}`]): FeedEntry {
  const details = `${id} is about what lodash does with what nobody should hand to it. `.repeat(8);
  const advisory = advisoryOf({ id, aliases, upstream: [`UP-${id}`], summary: id, details });
  return { kind: 'record', record: { advisory, affected: [affectedOf(advisory, 'npm', 'lodash', fixed)] } };
}

async function* each(...entries: readonly FeedEntry[]): AsyncGenerator<FeedEntry> {
  await Promise.resolve();
  yield* entries;
}

function changes(base: string, removed: readonly string[], ...entries: readonly FeedEntry[]): ShardChanges {
  return { base: digestOf(base), removed, entries: each(...entries) };
}

/** Everything that can be found in it. */
function contentOf(path: string): unknown {
  const shard = openShard(path);
  try {
    const ids = [...shard.modified()].map(([id]) => id).toSorted();
    const names = ids.flatMap((id) => [id, `CVE-${id}`, `UP-${id}`, `NEW-${id}`]);
    return {
      ids,
      info: { ...shard.info, revision: null },
      affected: shard.affected('npm', 'lodash').toSorted((a, b) => (a.advisory.id < b.advisory.id ? -1 : 1)),
      found: names.map((name) => [name, shard.find(name)]),
      rows: shard.rows('npm'),
    };
  } finally {
    shard.close();
  }
}

describe('changes of a shard', () => {
  it('leave what a shard has that was built of the same records', async () => {
    const [path, fresh] = [newPath(), newPath()];
    await buildShard(
      path,
      origin('one'),
      Array.from({ length: 50 }, (_, at) => record(`A-${at}`)),
    );
    const removed = ['A-3', 'A-7', 'nothing'];
    const anew = [record('A-5', '2.0.0', ['NEW-A-5']), record('A-60'), record('a-61')];
    await changeShard(path, origin('two'), changes('one', removed, ...anew));
    const kept = Array.from({ length: 50 }, (_, at) => at).filter((at) => ![3, 5, 7].includes(at));
    await buildShard(fresh, origin('two'), [...kept.map((at) => record(`A-${at}`)), ...anew]);
    assert.deepEqual(contentOf(path), contentOf(fresh));
    const shard = openShard(path);
    assert.deepEqual([shard.info.revision, shard.find('CVE-A-5'), shard.find('A-3')], [digestOf('two'), [], []]);
    shard.close();
    assert.deepEqual(readdirSync(dirname(path)), ['npm.sqlite']);
  });

  it('take the place of signals and releases of the same id', async () => {
    const path = newPath();
    const signal = (id: string, probability: number): FeedEntry => ({
      kind: 'signal',
      id,
      signal: { kind: 'epss', probability, percentile: 0.5, date: '2024-05-01' },
    });
    await buildShard(path, origin('one'), [signal('CVE-1', 0.1), signal('CVE-2', 0.2), signal('CVE-3', 0.3)]);
    await changeShard(path, origin('two'), changes('one', ['CVE-3'], signal('CVE-1', 0.9), signal('CVE-4', 0.4)));
    const shard = openShard(path);
    const probabilities = ['CVE-1', 'CVE-2', 'CVE-3', 'CVE-4'].map((id) =>
      shard.signals(id).map((each) => each.kind === 'epss' && each.probability),
    );
    assert.deepEqual([probabilities, shard.info.count], [[[0.9], [0.2], [], [0.4]], 3]);
    shard.close();
  });

  it('are of the revision that is there, or none', async () => {
    const path = newPath();
    await buildShard(path, origin('one'), [record('A')]);
    const before = readFileSync(path);
    await assert.rejects(changeShard(path, origin('three'), changes('two', ['A'])), { code: 'SHARD_CHANGED' });
    await assert.rejects(changeShard(`${path}x`, origin('three'), changes('two', ['A'])));
    assert.deepEqual([readFileSync(path), readdirSync(dirname(path))], [before, ['npm.sqlite']]);
  });

  it('that break off anywhere leave the shard as it was, and no other file', async () => {
    const path = newPath();
    await buildShard(path, origin('one'), [record('A'), record('B')]);
    const before = readFileSync(path);
    for (const count of [0, 1, 5]) {
      async function* broken(): AsyncGenerator<FeedEntry> {
        await Promise.resolve();
        yield* Array.from({ length: count }, (_, at) => record(`C-${at}`));
        throw new Error('the feed broke off');
      }
      const given = { base: digestOf('one'), removed: ['A'], entries: broken() };
      await assert.rejects(changeShard(path, origin('two'), given), /broke off/);
      assert.deepEqual([readFileSync(path), readdirSync(dirname(path))], [before, ['npm.sqlite']]);
    }
  });
});

/** A process with what a test of changes needs; `work` is its program. */
function child(path: string, work: string): ReturnType<typeof spawn> {
  const script = `
    import { changeShard, openShard, buildShard } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
    import { digestOf } from ${JSON.stringify(import.meta.resolve('#base/digest.ts'))};
    const path = process.argv[1];
    const origin = (revision) => ({ ...${JSON.stringify(origin(''))}, revision });
    const advisory = (id) => ({ id, aliases: [], upstream: [], summary: id, details: '', modified: '2024-01-01T00:00:00Z', ratings: [], references: [] });
    const record = (id) => ({ kind: 'record', record: { advisory: advisory(id), affected: [] } });
    const revisionOf = () => { const shard = openShard(path); shard.close(); return shard.info.revision; };
    ${work}`;
  const argv = ['--input-type=module-typescript', '-e', script, path];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('changes of a shard: a process that is killed over them leaves the shard as it was', async () => {
  const path = newPath();
  await buildShard(path, origin('one'), [record('A'), record('B')]);
  const before = readFileSync(path);
  const process = child(
    path,
    `async function* hanging() {
      for (let at = 0; at < 100; at += 1) { yield record('C-' + at); }
      process.stdout.write('hanging');
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    }
    await changeShard(path, origin(digestOf('two')), { base: digestOf('one'), removed: ['A'], entries: hanging() });`,
  );
  assert.ok(process.stdout !== null);
  await once(process.stdout, 'data');
  process.kill('SIGKILL');
  await once(process, 'exit');
  assert.deepEqual(readFileSync(path), before);
  const left = readdirSync(dirname(path)).filter((name) => name !== 'npm.sqlite');
  assert.ok(left.length > 0);
  left.forEach((name) => utimesSync(join(dirname(path), name), 1, 1));
  await sweepTemporary(path, Date.now() - 60_000);
  assert.deepEqual(readdirSync(dirname(path)), ['npm.sqlite']);
  await changeShard(path, origin('two'), changes('one', ['A'], record('D')));
});

it('changes of a shard: processes that change and read it at once see whole shards', async () => {
  const path = newPath();
  await buildShard(
    path,
    origin('one'),
    Array.from({ length: 300 }, (_, at) => record(`A-${at}`)),
  );
  const changing = ['X', 'Y'].map((name) =>
    child(
      path,
      `for (let at = 0; at < 10;) {
        const base = revisionOf();
        const entries = (async function* () { yield record('${name}-' + at); })();
        try {
          await changeShard(path, origin(digestOf(base + '${name}' + at)), { base, removed: ['A-' + at], entries });
          at += 1;
        } catch (error) {
          if (error.code !== 'SHARD_CHANGED') { throw error; }
        }
      }`,
    ),
  );
  const reading = child(
    path,
    `for (let round = 0; round < 200; round += 1) {
      const shard = openShard(path);
      const ids = [...shard.modified()].map(([id]) => id);
      if (ids.length !== shard.info.count || shard.find('A-299').length !== 1) { throw new Error('not whole'); }
      shard.close();
    }`,
  );
  const codes = await Promise.all([...changing, reading].map(async (each) => (await once(each, 'exit'))[0] as unknown));
  assert.deepEqual(codes, [0, 0, 0]);
  const shard = openShard(path);
  const ids = new Set([...shard.modified()].map(([id]) => id));
  assert.equal(ids.size, shard.info.count);
  assert.ok(!ids.has('A-0') && ids.has('A-299'));
  shard.close();
  assert.deepEqual(readdirSync(dirname(path)), ['npm.sqlite']);
});
