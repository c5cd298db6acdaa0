import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, it } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import type { ShardInfo } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import type { Feed } from '#test/fixtures/feed-server.ts';
import { serve, withFeed } from '#test/fixtures/feed-server.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { Advisories, AdvisoriesOptions } from './advisories.ts';
import { openAdvisories } from './advisories.ts';

evidence('advisories/shards', 'published', 'archives of eight ecosystems, each kept whole');
evidence(
  'advisories/shards',
  'self-made',
  'an HTTP server of the test with entity tags, folders that change, broken archives',
);

const root = mkdtempSync(join(tmpdir(), 'plimsoll-advisories-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function newFolder(): string {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  return folder;
}

const START = Date.parse('2024-06-01T00:00:00Z');
const HOUR = 3_600_000;

/** A clock that the test moves. */
function movingClock(): Clock & { now: () => number; move: (ms: number) => void } {
  let now = START;
  return { now: () => now, move: (ms) => (now += ms) };
}

/** An archive of records with these ids. */
function archive(...ids: readonly string[]): Buffer {
  return zipArchive(
    ids.map((id) => ({
      name: `${id}.json`,
      content: JSON.stringify({
        id,
        modified: '2024-05-30T00:00:00Z',
        affected: [
          {
            package: { ecosystem: 'npm', name: 'lodash' },
            ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
          },
        ],
      }),
    })),
  );
}

/** One OSV source, a URL or a folder. */
type LookOptions = Partial<AdvisoriesOptions> & { readonly source: string; readonly home: string };

async function using<Result>(
  { source, ...options }: LookOptions,
  use: (advisories: Advisories) => Promise<Result>,
): Promise<Result> {
  const advisories = openAdvisories({
    sources: [{ provider: 'osv', place: source, ecosystems: null }],
    backoffMs: [1, 1],
    offline: false,
    clock: movingClock(),
    signal: new AbortController().signal,
    ...options,
  });
  try {
    return await use(advisories);
  } finally {
    advisories.close();
  }
}

/** What a fresh process gets for npm: ids in the shard, kinds of the unknowns. */
async function look(options: LookOptions): Promise<{
  readonly ids: readonly string[] | null;
  readonly kinds: readonly string[];
  readonly info: ShardInfo | null;
}> {
  return await using(options, async (advisories) => {
    const { reader, unknowns } = await advisories.shard('npm');
    const ids = reader === null ? null : reader.affected('npm', 'lodash').map((row) => row.advisory.id);
    return { ids, kinds: unknowns.map(({ kind }) => kind), info: reader?.info ?? null };
  });
}

function archivesAsked(feed: Feed): readonly string[] {
  return feed.asked.filter((asked) => asked.includes('all.zip'));
}

function feedFolder(bytes: Uint8Array): { readonly source: string; readonly zip: string } {
  const source = newFolder();
  mkdirSync(join(source, 'npm'));
  const zip = join(source, 'npm', 'all.zip');
  writeFileSync(zip, bytes);
  return { source, zip };
}

it('advisories: a URL is asked once a day, with the entity tag of what is at hand', async () => {
  await withFeed(async (feed) => {
    const clock = movingClock();
    const options = { source: feed.url, home: newFolder(), clock };
    serve(feed, archive('A'), '"1"');
    const first = await look(options);
    assert.deepEqual([first.ids, first.kinds, first.info?.checked], [['A'], [], START]);
    clock.move(23 * HOUR);
    assert.deepEqual((await look(options)).ids, ['A']);
    assert.equal(archivesAsked(feed).length, 1);
    clock.move(2 * HOUR);
    const unchanged = await look(options);
    assert.deepEqual([unchanged.ids, unchanged.info?.checked], [['A'], START + 25 * HOUR]);
    clock.move(23 * HOUR);
    await look(options);
    assert.deepEqual(archivesAsked(feed), ['/bulk/npm/all.zip -', '/bulk/npm/all.zip "1"']);
    clock.move(2 * HOUR);
    serve(feed, archive('A', 'B'), '"2"');
    assert.deepEqual((await look(options)).ids, ['A', 'B']);
    clock.move(-100 * HOUR);
    await look(options);
    assert.equal(archivesAsked(feed).length, 4, 'a look that lies in the future proves nothing');
  });
});

it('advisories: when the feed fails, the old shard is used and an unknown says so', async () => {
  await withFeed(async (feed) => {
    const clock = movingClock();
    const options = { source: feed.url, home: newFolder(), clock };
    serve(feed, archive('A'), '"1"');
    await look(options);
    const failures: readonly Feed['answer'][] = [
      (_request, response) => response.writeHead(403).end(),
      (_request, response) => response.writeHead(404).end(),
      (_request, response) => response.end('<html>captive portal</html>'),
      (_request, response) => response.writeHead(200, { 'content-length': '999' }).end(archive('B')),
      (_request, response) => response.end(archive('B').subarray(0, 100)),
    ];
    for (const answer of failures) {
      clock.move(25 * HOUR);
      feed.answer = answer;
      const { ids, kinds } = await look(options);
      assert.deepEqual([ids, kinds], [['A'], ['stale-advisories']]);
    }
    serve(feed, archive('B'), '"3"');
    assert.deepEqual((await look(options)).ids, ['B']);
  });
});

it('advisories: a feed that refuses is an unknown when there is no older shard', async () => {
  await withFeed(async (feed) => {
    feed.answer = (_request, response) => response.writeHead(403).end();
    const { ids, kinds } = await look({ source: feed.url, home: newFolder() });
    assert.deepEqual([ids, kinds], [null, ['no-advisories']]);
  });
});

it('advisories: what the source does not hold has none, whether it is a URL or a folder', async () => {
  await withFeed(async (feed) => {
    for (const source of [feed.url, newFolder(), join(root, 'nowhere')]) {
      const { ids, kinds } = await look({ source, home: newFolder() });
      assert.deepEqual([ids, kinds], [null, ['no-advisories']]);
    }
  });
});

it('advisories: offline asks nobody: it uses what is there, and says what is not', async () => {
  await withFeed(async (feed) => {
    const clock = movingClock();
    const options = { source: feed.url, home: newFolder(), clock };
    serve(feed, archive('A'), '"1"');
    const offline = { ...options, offline: true };
    const before = await look(offline);
    assert.deepEqual([before.ids, before.kinds], [null, ['no-advisories']]);
    await look(options);
    clock.move(1000 * HOUR);
    const later = await look(offline);
    assert.deepEqual([later.ids, later.kinds], [['A'], []]);
    const updated = await using(offline, async (advisories) => await advisories.update());
    assert.deepEqual(
      updated.map(({ ecosystem, outcome }) => [ecosystem, outcome]),
      [['npm', 'failed']],
    );
    assert.equal(archivesAsked(feed).length, 1);
  });
});

it('advisories: a folder is read again when its archive changed, offline too', async () => {
  const { source, zip } = feedFolder(archive('A'));
  const options = { source, home: newFolder(), offline: true };
  const first = await look(options);
  assert.deepEqual([first.ids, first.kinds], [['A'], []]);
  const shard = await shardFile(options);
  const built = statSync(shard).ino;
  await look(options);
  utimesSync(zip, 1, 1);
  assert.equal((await look(options)).info?.revision, first.info?.revision);
  assert.equal(statSync(shard).ino, built, 'the same archive is not read twice');
  writeFileSync(zip, archive('A', 'B'));
  const second = await look(options);
  assert.deepEqual(second.ids, ['A', 'B']);
  assert.notEqual(second.info?.revision, first.info?.revision);
  rmSync(zip);
  const gone = await look(options);
  assert.deepEqual([gone.ids, gone.kinds], [['A', 'B'], ['stale-advisories']]);
});

async function shardFile(options: LookOptions): Promise<string> {
  const [status] = await using(options, async (advisories) => await advisories.status());
  assert.ok(status !== undefined);
  return status.path;
}

it('advisories: a damaged shard is built again, a lost state is fetched again', async () => {
  await withFeed(async (feed) => {
    const options = { source: feed.url, home: newFolder() };
    serve(feed, archive('A'), '"1"');
    await look(options);
    const shard = await shardFile(options);
    truncateSync(shard, 5000);
    const [status] = await using(options, async (advisories) => await advisories.status());
    assert.equal(status?.info, null);
    assert.match(status?.problem ?? '', /damaged/);
    assert.deepEqual((await look(options)).ids, ['A']);
    writeFileSync(shard.replace('.sqlite', '.json'), '{"revision":');
    assert.deepEqual((await look(options)).ids, ['A']);
    assert.deepEqual(archivesAsked(feed), Array(3).fill('/bulk/npm/all.zip -'));
  });
});

it('advisories: update looks at once, for all that is there or for what is named', async () => {
  const { source } = feedFolder(archive('A'));
  const names = async (ecosystems?: readonly string[]): Promise<readonly (readonly string[])[]> =>
    await using({ source, home }, async (advisories) =>
      (await advisories.update(ecosystems)).map(({ ecosystem, outcome, unknowns }) => [
        ecosystem,
        outcome,
        ...unknowns.map(({ kind }) => kind),
      ]),
    );
  const home = newFolder();
  assert.deepEqual(await names(), [['npm', 'built']]);
  assert.deepEqual(await names(['npm', 'Ubuntu']), [
    ['npm', 'unchanged'],
    ['Ubuntu', 'failed', 'no-advisories'],
  ]);
});

it('advisories: show finds an id in every local shard, of whatever source', async () => {
  const home = newFolder();
  const [one, two] = [feedFolder(archive('A', 'B')).source, feedFolder(archive('B')).source];
  await look({ source: one, home });
  await look({ source: two, home });
  const shown = await using({ source: one, home }, async (advisories) => [
    await advisories.show('b'),
    await advisories.show('C'),
  ]);
  assert.deepEqual(
    shown.map((found) => found.map(({ shard, record }) => `${shard.source} ${record.advisory.id}`).toSorted()),
    [[`${one} B`, `${two} B`].toSorted(), []],
  );
  truncateSync(await shardFile({ source: one, home }), 5000);
  await using({ source: one, home }, async (advisories) => {
    assert.equal((await advisories.show('B')).length, 1);
    await assert.rejects(advisories.show('C'), { code: 'SHARD_DAMAGED' });
  });
});

it('advisories: no name of an ecosystem leaves its folder', async () => {
  const { source } = feedFolder(archive('A'));
  await using({ source, home: newFolder() }, async (advisories) => {
    const climbing = ['', '.', '..', '../npm', 'npm/../npm', 'npm\\x', '/etc', 'npm\u0000', 'a..b', 'Alpine:../x'];
    const others = ['Alpine:v3/10', 'x'.repeat(61), `npm:${'x'.repeat(60)}`, '-npm'];
    for (const name of [...climbing, ...others]) {
      await assert.rejects(advisories.shard(name), { code: 'ADVISORY_ECOSYSTEM_INVALID' }, name);
    }
  });
});

it('advisories: a name with a space is escaped in the URL', async () => {
  await withFeed(async (feed) => {
    await using({ source: `${feed.url}/?token=secret`, home: newFolder() }, async (advisories) => {
      const { unknowns } = await advisories.shard('Rocky Linux');
      assert.deepEqual(feed.asked, [
        '/bulk/Rocky%20Linux/modified_id.csv?token=secret -',
        '/bulk/Rocky%20Linux/all.zip?token=secret -',
      ]);
      assert.doesNotMatch(unknowns[0]?.reason ?? '', /secret/);
    });
  });
});

it('advisories: an abort ends a download with its reason and leaves no file', async () => {
  await withFeed(async (feed) => {
    const home = newFolder();
    const controller = new AbortController();
    feed.answer = (request, response) => {
      if (request.url?.endsWith('.csv') === true) {
        response.writeHead(404).end();
        return;
      }
      response.write('PK');
      setTimeout(() => controller.abort(new Error('enough')), 20);
    };
    await assert.rejects(look({ source: feed.url, home, signal: controller.signal }), /enough/);
    assert.deepEqual(
      readdirSync(home, { recursive: true }).filter((name) => String(name).includes('npm')),
      [],
    );
  });
});

it('advisories: a data folder that cannot be written is an unknown', async () => {
  const { source } = feedFolder(archive('A'));
  const home = join(newFolder(), 'file');
  writeFileSync(home, '');
  const { ids, kinds } = await look({ source, home });
  assert.deepEqual([ids, kinds], [null, ['no-advisories']]);
});

it('advisories: asking twice at once fetches once, and processes that fetch at once all end well', async () => {
  await withFeed(async (feed) => {
    serve(feed, archive('A'), '"1"');
    const home = newFolder();
    await using({ source: feed.url, home }, async (advisories) => {
      const [first, second] = await Promise.all([advisories.shard('npm'), advisories.shard('npm')]);
      assert.equal(first, second);
    });
    assert.equal(archivesAsked(feed).length, 1);
    const script = `
      import { openAdvisories } from ${JSON.stringify(import.meta.resolve('./advisories.ts'))};
      const [source, home] = process.argv.slice(1);
      const clock = { now: () => ${START} };
      const sources = [{ provider: 'osv', place: source, ecosystems: null }];
      const advisories = openAdvisories({ sources, home, offline: false, clock, signal: new AbortController().signal });
      const { reader, unknowns } = await advisories.shard('npm');
      process.exitCode = unknowns.length === 0 && reader.affected('npm', 'lodash').length === 1 ? 0 : 1;
      advisories.close();`;
    const common = newFolder();
    const codes = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise((resolve) => {
            const argv = ['--input-type=module-typescript', '-e', script, feed.url, common];
            spawn(process.execPath, argv, { stdio: 'inherit' }).on('exit', resolve);
          }),
      ),
    );
    assert.deepEqual(codes, [0, 0, 0]);
    assert.deepEqual(readdirSync(dirname(await shardFile({ source: feed.url, home: common }))), [
      'npm.json',
      'npm.sqlite',
    ]);
  });
});

it('advisories: every ecosystem of the shared data is kept whole', { skip: missing('shared-data') }, async () => {
  await using({ source: data('osv'), home: newFolder(), clock: systemClock }, async (advisories) => {
    const counts = (await advisories.update()).map(({ info }) => `${info?.ecosystem} ${info?.count} ${info?.rejected}`);
    assert.deepEqual(counts, [
      'Alpine 2439 0',
      'Debian 8910 0',
      'Go 4291 0',
      'PyPI 2661 0',
      'RubyGems 1173 0',
      'Wolfi 18724 0',
      'crates.io 1205 0',
      'npm 467 0',
    ]);
  });
});
