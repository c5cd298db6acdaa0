import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { Affected } from '#model/advisory.ts';
import { evidence } from '#test/evidence.ts';
import { allOf, heldOf, PublishedFeed, recordsOf, rejectedOf } from '#test/fixtures/published-feed.ts';
import { redhatFeed, redhatVex, type VexLine } from '#test/fixtures/redhat-vex.ts';
import { providesAdvisories } from '../contract.ts';
import { redhatCsaf } from './index.ts';

evidence(
  'advisories/redhat-csaf',
  'self-made',
  'documents in the form of CSAF VEX, laid out as Red Hat publishes them: what is not repaired, and what becomes of it',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-redhat-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, redhatCsaf);

const BASEOS = 'o:redhat:enterprise_linux:9::baseos';
const CURL: VexLine = { product: BASEOS, purl: 'pkg:rpm/redhat/curl@7.76.1-29.el9?arch=x86_64', status: 'fixed' };

const SAMPLE = {
  '2024/cve-2024-10001.json': redhatVex('CVE-2024-10001', [CURL]),
  '2024/cve-2024-10002.json': redhatVex('CVE-2024-10002', [
    { product: 'o:redhat:enterprise_linux:9', purl: 'pkg:rpm/redhat/curl?arch=src', status: 'known_affected' },
  ]),
};
const ARCHIVE = 'csaf_vex_2026-05-01.tar.zst';

providesAdvisories('redhat-csaf', {
  provider: redhatCsaf,
  shard: 'Red Hat',
  needed: 'Red Hat:rhel_eus:8.4::appstream',
  notOffered: 'Rocky Linux:9',
  documents: redhatFeed(SAMPLE),
  main: ARCHIVE,
  duplicate:
    redhatFeed({
      '2024/cve-2024-10001.json': JSON.stringify(redhatVex('CVE-2024-10001', [CURL])).replace('{', '{"document":1,'),
    })[ARCHIVE] ?? Buffer.alloc(0),
});

async function rowsFor(lines: readonly VexLine[], changes?: Record<string, unknown>): Promise<readonly Affected[]> {
  const source = feed.publish(redhatFeed({ '2024/cve-2024-10001.json': redhatVex('CVE-2024-10001', lines, changes) }));
  const entries = await feed.entries(source, 'Red Hat');
  assert.deepEqual(rejectedOf(entries), []);
  return recordsOf(entries).flatMap(({ affected }) => affected);
}

/** Without what is the same in all. */
function short({ advisory: _advisory, versions: _versions, ranges, ...row }: Affected): object {
  const [range] = ranges;
  return { ...row, events: range?.events };
}

const NOT_REPAIRED = [{ introduced: '0' }];

describe('a document of Red Hat', () => {
  it('has its repairs by package and product, with the epoch that the package URL says and every architecture', async () => {
    const rows = await rowsFor([
      CURL,
      { ...CURL, purl: 'pkg:rpm/redhat/curl@7.76.1-29.el9?arch=aarch64' },
      { ...CURL, purl: 'pkg:rpm/redhat/curl@7.76.1-29.el9?arch=src' },
      { ...CURL, purl: 'pkg:rpm/redhat/bind-libs@9.16.23-18.el9_4.6?arch=x86_64&epoch=32' },
      {
        ...CURL,
        product: 'a:redhat:rhel_eus:9.2::appstream',
        purl: 'pkg:rpm/redhat/curl@7.76.1-23.el9_2.5?arch=x86_64',
      },
    ]);
    const fixed = (version: string) => [{ introduced: '0' }, { fixed: version }];
    const common = { ratings: [], state: 'fixed', architectures: ['x86_64'] };
    assert.deepEqual(rows.map(short), [
      {
        ...common,
        ecosystem: 'Red Hat:enterprise_linux:9::baseos',
        name: 'curl',
        architectures: ['aarch64', 'x86_64'],
        binaries: ['curl'],
        events: fixed('7.76.1-29.el9'),
      },
      {
        ...common,
        ecosystem: 'Red Hat:enterprise_linux:9::baseos',
        name: 'bind-libs',
        events: fixed('32:9.16.23-18.el9_4.6'),
      },
      {
        ...common,
        ecosystem: 'Red Hat:rhel_eus:9.2::appstream',
        name: 'curl',
        binaries: ['curl'],
        events: fixed('7.76.1-23.el9_2.5'),
      },
    ]);
  });

  it('has the newest of several repairs of one product, by the order of rpm', async () => {
    const rows = await rowsFor([
      { ...CURL, purl: 'pkg:rpm/redhat/curl@7.76.1-9.el9?arch=x86_64' },
      { ...CURL, purl: 'pkg:rpm/redhat/curl@7.76.1-29.el9?arch=x86_64' },
      { ...CURL, purl: 'pkg:rpm/redhat/curl@7.76.1-4.el9?arch=x86_64' },
    ]);
    assert.deepEqual(
      rows.flatMap(({ ranges }) => ranges[0]?.events.slice(1)),
      [{ fixed: '7.76.1-29.el9' }],
    );
  });

  it('has the source where no package that is built from it is named', async () => {
    const rows = await rowsFor([{ ...CURL, purl: 'pkg:rpm/redhat/curl@7.76.1-29.el9?arch=src' }]);
    assert.deepEqual(rows.map(short), [
      {
        ecosystem: 'Red Hat:enterprise_linux:9::baseos',
        name: 'curl',
        ratings: [],
        state: 'fixed',
        events: [{ introduced: '0' }, { fixed: '7.76.1-29.el9' }],
      },
    ]);
  });

  it('has the stream of a module, whichever way it is written', async () => {
    const appstream = 'a:redhat:enterprise_linux:8::appstream';
    const rows = await rowsFor([
      {
        product: appstream,
        purl: 'pkg:rpm/redhat/nodejs@18.20.4-1.module%2Bel8.10.0%2B22202%2B761b9a65?arch=x86_64&epoch=1',
        module: 'pkg:rpmmod/redhat/nodejs@18:8100020240712:489197e6',
        status: 'fixed',
      },
      {
        product: appstream,
        purl: 'pkg:rpm/redhat/npm@10.7.0-1?arch=x86_64&rpmmod=nodejs:20:8100020240712:489197e6',
        status: 'fixed',
      },
      {
        product: 'o:redhat:enterprise_linux:8',
        purl: 'pkg:rpmmod/redhat/nodejs:16/nodejs',
        status: 'known_affected',
        remediation: ['no_fix_planned', 'Will not fix'],
      },
      { product: appstream, purl: 'pkg:rpmmod/redhat/nodejs@18:8100020240712:489197e6', status: 'fixed' },
    ]);
    assert.deepEqual(
      rows.map(({ name, module, ranges }) => [name, module, ranges[0]?.events.at(-1)]),
      [
        ['nodejs', 'nodejs:18', { fixed: '1:18.20.4-1.module+el8.10.0+22202+761b9a65' }],
        ['npm', 'nodejs:20', { fixed: '10.7.0-1' }],
        ['nodejs', 'nodejs:16', { introduced: '0' }],
      ],
    );
  });

  it('has for what is not repaired what will become of it', async () => {
    const line = (name: string, category: string, details: string): VexLine => ({
      product: 'o:redhat:enterprise_linux:9',
      purl: `pkg:rpm/redhat/${name}?arch=src`,
      status: 'known_affected',
      remediation: [category, details],
    });
    const rows = await rowsFor([
      line('a', 'none_available', 'Affected'),
      line('b', 'none_available', 'Fix deferred'),
      line('c', 'no_fix_planned', 'Will not fix'),
      line('d', 'no_fix_planned', 'Out of support scope'),
      line('e', 'no_fix_planned', 'something new'),
      line('f', 'workaround', 'do not use it'),
      { ...line('g', 'workaround', 'x'), status: 'under_investigation' },
      { ...line('h', 'workaround', 'x'), status: 'known_not_affected' },
      { ...line('i', 'workaround', 'x'), status: 'known_not_affected', purl: 'pkg:rpm/redhat/i@1-2.el9?arch=x86_64' },
    ]);
    assert.deepEqual(
      rows.map(({ name, state, status = null }) => [name, state, status]),
      [
        ['h', 'not_affected', null],
        ['a', 'affected', 'Affected'],
        ['b', 'deferred', 'Fix deferred'],
        ['c', 'will_not_fix', 'Will not fix'],
        ['d', 'end_of_life', 'Out of support scope'],
        ['e', 'will_not_fix', 'something new'],
        ['f', 'affected', null],
        ['g', 'under_investigation', 'Under investigation'],
      ],
    );
    assert.ok(rows.every(({ ranges }) => JSON.stringify(ranges[0]?.events) === JSON.stringify(NOT_REPAIRED)));
  });

  it('has Red Hat’s own severity before the score, and apart where a product has another', async () => {
    const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
    const id = (index: number) => `${BASEOS}:${index}`;
    const rows = await rowsFor(
      [
        { ...CURL, impact: 'Moderate' },
        { ...CURL, purl: 'pkg:rpm/redhat/libcurl@7.76.1-29.el9?arch=x86_64', impact: 'Moderate' },
        { ...CURL, purl: 'pkg:rpm/redhat/other@1-1.el9?arch=x86_64', impact: 'Important' },
      ],
      { scores: [{ products: [id(0), id(1), id(2)], cvss_v3: { vectorString: vector, baseScore: 9.8 } }] },
    );
    const score = { severity: 'critical', score: 9.8, scale: 'CVSS_V3', vector, source: 'REDHAT-CVE-2024-10001' };
    const word = (severity: string) => ({ severity, scale: 'Red Hat', source: 'REDHAT-CVE-2024-10001' });
    assert.deepEqual(rows[0]?.advisory.ratings, [word('medium'), score]);
    assert.deepEqual(
      rows.map(({ ratings }) => ratings),
      [[], [], [word('high'), score]],
    );
    const [{ advisory } = { advisory: null }] = rows;
    assert.deepEqual(advisory?.upstream, ['CVE-2024-10001']);
    assert.equal(advisory?.modified, '2024-02-01T00:00:00.000Z');
    assert.equal(advisory?.details, 'what CVE-2024-10001 is');
  });

  it('leaves out images, jars, packages of others, and products without a CPE of Red Hat', async () => {
    const rows = await rowsFor([
      { ...CURL, purl: 'pkg:oci/ubi9@sha256%3A00?arch=amd64&repository_url=registry.access.redhat.com/ubi9&tag=1' },
      { ...CURL, purl: 'pkg:maven/org.example/a@1?type=jar' },
      { ...CURL, purl: 'pkg:rpm/fedora/curl@1-1?arch=x86_64' },
      { ...CURL, product: 'o:example:linux:9' },
    ]);
    assert.deepEqual(rows, []);
  });

  it('that cannot be read, is of another CVE, or has another name is told by name', async () => {
    const document = redhatVex('CVE-2024-10003', [CURL]);
    const undefinedProduct = JSON.stringify(document).replace('"fixed":["', '"fixed":["nothing","');
    const source = feed.publish(
      redhatFeed({
        '2024/cve-2024-10001.json': '{',
        '2024/cve-2024-10002.json': document,
        '2024/cve-2024-10003.json': undefinedProduct,
        '2024/index.json': document,
        '../../etc/passwd.json': document,
        'readme.txt': 'x',
        './2024/cve-2024-10004.json': redhatVex('CVE-2024-10004', [CURL]),
      }),
    );
    const entries = await feed.entries(source, 'Red Hat');
    assert.deepEqual(
      recordsOf(entries).map(({ advisory }) => advisory.id),
      ['REDHAT-CVE-2024-10004'],
    );
    assert.deepEqual(
      rejectedOf(entries).map((text) => text.slice(0, text.indexOf(': '))),
      [
        '2024/cve-2024-10001.json',
        '2024/cve-2024-10002.json',
        '2024/cve-2024-10003.json',
        '"2024/index.json"',
        '"../../etc/passwd.json"',
      ],
    );
  });
});

describe('the feed of Red Hat', () => {
  const one = (version: string) =>
    redhatVex('CVE-2024-10001', [{ ...CURL, purl: `pkg:rpm/redhat/curl@${version}?arch=x86_64` }]);
  const versionsOf = (entries: Parameters<typeof recordsOf>[0]) =>
    recordsOf(entries).map(({ advisory, affected }) => [advisory.id, affected[0]?.ranges[0]?.events.at(-1)]);

  it('is what the archive has, with what changed since its day, without what is gone', async () => {
    const source = feed.publish(
      redhatFeed(
        { ...SAMPLE, '2024/cve-2024-10003.json': redhatVex('CVE-2024-10003', [CURL]) },
        {
          'changes.csv': [
            '"2024/cve-2024-10001.json","2026-05-02T10:00:00+00:00"',
            '"2024/cve-2024-10002.json","2026-04-29T10:00:00+00:00"\n',
          ].join('\n'),
          'deletions.csv': [
            '"2024/cve-2024-10003.json","2026-05-02T11:00:00+00:00"',
            // Gone, and back since.
            '"2024/cve-2024-10001.json","2026-05-02T09:00:00+00:00"\r\n',
          ].join('\r\n'),
          '2024/cve-2024-10001.json': one('9-9'),
        },
      ),
    );
    const { found, asked } = await feed.refresh(source, 'Red Hat');
    assert.ok(found.kind === 'whole');
    assert.deepEqual(versionsOf(await allOf(found.entries)), [
      ['REDHAT-CVE-2024-10002', { introduced: '0' }],
      ['REDHAT-CVE-2024-10001', { fixed: '9-9' }],
    ]);
    assert.deepEqual(
      asked.map(([path]) => path),
      ['archive_latest.txt', ARCHIVE, `${ARCHIVE}.sha256`, 'changes.csv', 'deletions.csv', '2024/cve-2024-10001.json'],
    );
  });

  it('is followed by what its lists say has changed and gone', async () => {
    const source = feed.publish(redhatFeed(SAMPLE));
    const first = await feed.refresh(source, 'Red Hat');
    assert.ok(first.found.kind === 'whole');
    writeFileSync(join(source, 'changes.csv'), '2024/cve-2024-10001.json,2026-05-03T10:00:00Z\n');
    writeFileSync(join(source, 'deletions.csv'), '2024/cve-2024-10002.json,2026-05-03T11:00:00Z\n');
    mkdirSync(join(source, '2024'));
    writeFileSync(join(source, '2024/cve-2024-10001.json'), JSON.stringify(one('8-8')));
    const held = heldOf(await allOf(first.found.entries));
    const second = await feed.refresh(source, 'Red Hat', { cursor: first.found.cursor, held });
    assert.ok(second.found.kind === 'changes');
    assert.deepEqual(second.found.removed, ['REDHAT-CVE-2024-10002']);
    assert.deepEqual(versionsOf(await allOf(second.found.entries)), [['REDHAT-CVE-2024-10001', { fixed: '8-8' }]]);
    assert.notEqual(second.found.revision, first.found.revision);
    const third = await feed.refresh(source, 'Red Hat', { cursor: second.found.cursor });
    assert.equal(third.found.kind, 'unchanged');
  });

  it('has an archive of the checksum that is beside it, or none is taken', async () => {
    const documents = redhatFeed(SAMPLE);
    const other = redhatFeed({});
    const cases: readonly (readonly [changed: Readonly<Record<string, unknown>>, found: RegExp])[] = [
      [{ [ARCHIVE]: other[ARCHIVE] }, /found sha256:/],
      [{ [`${ARCHIVE}.sha256`]: other[`${ARCHIVE}.sha256`] }, /found sha256:/],
      [{ [`${ARCHIVE}.sha256`]: `${'0'.repeat(63)}  ${ARCHIVE}` }, /expected 64 digits/],
      [
        {
          [`${ARCHIVE}.sha256`]: Buffer.from(documents[`${ARCHIVE}.sha256`] ?? '')
            .toString()
            .replace('05-01', '05-02'),
        },
        /expected 64 digits/,
      ],
      [{ 'archive_latest.txt': '../../../csaf_vex_2026-05-01.tar.zst' }, /expected a name such as/],
      [{ 'changes.csv': '2024/cve-2024-10001.json' }, /changes\.csv line 1/],
      [{ 'changes.csv': '"../x.json","2026-05-03T10:00:00Z"' }, /changes\.csv line 1/],
      [{ 'deletions.csv': '\n\n2024/cve-2024-10001.json,yesterday' }, /deletions\.csv line 3/],
    ];
    for (const [changed, found] of cases) {
      const refused = feed.refresh(feed.publish({ ...documents, ...changed }), 'Red Hat');
      await assert.rejects(refused, (error) => {
        assert.ok(error instanceof AppError && error.code === 'ADVISORY_FEED_INVALID', String(error));
        assert.match(error.message, found);
        return true;
      });
    }
  });

  it('tells of a document that is listed and not there', async () => {
    const changes = { 'changes.csv': '2024/cve-2024-10001.json,2026-05-03T10:00:00Z' };
    const entries = await feed.entries(feed.publish(redhatFeed(SAMPLE, changes)), 'Red Hat');
    assert.deepEqual(rejectedOf(entries), [
      '2024/cve-2024-10001.json: expected the document that is listed as changed, found none',
    ]);
    assert.equal(recordsOf(entries).length, 1);
  });

  it('whatever a document holds gives a record or a rejection, and errors of our own', async () => {
    const text = fc.oneof(
      fc.constantFrom('pkg:rpm/redhat/a@1-1?arch=x86_64', 'cpe:/o:redhat:enterprise_linux:9', 'component-0'),
      fc.string(),
    );
    const document = JSON.stringify(SAMPLE['2024/cve-2024-10001.json']);
    const texts = [...document.matchAll(/"[^"]*"/g)].map(({ index, 0: found }) => [index, found.length] as const);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...texts), fc.oneof(text, fc.jsonValue()), async ([at, length], value) => {
        const changed = `${document.slice(0, at)}${JSON.stringify(value)}${document.slice(at + length)}`;
        const entries = await feed.entries(
          feed.publish(redhatFeed({ '2024/cve-2024-10001.json': changed })),
          'Red Hat',
        );
        assert.equal(entries.length, 1);
      }),
      { numRuns: 150 },
    );
  });
});
