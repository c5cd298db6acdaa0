import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { evidence } from '#test/evidence.ts';
import type { OsvMirror } from '#test/fixtures/osv-mirror.ts';
import { osvRecord, withOsvMirror } from '#test/fixtures/osv-mirror.ts';
import type { ZipEntry } from '#test/fixtures/zip-archive.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import type { ShardResult, UpdateResult } from './advisories.ts';
import { openAdvisories } from './advisories.ts';

evidence(
  'advisories/shards',
  'self-made',
  'a server of the test: archives that are cut off, bombs and of other ecosystems, answers 429 and 500, bodies without end',
);

const root = mkdtempSync(join(tmpdir(), 'plimsoll-hostile-feeds-'));
after(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;

const NOW = Date.parse('2026-06-01T00:00:00Z');
const MAY = '2026-05-01T00:00:00Z';
const JUNE = '2026-05-31T00:00:00Z';

function newHome(): string {
  homes += 1;
  return join(root, `${homes}`);
}

async function using<Result>(
  mirror: OsvMirror,
  home: string,
  offline: boolean,
  work: (open: ReturnType<typeof openAdvisories>) => Promise<Result>,
): Promise<Result> {
  const open = openAdvisories({
    sources: [{ provider: 'osv', place: mirror.url, ecosystems: null }],
    home,
    offline,
    clock: { now: () => NOW },
    signal: new AbortController().signal,
    backoffMs: [1, 1],
  });
  try {
    return await work(open);
  } finally {
    open.close();
  }
}

async function update(mirror: OsvMirror, home: string): Promise<UpdateResult> {
  const [result] = await using(mirror, home, false, async (open) => await open.update(['npm']));
  assert.ok(result !== undefined);
  return result;
}

interface Known extends Pick<ShardResult, 'unknowns'> {
  readonly ids: readonly string[];
}

/** What a scan without network gets. */
async function known(mirror: OsvMirror, home: string): Promise<Known> {
  return await using(mirror, home, true, async (open) => {
    const { reader, unknowns } = await open.shard('npm');
    return { ids: (reader?.affected('npm', 'lodash') ?? []).map(({ advisory }) => advisory.id), unknowns };
  });
}

function entry(id: string, more: Partial<ZipEntry> = {}): ZipEntry {
  return { name: `${id}.json`, content: osvRecord(id, { modified: JUNE }), ...more };
}

type Answer = Parameters<OsvMirror['instead']>[1];

function sends(body: Uint8Array | string, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

/** Writes until nobody listens any more. */
function endless(_request: unknown, response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk)) {
      // The next one at once.
    }
  };
  response.on('drain', more);
  more();
}

/** A deflate stream of 3 GB, made of one and the same block. */
function bomb(): { readonly data: Buffer; readonly size: number } {
  const block = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: constants.Z_FULL_FLUSH });
  const data = Buffer.concat([...Array.from({ length: 3000 }, () => block), deflateRawSync(Buffer.alloc(0))]);
  return { data, size: 3000 * 2 ** 20 };
}

/** An archive whose second entry is the bomb, of the size that is claimed. */
function bombArchive(claimed: number): Buffer {
  const { data } = bomb();
  // The data of a stored entry is as it is given; the two methods then change places.
  const archive = zipArchive([
    entry('A-1'),
    { name: 'A-2.json', content: data, method: 'stored', claimedSize: claimed },
  ]);
  const central = archive.lastIndexOf(Buffer.from('PK\x01\x02'));
  archive.writeUInt16LE(8, central + 10);
  return archive;
}

const HTML = '<!doctype html><html><body>Please log in</body></html>';
const WHOLE = zipArchive([entry('A-1'), entry('A-2'), entry('A-3')]);
const OTHERS = zipArchive(
  ['A-1', 'A-2'].map((id) => ({
    ...entry(id),
    content: osvRecord(id, { modified: JUNE }).replaceAll('"npm"', '"PyPI"'),
  })),
);
const NO_LIST: Readonly<Record<string, Answer>> = { 'modified_id.csv': sends('', 404) };

/** What a feed may do that had two records, and what the report says. */
const REFUSED: readonly (readonly [what: string, Readonly<Record<string, Answer>>, RegExp])[] = [
  [
    'a zip that is cut off',
    { ...NO_LIST, 'all.zip': sends(WHOLE.subarray(0, -40)) },
    /\/npm\/all\.zip: broken archive/,
  ],
  [
    'a body that breaks off',
    { ...NO_LIST, 'all.zip': sends(WHOLE.subarray(0, -40), 200, { 'content-length': `${WHOLE.length}` }) },
    /npm\/all\.zip: connection failed/,
  ],
  [
    'a zip of which every checksum is wrong',
    { ...NO_LIST, 'all.zip': sends(zipArchive([entry('A-1', { claimedCrc: 1 }), entry('A-2', { claimedCrc: 2 })])) },
    /2 of 2 that cannot: expected the size and checksum/,
  ],
  [
    'a zip of which most is broken',
    {
      ...NO_LIST,
      'all.zip': sends(zipArchive([entry('A-1'), entry('A-2', { content: '{' }), entry('A-3', { content: '[]' })])),
    },
    /2 of 3 that cannot/,
  ],
  ['a zip without records', { ...NO_LIST, 'all.zip': sends(zipArchive([])) }, /unreadable feed.*found none/],
  [
    'the archive of another ecosystem',
    { ...NO_LIST, 'all.zip': sends(OTHERS) },
    /2 of 2 that cannot: expected packages of npm, found those of "PyPI"/,
  ],
  ['HTML in place of the archive', { ...NO_LIST, 'all.zip': sends(HTML) }, /broken archive/],
  [
    'HTML in place of the list',
    { 'modified_id.csv': sends(HTML) },
    /line 1 of http:.*\/npm\/modified_id\.csv: broken list of modified records.*<!doctype/,
  ],
  ['an empty list', { 'modified_id.csv': sends('') }, /broken list of modified records.*found nothing/],
  [
    'a list that is cut off',
    { 'modified_id.csv': sends(`${JUNE},A-1\n${JUNE.slice(0, 9)}`) },
    /broken list of modified records/,
  ],
  [
    'an id that climbs',
    { 'modified_id.csv': sends(`${JUNE},../../../etc/passwd\n`) },
    /broken list.*\.\.\/\.\.\/\.\.\/etc\/passwd/,
  ],
  ['an id with a query', { 'modified_id.csv': sends(`${JUNE},A-1?x=%2e%2e\n`) }, /broken list/],
  ['a list without times', { 'modified_id.csv': sends('yesterday,A-1\n') }, /broken list/],
  ['status 500', { 'modified_id.csv': sends('', 500) }, /modified_id\.csv.*found 500/],
  ['status 429', { 'modified_id.csv': sends('', 429) }, /found 429/],
  [
    'status 429 for an hour',
    { 'modified_id.csv': sends('', 429, { 'retry-after': '3600' }) },
    /429, to be asked again after 3600 seconds/,
  ],
  ['a record without an end', { 'A-2.json': endless }, /A-2\.json/],
  ['status 403', { 'all.zip': sends('', 403), ...NO_LIST }, /all\.zip.*found 403/],
];

describe('a feed', () => {
  for (const [what, answers, reason] of REFUSED) {
    it(`is refused for ${what}: a clear report, and what was there stays in use and is stale`, async () => {
      await withOsvMirror(async (mirror) => {
        const home = newHome();
        mirror.publish({ 'A-1': { modified: MAY }, 'A-2': { modified: MAY } });
        assert.equal((await update(mirror, home)).outcome, 'built');
        mirror.publish({ 'A-2': { modified: JUNE, fixed: '2.0.0' } });
        for (const [name, answer] of Object.entries(answers)) {
          mirror.instead(name, answer);
        }
        const { outcome, info, unknowns } = await update(mirror, home);
        assert.deepEqual([outcome, info?.count, unknowns.map(({ kind }) => kind)], ['failed', 2, ['stale-advisories']]);
        assert.match(unknowns[0]?.reason ?? '', reason);
        const asked = mirror.asked.length;
        const scan = await known(mirror, home);
        assert.deepEqual([scan.ids, scan.unknowns.map(({ kind }) => kind)], [['A-1', 'A-2'], ['stale-advisories']]);
        assert.equal(mirror.asked.length, asked, 'offline asks nobody');
        assert.deepEqual(filesOf(home), ['npm.json', 'npm.sqlite']);
        for (const name of Object.keys(answers)) {
          mirror.instead(name, null);
        }
        assert.equal((await update(mirror, home)).outcome, 'changed');
        assert.deepEqual((await known(mirror, home)).unknowns, []);
      });
    });
  }

  it('is asked again after the time that it names, when that is short', async () => {
    await withOsvMirror(async (mirror) => {
      mirror.publish({ 'A-1': { modified: MAY } });
      mirror.instead('all.zip', (_request, response) => {
        mirror.instead('all.zip', null);
        response.writeHead(429, { 'retry-after': '0' }).end();
      });
      assert.equal((await update(mirror, newHome())).outcome, 'built');
      assert.deepEqual(mirror.asked.slice(1), ['all.zip - 429', 'all.zip - 200']);
    });
  });

  it('with one record that is broken, has a wrong checksum or says that it has 3 GB is taken without it, by name', async () => {
    const broken: readonly Partial<ZipEntry>[] = [
      { content: '{"id": "A-2", ' },
      { content: HTML },
      { content: '{"id":"A-2","modified":"2026-05-01T00:00:00Z","id":"A-9"}' },
      { claimedCrc: 1 },
      { claimedSize: 3e9 },
      { claimedSize: 10 },
      { encrypted: true },
    ];
    for (const more of broken) {
      await withOsvMirror(async (mirror) => {
        mirror.instead('all.zip', sends(zipArchive([entry('A-1'), entry('A-2', more), entry('A-3')])));
        const home = newHome();
        const { outcome, info } = await update(mirror, home);
        assert.deepEqual([outcome, info?.count, info?.rejectedNames], ['built', 2, ['A-2.json']]);
        assert.deepEqual((await known(mirror, home)).ids, ['A-1', 'A-3']);
      });
    }
  });

  it('whose record unpacks to 3 GB is taken without it, whatever size it says it has', async () => {
    for (const claimed of [3000 * 2 ** 20, 100, 16 * 2 ** 20]) {
      await withOsvMirror(async (mirror) => {
        mirror.instead('all.zip', sends(bombArchive(claimed)));
        const { info } = await update(mirror, newHome());
        assert.deepEqual([info?.count, info?.rejectedNames], [1, ['A-2.json']]);
      });
    }
  });

  it('with a version that nobody can read keeps what it says', async () => {
    await withOsvMirror(async (mirror) => {
      const home = newHome();
      mirror.publish({ 'A-1': { modified: MAY, fixed: 'not/a version' } });
      assert.equal((await update(mirror, home)).info?.rejected, 0);
      assert.deepEqual((await known(mirror, home)).ids, ['A-1']);
    });
  });

  it('that fails at once gives nothing, and an unknown says so', async () => {
    for (const [what, answers] of REFUSED) {
      await withOsvMirror(async (mirror) => {
        for (const [name, answer] of Object.entries({ ...NO_LIST, ...answers })) {
          mirror.instead(name, answer);
        }
        const { outcome, info, unknowns } = await update(mirror, newHome());
        // Of a zip of which most is broken the rest is all that there is, and what is missing is said.
        if (what !== 'a zip of which most is broken' && what !== 'a zip without records') {
          assert.deepEqual(
            [what, outcome, info, unknowns.map(({ kind }) => kind)],
            [what, 'failed', null, ['no-advisories']],
          );
        }
      });
    }
  });
});

function filesOf(home: string): readonly string[] {
  const [folder = ''] = readdirSync(join(home, 'advisories'));
  return readdirSync(join(home, 'advisories', folder));
}
