import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { AdvisoryRecord } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import { allOf, PublishedFeed, recordsOf, rejectedOf } from '#test/fixtures/published-feed.ts';
import { data, missing } from '#test/prerequisites.ts';
import { chainguardSecdb } from '../chainguard-secdb/index.ts';
import { providesAdvisories } from '../contract.ts';
import { osv } from '../osv/index.ts';
import { wolfiSecdb } from '../wolfi-secdb/index.ts';
import { alpineSecdb } from './index.ts';
import { readNames } from './names.ts';

evidence(
  'advisories/alpine-secdb',
  'published',
  'the secdb of nine releases of Alpine, held against their OSV records',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-secdb-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const { signal } = new AbortController();
const feed = new PublishedFeed(folder, alpineSecdb);

function packages(secfixes: Readonly<Record<string, Readonly<Record<string, unknown>>>>): unknown {
  const list = Object.entries(secfixes).map(([name, fixes]) => ({ pkg: { name, secfixes: fixes } }));
  return { distroversion: 'v3.20', reponame: 'main', packages: list };
}

const SAMPLE = packages({
  openssl: { '3.3.0-r2': ['CVE-2024-4603'], '3.3.0-r3': ['CVE-2024-4741'] },
  curl: { '8.7.1-r0': ['CVE-2024-2004', 'CVE-2024-2379'] },
});

/** `CVE package fixed` for every row; `never` for what was never affected. */
function rowsOf(records: readonly AdvisoryRecord[], ecosystem: string): readonly string[] {
  return records
    .flatMap(({ advisory, affected }) =>
      affected
        .filter((row) => row.ecosystem === ecosystem)
        .map(({ name, ranges, state }) => {
          const fixed = ranges
            .flatMap(({ events }) => events)
            .flatMap((event) => ('fixed' in event ? [event.fixed] : []));
          return `${advisory.upstream[0] ?? advisory.id} ${name} ${state === 'not_affected' ? 'never' : fixed.join(' ')}`;
        }),
    )
    .toSorted();
}

providesAdvisories('alpine-secdb', {
  provider: alpineSecdb,
  shard: 'Alpine:v3.20',
  needed: 'Alpine:v3.20',
  notOffered: 'Debian:12',
  documents: {
    'v3.20/main.json': Buffer.from(JSON.stringify(SAMPLE)),
    'v3.20/community.json': Buffer.from(JSON.stringify(packages({ tar: { '1.35-r3': ['CVE-2023-39804'] } }))),
  },
  main: 'v3.20/main.json',
  duplicate: Buffer.from(JSON.stringify(SAMPLE).replace('"name":"curl"', '"name":"curl","name":"openssl"')),
});

it('secdb: nine releases say what their OSV records say, and what those leave out', {
  skip: missing('shared-data'),
}, async (t) => {
  const converted = recordsOf(await allOf(osv.read(data('osv/Alpine/all.zip'), { ecosystem: 'Alpine', signal })));
  const left: string[] = [];
  let same = 0;
  for (const minor of [3, 4, 5, 6, 7, 8, 9, 10, 11]) {
    const ecosystem = `Alpine:v3.${minor}`;
    const entries = await feed.entries(data('secdb'), ecosystem);
    assert.deepEqual(rejectedOf(entries), []);
    const expected = new Set(rowsOf(converted, ecosystem));
    const found = new Set(rowsOf(recordsOf(entries), ecosystem));
    assert.deepEqual(
      [...expected].filter((row) => !found.has(row)),
      [],
      ecosystem,
    );
    left.push(...[...found].filter((row) => !expected.has(row)).map((row) => `v3.${minor} ${row}`));
    same += expected.size;
  }
  const never = left.filter((row) => row.endsWith(' never'));
  const others = left.filter((row) => !row.endsWith(' never'));
  t.diagnostic(`${same} rows are the same, ${never.length} were never affected, ${others.length} have no CVE`);
  assert.ok(same > 10_000, `${same}`);
  assert.deepEqual([...new Set(never.map((row) => row.split(' ')[2]))], ['db']);
  assert.ok(
    others.every((row) => !row.includes('CVE')),
    others.join('\n'),
  );
});

it('secdb: a text is read up to its remark, with typing errors in the CVE put right', () => {
  const cases: readonly (readonly [text: string, cves: readonly string[], others: readonly string[]])[] = [
    ['CVE-2020-1', [], []],
    ['CVE-2018-7540 XSA-252', ['CVE-2018-7540'], ['XSA-252']],
    ['CVE-2019-15166 (LMP, see XSA-1)', ['CVE-2019-15166'], []],
    ['CVE_2019-2426', ['CVE-2019-2426'], []],
    ['CVE 2018-16859', ['CVE-2018-16859'], []],
    ['CVE-2017-17434-2', ['CVE-2017-17434'], []],
    ['CVE-2019-19451.patch', ['CVE-2019-19451'], []],
    ['CVE-????-?????  XSA-295', [], ['XSA-295']],
    ['CVE-2020-12345, CVE-2020-12346', ['CVE-2020-12345', 'CVE-2020-12346'], []],
    ['GHSA-jfh8-c2jp-5v3q', [], ['GHSA-jfh8-c2jp-5v3q']],
    ['(none)', [], []],
  ];
  for (const [text, cves, others] of cases) {
    assert.deepEqual(readNames(text), { cves, others }, text);
  }
});

describe('a secdb', () => {
  it('has records by vulnerability, over packages and repositories, with the highest fix of each', async () => {
    const source = feed.publish({
      'v3.20/main.json': packages({
        openssl: { '3.1.4-r1': ['CVE-2023-5678'], '3.1.4-r3': ['CVE-2023-5678', 'CVE-2023-6129'] },
        xen: { '4.18.0-r1': ['XSA-449'], '4.18.0-r2': ['CVE-2023-46842 XSA-454'] },
      }),
      'v3.20/community.json': packages({ nodejs: { '20.9.0-r0': ['CVE-2023-5678'] } }),
    });
    const records = recordsOf(await feed.entries(source, 'Alpine:v3.20'));
    assert.deepEqual(rowsOf(records, 'Alpine:v3.20'), [
      'CVE-2023-46842 xen 4.18.0-r2',
      'CVE-2023-5678 nodejs 20.9.0-r0',
      'CVE-2023-5678 openssl 3.1.4-r3',
      'CVE-2023-6129 openssl 3.1.4-r3',
      'XSA-449 xen 4.18.0-r1',
    ]);
    assert.deepEqual(
      records.map(({ advisory }) => [advisory.id, ...advisory.upstream]),
      [
        ['ALPINE-CVE-2023-5678', 'CVE-2023-5678'],
        ['ALPINE-CVE-2023-6129', 'CVE-2023-6129'],
        ['XSA-449'],
        ['ALPINE-CVE-2023-46842', 'CVE-2023-46842', 'XSA-454'],
      ],
    );
  });

  it('says with version 0 that a package never had it, and a fix beside that counts more', async () => {
    const source = feed.publish({
      'v3.20/main.json': packages({
        db: { '0': ['CVE-2015-2583'] },
        tar: { '0': ['CVE-2021-32803'], '6.1.3-r0': ['CVE-2021-32803'] },
      }),
    });
    const records = recordsOf(await feed.entries(source, 'Alpine:v3.20'));
    assert.deepEqual(rowsOf(records, 'Alpine:v3.20'), ['CVE-2015-2583 db never', 'CVE-2021-32803 tar 6.1.3-r0']);
  });

  it('keeps a version that is none of apk, so that the matcher cannot tell and says so', async () => {
    const source = feed.publish({
      'v3.20/main.json': packages({ docker: { '18.09.r8': ['CVE-2019-13509'], '18.09.8-r0': ['CVE-2019-13509'] } }),
    });
    const records = recordsOf(await feed.entries(source, 'Alpine:v3.20'));
    assert.deepEqual(rowsOf(records, 'Alpine:v3.20'), ['CVE-2019-13509 docker 18.09.r8']);
  });

  it('tells of packages and texts that cannot be read, and has the others', async () => {
    const list = [
      { pkg: { name: 'a', secfixes: { '1-r0': ['CVE-2020-10001', 'to be told'], '2-r0': null } } },
      { pkg: { name: 'b', secfixes: [] } },
      { name: 'c' },
      { pkg: { name: 'd', secfixes: {} } },
    ];
    const document = `{"packages": ${JSON.stringify(list).slice(0, -1)}, {"pkg": {"name": "e", "name": "f"}}]}`;
    const entries = await feed.entries(feed.publish({ 'edge/main.json': document }), 'Alpine:edge');
    assert.deepEqual(rowsOf(recordsOf(entries), 'Alpine:edge'), ['CVE-2020-10001 a 1-r0']);
    assert.deepEqual(
      rejectedOf(entries).map((text) => text.slice(0, text.indexOf(':'))),
      [
        'a "to be told"',
        'edge/main.json package packages/1',
        'edge/main.json package packages/2',
        'edge/main.json package packages/4',
      ],
    );
  });

  it('that is cut off, or has no packages, is refused with its name', async () => {
    for (const document of ['{"packages": [{"pkg"', '{"reponame": "main"}', '<html>']) {
      await assert.rejects(feed.entries(feed.publish({ 'v3.20/main.json': document }), 'Alpine:v3.20'), (error) => {
        assert.ok(error instanceof AppError && error.code === 'ADVISORY_FEED_INVALID', String(error));
        assert.ok(error.object?.endsWith('/v3.20/main.json') === true, error.message);
        return true;
      });
    }
  });

  it('with more fixes than a feed may have is refused', async () => {
    const source = feed.publish({
      'v3.20/main.json': packages({ a: { '1-r0': ['CVE-2020-10001', 'CVE-2020-10002'] } }),
    });
    const limits = { recordBytes: 1000, totalBytes: 10_000, records: 1 };
    await assert.rejects(feed.entries(source, 'Alpine:v3.20', limits), { code: 'LIMIT_EXCEEDED' });
  });

  it('is a shard for each release, and for nothing else', () => {
    const cases = { 'Alpine:v3.20': true, 'Alpine:edge': true, Alpine: false, 'Alpine:v3.20/..': false, Wolfi: false };
    for (const [needed, has] of Object.entries(cases)) {
      assert.equal(alpineSecdb.shardFor(needed), has ? needed : null);
    }
  });

  it('is asked for conditionally, and both documents again when one has changed', async () => {
    const source = feed.publish({
      'v3.20/main.json': packages({ a: { '1-r0': ['CVE-2020-10001'] } }),
      'v3.20/community.json': packages({}),
    });
    const first = await feed.refresh(source, 'Alpine:v3.20');
    assert.ok(first.found.kind === 'whole');
    const { cursor } = first.found;
    const second = await feed.refresh(source, 'Alpine:v3.20', { cursor });
    assert.deepEqual(second.found, { kind: 'unchanged', cursor });
    assert.ok(second.asked.every(([, validator]) => validator !== null));
    writeFileSync(
      join(source, 'v3.20/community.json'),
      JSON.stringify(packages({ b: { '2-r0': ['CVE-2020-10002'] } })),
    );
    const third = await feed.refresh(source, 'Alpine:v3.20', { cursor });
    assert.ok(third.found.kind === 'whole' && third.found.revision !== first.found.revision);
    assert.equal((await allOf(third.found.entries)).length, 2);
    assert.equal((await feed.refresh(source, 'Alpine:v3.21', { cursor })).found.kind, 'missing');
  });

  it('of a release that has main alone is whole without community', async () => {
    const source = feed.publish({ 'v3.20/main.json': packages({}) });
    const { found } = await feed.refresh(source, 'Alpine:v3.20');
    assert.ok(found.kind === 'whole');
    assert.equal((await feed.refresh(source, 'Alpine:v3.20', { cursor: found.cursor })).found.kind, 'unchanged');
  });

  it('of Wolfi and of Chainguard has the same form', async () => {
    const wolfi = feed.publish({
      'os/security.json': packages({ brotli: { '1.0.9-r0': ['CVE-2020-8927', 'GHSA-5v8v-66v8-mwm7'] } }),
    });
    const found = await new PublishedFeed(folder, wolfiSecdb).refresh(wolfi, 'Wolfi');
    assert.ok(found.found.kind === 'whole');
    const records = recordsOf(await allOf(found.found.entries));
    assert.deepEqual(rowsOf(records, 'Wolfi'), [
      'CVE-2020-8927 brotli 1.0.9-r0',
      'GHSA-5v8v-66v8-mwm7 brotli 1.0.9-r0',
    ]);
    assert.equal(records[0]?.advisory.id, 'WOLFI-CVE-2020-8927');
    const chainguard = feed.publish({ 'chainguard/security.json': packages({ brotli: { '0': ['CVE-2020-8927'] } }) });
    const other = await new PublishedFeed(folder, chainguardSecdb).refresh(chainguard, 'Chainguard');
    assert.ok(other.found.kind === 'whole');
    assert.deepEqual(rowsOf(recordsOf(await allOf(other.found.entries)), 'Chainguard'), ['CVE-2020-8927 brotli never']);
  });
});

it('secdb: any packages give records or rejections, and errors of our own', async () => {
  const source = feed.publish({});
  mkdirSync(join(source, 'edge'));
  const version = fc.oneof(fc.constantFrom('0', '1.2-r3', '1.2-r4'), fc.string({ minLength: 1 }));
  const text = fc.oneof(fc.constantFrom('CVE-2020-10001', 'XSA-1', 'CVE-2020-10002 (x)'), fc.string());
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.dictionary(version, fc.array(text))), async (secfixes) => {
      writeFileSync(join(source, 'edge/main.json'), JSON.stringify(packages(secfixes)));
      const entries = await feed.entries(source, 'Alpine:edge');
      const ids = recordsOf(entries).map(({ advisory }) => advisory.id);
      assert.equal(new Set(ids).size, ids.length);
    }),
    { numRuns: 200 },
  );
});
