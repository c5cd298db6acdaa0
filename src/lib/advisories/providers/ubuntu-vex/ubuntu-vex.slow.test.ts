import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { FeedEntry } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import { PublishedFeed, recordsOf, rejectedOf } from '#test/fixtures/published-feed.ts';
import { writeTar } from '#test/fixtures/tar-writer.ts';
import { stored } from '#test/fixtures/xz-stream.ts';
import { providesAdvisories } from '../contract.ts';
import type { FeedLimits } from '../provider.ts';
import { ubuntuVex } from './index.ts';
import { readProduct } from './products.ts';

evidence(
  'advisories/ubuntu-vex',
  'self-made',
  'documents about CVEs and notices in the form of Canonical, in an archive',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-ubuntu-vex-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, ubuntuVex);

/** `curl@1.0 jammy` as a product. */
function product(text: string): { readonly '@id': string } {
  const [item, distro] = text.split(' ');
  return { '@id': `pkg:deb/ubuntu/${item}?arch=source&distro=${distro}` };
}

function statement(name: string, status: string, products: readonly string[], more: object = {}): object {
  return {
    vulnerability: { name, description: `About ${name}.`, aliases: [] },
    products: products.map(product),
    status,
    ...more,
  };
}

function document(...statements: readonly object[]): object {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    author: 'Canonical Ltd.',
    timestamp: '2026-05-20T15:02:47.589121Z',
    version: 1,
    statements,
  };
}

function archive(documents: Readonly<Record<string, object | string>>): Buffer {
  const files = Object.entries(documents).map(([path, value]) => ({
    path,
    content: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return writeTar([{ path: 'vex', type: 'folder' }, ...files]);
}

async function entriesOf(bytes: Uint8Array, limits?: FeedLimits): Promise<readonly FeedEntry[]> {
  return await feed.entries(feed.publish({ 'vex-all.tar.xz': bytes }), 'Ubuntu', limits);
}

/** `ecosystem package state fixed` of every row. */
async function rowsOf(documents: Readonly<Record<string, object | string>>): Promise<readonly string[]> {
  const entries = await entriesOf(archive(documents));
  assert.deepEqual(rejectedOf(entries), []);
  return recordsOf(entries).flatMap(({ affected }) =>
    affected.map(({ ecosystem, name, state, status, ranges }) => {
      const end = ranges[0]?.events.find((event) => 'fixed' in event);
      return [ecosystem, name, state, status ?? '-', end === undefined ? '-' : Object.values(end).join()].join(' ');
    }),
  );
}

const SAMPLE = {
  'vex/cve/2025/CVE-2025-0167.json': document(
    statement('CVE-2025-0167', 'affected', ['curl@8.5.0-2ubuntu10.6 noble'], {
      action_statement: 'This package (for the given release) is vulnerable to the CVE and needs fixing.',
    }),
  ),
  'vex/usn/USN-7372-1.json': document(statement('USN-7372-1', 'fixed', ['varnish@6.6.1-1ubuntu0.2 jammy'])),
};

providesAdvisories('ubuntu-vex', {
  provider: ubuntuVex,
  shard: 'Ubuntu',
  needed: 'Ubuntu:22.04:LTS',
  notOffered: 'Debian:12',
  documents: { 'vex-all.tar.xz': gzipSync(archive(SAMPLE)) },
  main: 'vex-all.tar.xz',
  duplicate: archive({
    'vex/cve/2025/CVE-2025-0167.json': JSON.stringify(SAMPLE['vex/cve/2025/CVE-2025-0167.json']).replace(
      '"version":1',
      '"version":1,"version":2',
    ),
  }),
});

describe('documents about Ubuntu', () => {
  it('about a CVE have a state for each source package of a release', async () => {
    const rows = await rowsOf({
      'vex/cve/2024/CVE-2024-10001.json': document(
        statement('CVE-2024-10001', 'affected', ['a@1 noble'], {
          action_statement: 'This package (for the given release) is vulnerable to the CVE and needs fixing.',
        }),
        statement('CVE-2024-10001', 'affected', ['a@1 jammy'], {
          action_statement:
            'This package (for the given release) is vulnerable to the CVE, the problem is understood, but the Ubuntu Security Team decided to not fix it.',
        }),
        statement('CVE-2024-10001', 'affected', ['a@1 xenial'], {
          action_statement: 'This package (for the given release) is no longer supported. Please upgrade your system.',
        }),
        statement('CVE-2024-10001', 'not_affected', ['a@1 questing'], { justification: 'vulnerable_code_not_present' }),
        statement('CVE-2024-10001', 'not_affected', ['b@1 questing'], { justification: 'component_not_present' }),
        statement('CVE-2024-10001', 'under_investigation', ['a@1 focal'], {
          status_notes: 'The vulnerability of this package is not known and needs to be evaluated.',
        }),
        statement('CVE-2024-10001', 'under_investigation', ['a@1 bionic'], {
          status_notes: 'The vulnerability is known but remediation is deferred.',
        }),
        statement('CVE-2024-10001', 'fixed', ['a@9 plucky']),
      ),
    });
    assert.deepEqual(rows, [
      'Ubuntu:24.04:LTS a affected needed -',
      'Ubuntu:22.04:LTS a will_not_fix ignored -',
      'Ubuntu:16.04:LTS a end_of_life end-of-life -',
      'Ubuntu:25.10 a not_affected - -',
      'Ubuntu:20.04:LTS a under_investigation needs-triage -',
      'Ubuntu:18.04:LTS a deferred deferred -',
    ]);
  });

  it('name the version that repairs in the notice, never in what is said of a CVE', async () => {
    const rows = await rowsOf({
      'vex/cve/2023/CVE-2023-38545.json': document(
        statement('CVE-2023-38545', 'fixed', ['curl@7.81.0-1ubuntu1.24 jammy']),
      ),
      'vex/usn/USN-6429-1.json': document(
        statement('USN-6429-1', 'fixed', [
          'curl@7.81.0-1ubuntu1.14 jammy',
          'curl@7.68.0-1ubuntu2.20 focal',
          'curl@7.68.0-1ubuntu2.9 focal',
        ]),
      ),
    });
    assert.deepEqual(rows, [
      'Ubuntu:22.04:LTS curl fixed - 7.81.0-1ubuntu1.14',
      'Ubuntu:20.04:LTS curl fixed - 7.68.0-1ubuntu2.20',
    ]);
  });

  it('keep what Ubuntu Pro has apart from the release, and builds of another kind away', async () => {
    const rows = await rowsOf({
      'vex/usn/USN-7372-1.json': document(
        statement('USN-7372-1', 'fixed', [
          'varnish@6.6.1-1ubuntu0.2+esm1 esm-apps/jammy',
          'openssl@1.1.1f-1ubuntu2.fips.24.4 fips-updates/focal',
          'unbound@1.4.22-1+esm2 trusty/esm',
        ]),
      ),
    });
    assert.deepEqual(rows, [
      'Ubuntu:Pro:22.04:LTS varnish fixed - 6.6.1-1ubuntu0.2+esm1',
      'Ubuntu:Pro:14.04:LTS unbound fixed - 1.4.22-1+esm2',
    ]);
  });

  it('clear a release at its end by what was found for Ubuntu Pro, but none that is known to be affected', async () => {
    const old = { action_statement: 'This package (for the given release) is no longer supported.' };
    const open = {
      action_statement: 'This package (for the given release) is vulnerable to the CVE and needs fixing.',
    };
    const clear = { justification: 'vulnerable_code_not_present' };
    const rows = await rowsOf({
      'vex/cve/2023/CVE-2023-38545.json': document(
        statement('CVE-2023-38545', 'affected', ['curl@7.47.0 xenial'], old),
        statement('CVE-2023-38545', 'affected', ['wget@1 noble'], open),
        statement(
          'CVE-2023-38545',
          'not_affected',
          ['curl@7.47.0+esm15 esm-infra/xenial', 'wget@1+esm1 esm-infra/noble'],
          clear,
        ),
      ),
    });
    assert.deepEqual(rows, [
      'Ubuntu:16.04:LTS curl not_affected - -',
      'Ubuntu:24.04:LTS wget affected needed -',
      'Ubuntu:Pro:16.04:LTS curl not_affected - -',
      'Ubuntu:Pro:24.04:LTS wget not_affected - -',
    ]);
  });

  it('have the priority for a rating, and dates with or without a zone', async () => {
    const notes = { status_notes: 'Ubuntu Security Team classified this CVE as of Negligible priority.' };
    const { statements } = document(statement('CVE-2024-10001', 'under_investigation', ['a@1 noble'], notes)) as {
      readonly statements: readonly object[];
    };
    const wrapped = { metadata: { timestamp: '2025-02-06T16:37:20.173026' }, statements };
    const [record] = recordsOf(await entriesOf(archive({ 'CVE-2024-10001.json': wrapped })));
    assert.deepEqual(record?.advisory.ratings, [{ severity: 'low', scale: 'Ubuntu', source: 'UBUNTU-CVE-2024-10001' }]);
    assert.equal(record.advisory.modified, '2025-02-06T16:37:20.173Z');
    assert.deepEqual([record.advisory.id, ...record.advisory.upstream], ['UBUNTU-CVE-2024-10001', 'CVE-2024-10001']);
  });

  it('that cannot be read are told by name, and the others are there', async () => {
    const entries = await entriesOf(
      archive({
        'vex/cve/a.json': document(statement('CVE-2024-10001', 'affected', ['a@1 noble'])),
        'vex/cve/b.json': '{"statements": [',
        'vex/cve/c.json': document(statement('CVE-2024-10002', 'maybe', ['a@1 noble'])),
        'vex/cve/d.json': document(
          statement('CVE-2024-10003', 'affected', []),
          statement('CVE-2024-10004', 'affected', []),
        ),
        'vex/cve/e.json': document(statement('GHSA-1', 'affected', [])),
        'vex/readme.txt': 'not a document',
      }),
    );
    assert.deepEqual(
      recordsOf(entries).map(({ advisory }) => advisory.id),
      ['UBUNTU-CVE-2024-10001'],
    );
    const rejected = entries.flatMap((entry) => (entry.kind === 'rejected' ? [entry.name] : []));
    assert.deepEqual(rejected, ['vex/cve/b.json', 'vex/cve/c.json', 'vex/cve/d.json', 'vex/cve/e.json']);
  });

  it('that are too large are told by name; a tar that ends too early is refused, whatever it is compressed with', async () => {
    const documents = archive(SAMPLE);
    const limits = { recordBytes: 300, totalBytes: 1_000_000, records: 10 };
    const entries = await entriesOf(documents, limits);
    assert.match(
      rejectedOf(entries).join('\n'),
      /^vex\/cve\/2025\/CVE-2025-0167\.json: expected at most 300 bytes, found \d+$/m,
    );
    for (const cut of [
      documents.subarray(0, 512 * 3),
      gzipSync(documents.subarray(0, documents.length - 1024)),
      stored(documents).subarray(0, 700),
    ]) {
      await assert.rejects(entriesOf(cut), { code: 'ADVISORY_FEED_INVALID' });
    }
  });
});

it('products are source packages of releases that are matched', () => {
  const cases: readonly (readonly [purl: string, found: string | null])[] = [
    ['pkg:deb/ubuntu/curl@8.5.0-2ubuntu10.6?arch=source&distro=noble', 'curl 8.5.0-2ubuntu10.6 24.04:LTS false'],
    ['pkg:deb/ubuntu/nss@2:3.98-1ubuntu0.2?arch=source&distro=esm-infra/noble', 'nss 2:3.98-1ubuntu0.2 24.04:LTS true'],
    ['pkg:deb/ubuntu/pound@4.16-3?arch=source&distro=questing', 'pound 4.16-3 25.10 false'],
    [
      'pkg:deb/ubuntu/openssl@1.0.1f-1ubuntu2.27+esm10?arch=source&distro=trusty/esm',
      'openssl 1.0.1f-1ubuntu2.27+esm10 14.04:LTS true',
    ],
    ['pkg:deb/ubuntu/linux@5.15.0-1?arch=source&distro=realtime/jammy', null],
    ['pkg:deb/ubuntu/curl@8.5.0?arch=amd64&distro=noble', null],
    ['pkg:deb/ubuntu/curl@8.5.0?arch=source', null],
    ['pkg:deb/ubuntu/curl?arch=source&distro=noble', null],
    ['pkg:deb/ubuntu/curl@1?arch=source&distro=a/b/noble', null],
    ['pkg:deb/debian/curl@8.5.0?arch=source&distro=noble', null],
    ['arch=source&distro=noble', null],
  ];
  for (const [purl, found] of cases) {
    const item = readProduct(purl);
    assert.equal(item === null ? null : [item.name, item.version, item.release, item.extended].join(' '), found, purl);
  }
});

it('ubuntu: any statements give records or rejections, and errors of our own', async () => {
  const item = fc.oneof(fc.constantFrom('a@1 noble', 'a@2 noble', 'b@1 esm-infra/noble'), fc.string());
  const text = fc.option(
    fc.oneof(fc.string(), fc.constantFrom('decided to not fix', 'component_not_present', 'deferred')),
  );
  const one = fc.record({
    name: fc.constantFrom('CVE-2024-10001', 'USN-1-1', 'x'),
    status: fc.constantFrom('not_affected', 'affected', 'fixed', 'under_investigation', 'other'),
    products: fc.array(item),
    more: fc.record({ justification: text, status_notes: text, action_statement: text, timestamp: text }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one), async (statements) => {
      const value = document(
        ...statements.map(({ name, status, products, more }) => statement(name, status, products, more)),
      );
      try {
        const entries = await entriesOf(archive({ 'a.json': value }));
        const rows = recordsOf(entries).flatMap(({ affected }) =>
          affected.map(({ ecosystem, name }) => `${ecosystem} ${name}`),
        );
        assert.equal(new Set(rows).size, rows.length);
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
      }
    }),
    { numRuns: 200 },
  );
});
