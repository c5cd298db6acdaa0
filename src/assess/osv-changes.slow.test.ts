import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import type { ShardInfo } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import type { OsvFixture, OsvMirror } from '#test/fixtures/osv-mirror.ts';
import { withOsvMirror } from '#test/fixtures/osv-mirror.ts';
import type { AdvisoriesOptions, UpdateResult } from './advisories.ts';
import { openAdvisories } from './advisories.ts';

evidence(
  'advisories/shards',
  'self-made',
  'a server of the test in the layout of the OSV bulk export, with its list of modified records',
);

const root = mkdtempSync(join(tmpdir(), 'plimsoll-changes-'));
after(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;

const START = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What a machine knows; each look is that of a fresh process. */
class Machine {
  readonly home: string;
  now = START;

  constructor() {
    homes += 1;
    this.home = join(root, `${homes}`);
  }

  async use<Result>(
    mirror: OsvMirror,
    work: (open: ReturnType<typeof openAdvisories>) => Promise<Result>,
    more: Partial<AdvisoriesOptions> = {},
  ): Promise<Result> {
    const open = openAdvisories({
      sources: [{ provider: 'osv', place: mirror.url, ecosystems: null }],
      home: this.home,
      offline: false,
      clock: { now: () => this.now },
      signal: new AbortController().signal,
      backoffMs: [1, 1],
      ...more,
    });
    try {
      return await work(open);
    } finally {
      open.close();
    }
  }

  async update(mirror: OsvMirror): Promise<UpdateResult> {
    const [result] = await this.use(mirror, async (open) => await open.update(['npm']));
    assert.ok(result !== undefined);
    return result;
  }

  /** Every id that is known of a package, with its fixes. */
  async known(mirror: OsvMirror, name = 'lodash'): Promise<readonly string[]> {
    return await this.use(
      mirror,
      async (open) => {
        const { reader } = await open.shard('npm');
        return (reader?.affected('npm', name) ?? []).map(({ advisory, ranges }) => {
          const fixes = ranges.flatMap(({ events }) =>
            events.flatMap((event) => ('fixed' in event ? [event.fixed] : [])),
          );
          return [advisory.id, ...fixes].join(' ');
        });
      },
      { offline: true },
    );
  }
}

/** May 2026. */
function day(number: number): string {
  return new Date(Date.UTC(2026, 4, number)).toISOString();
}

function fixture(number: number, fixed?: string): OsvFixture {
  return { modified: day(number), ...(fixed === undefined ? {} : { fixed }) };
}

it('changes: an update with nothing changed makes one conditional request, and with changes only those are fetched', async () => {
  await withOsvMirror(async (mirror) => {
    const machine = new Machine();
    mirror.publish({ 'A-1': fixture(1), 'A-2': fixture(2), 'A-3': fixture(3) });
    assert.equal((await machine.update(mirror)).outcome, 'built');
    assert.deepEqual(mirror.asked.map(withoutTag), ['modified_id.csv - 200', 'all.zip - 200']);
    for (let round = 0; round < 3; round += 1) {
      mirror.asked.length = 0;
      machine.now += HOUR;
      const { outcome, info } = await machine.update(mirror);
      assert.deepEqual([outcome, info?.checked], ['unchanged', machine.now]);
      assert.deepEqual(mirror.asked.map(withoutTag), ['modified_id.csv "tag" 304']);
    }
    mirror.publish({ 'A-1': null, 'A-2': fixture(20, '2.0.0'), 'A-4': fixture(21) });
    mirror.asked.length = 0;
    const { outcome, info } = await machine.update(mirror);
    assert.equal(outcome, 'changed');
    assert.deepEqual(mirror.asked.map(withoutTag).toSorted(), [
      'A-2.json - 200',
      'A-4.json - 200',
      'modified_id.csv "tag" 200',
    ]);
    assert.deepEqual((await machine.known(mirror)).toSorted(), ['A-2 2.0.0', 'A-3', 'A-4']);
    assert.deepEqual([info?.count, info?.newest], [3, Date.parse(day(21))]);
    mirror.asked.length = 0;
    assert.equal((await machine.update(mirror)).outcome, 'unchanged');
    assert.deepEqual(mirror.asked.map(withoutTag), ['modified_id.csv "tag" 304']);
  });
});

function withoutTag(asked: string): string {
  return asked.replace(/"[^"]+"/, '"tag"');
}

it('changes: what comes late with an old time, and what the archive did not have yet, is not lost', async () => {
  await withOsvMirror(async (mirror) => {
    const machine = new Machine();
    mirror.publish({ 'A-1': fixture(1), 'A-2': fixture(2) });
    mirror.instead('modified_id.csv', (_request, response) =>
      response.writeHead(200, { etag: '"ahead"' }).end(`${day(20)},A-3\n${day(2)},A-2\n${day(1)},A-1\n`),
    );
    await machine.update(mirror);
    assert.deepEqual(await machine.known(mirror), ['A-1', 'A-2']);
    // The server says that the list is as it was: it was ahead of the archive, and has to be read again.
    mirror.publish({ 'A-3': fixture(20) });
    mirror.instead('modified_id.csv', (request, response) =>
      request.headers['if-none-match'] === '"ahead"'
        ? response.writeHead(304).end()
        : response.writeHead(200, { etag: '"ahead"' }).end(`${day(20)},A-3\n${day(2)},A-2\n${day(1)},A-1\n`),
    );
    assert.equal((await machine.update(mirror)).outcome, 'changed');
    assert.deepEqual(await machine.known(mirror), ['A-1', 'A-2', 'A-3']);
    mirror.instead('modified_id.csv', null);
    mirror.publish({ 'A-0': fixture(1) });
    await machine.update(mirror);
    assert.deepEqual((await machine.known(mirror)).toSorted(), ['A-0', 'A-1', 'A-2', 'A-3']);
  });
});

it('changes: very many, most of them removed, or one that is not there are for the archive', async () => {
  await withOsvMirror(async (mirror) => {
    const machine = new Machine();
    mirror.publish(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`A-${at}`, fixture(1)])));
    await machine.update(mirror);
    const archives: number[] = [];
    const updated = async (): Promise<number | undefined> => {
      mirror.asked.length = 0;
      const { info, unknowns } = await machine.update(mirror);
      assert.deepEqual(unknowns, []);
      archives.push(mirror.asked.filter((asked) => asked.startsWith('all.zip')).length);
      return info?.count;
    };
    mirror.publish(Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`B-${at}`, fixture(2)])));
    assert.equal(await updated(), 511);
    assert.ok(mirror.asked.length <= 2, mirror.asked.join('\n'));
    mirror.publish(Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`B-${at}`, null])));
    assert.equal(await updated(), 111);
    mirror.publish({ 'C-1': fixture(3) });
    mirror.instead('C-1.json', (_request, response) => response.writeHead(404).end());
    assert.equal(await updated(), 112);
    mirror.publish({ 'C-2': fixture(4) });
    assert.equal(await updated(), 113);
    assert.deepEqual(archives, [1, 1, 1, 0]);
  });
});

it('changes: after a week the archive is looked at as well, conditionally', async () => {
  await withOsvMirror(async (mirror) => {
    const machine = new Machine();
    mirror.publish({ 'A-1': fixture(1), 'A-2': fixture(2) });
    await machine.update(mirror);
    machine.now += 8 * DAY;
    for (const expected of [['modified_id.csv "tag" 304', 'all.zip "tag" 304'], ['modified_id.csv "tag" 304']]) {
      mirror.asked.length = 0;
      assert.equal((await machine.update(mirror)).outcome, 'unchanged');
      assert.deepEqual(mirror.asked.map(withoutTag), expected);
    }
  });
});

it('changes: by any way of changes the shard has what one has that was built at once', async () => {
  const step = fc.dictionary(
    fc.constantFrom('A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6'),
    fc.option(fc.record({ package: fc.constantFrom('lodash', 'ws'), fixed: fc.constantFrom('1.0.0', '2.0.0') })),
    { maxKeys: 4 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      await withOsvMirror(async (mirror) => {
        const machine = new Machine();
        mirror.publish({ 'B-1': fixture(1), 'B-2': fixture(1), 'B-3': fixture(1) });
        for (const [at, changes] of steps.entries()) {
          const records = Object.entries(changes).map(([id, record]) => [
            id,
            record && { ...record, modified: day(at + 2) },
          ]);
          mirror.publish(Object.fromEntries(records) as Readonly<Record<string, OsvFixture | null>>);
          await machine.update(mirror);
        }
        const fresh = new Machine();
        const { info } = await fresh.update(mirror);
        assert.deepEqual(countsOf((await machine.update(mirror)).info), countsOf(info));
        for (const name of ['lodash', 'ws']) {
          assert.deepEqual(
            (await machine.known(mirror, name)).toSorted(),
            (await fresh.known(mirror, name)).toSorted(),
          );
        }
      });
    }),
    { numRuns: 15 },
  );
});

function countsOf(info: ShardInfo | null): readonly unknown[] {
  return [info?.ecosystem, info?.count, info?.rejected, info?.rejectedNames];
}

it('changes: a look that failed is said by later runs too, offline as well, until one has gone well', async () => {
  await withOsvMirror(async (mirror) => {
    const machine = new Machine();
    const kinds = async (offline: boolean): Promise<readonly string[]> =>
      await machine.use(mirror, async (open) => (await open.shard('npm')).unknowns.map(({ kind }) => kind), {
        offline,
      });
    mirror.publish({ 'A-1': fixture(1) });
    await machine.update(mirror);
    assert.deepEqual(await kinds(true), []);
    mirror.instead('modified_id.csv', (_request, response) => response.writeHead(500).end());
    assert.equal((await machine.update(mirror)).outcome, 'failed');
    const before = mirror.asked.length;
    assert.deepEqual(await kinds(true), ['stale-advisories']);
    assert.equal(mirror.asked.length, before, 'offline asks nobody');
    mirror.instead('modified_id.csv', null);
    assert.deepEqual(await kinds(false), []);
    assert.deepEqual(await kinds(true), []);
  });
});

it('changes: a record that cannot be read leaves the one before as it was, until it can', async () => {
  await withOsvMirror(async (mirror) => {
    const machine = new Machine();
    mirror.publish({ 'A-1': fixture(1), 'A-2': fixture(2) });
    await machine.update(mirror);
    mirror.publish({ 'A-2': fixture(3, '9.0.0') });
    mirror.instead('A-2.json', (_request, response) => response.end('{"id": "A-2", "id": "A-2"}'));
    const { outcome, info } = await machine.update(mirror);
    assert.deepEqual([outcome, info?.count, info?.rejectedNames], ['changed', 2, ['A-2.json']]);
    assert.deepEqual(await machine.known(mirror), ['A-1', 'A-2']);
    mirror.instead('A-2.json', null);
    mirror.publish({ 'A-3': fixture(4) });
    const after = await machine.update(mirror);
    assert.deepEqual([after.info?.count, after.info?.rejected], [3, 0]);
    assert.deepEqual(await machine.known(mirror), ['A-1', 'A-2 9.0.0', 'A-3']);
    const folder = join(machine.home, 'advisories', readdirSync(join(machine.home, 'advisories'))[0] ?? '');
    assert.deepEqual(readdirSync(folder), ['npm.json', 'npm.sqlite']);
  });
});
