import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import type { AdvisoryRecord, FeedEntry } from '#model/ports.ts';
import { allOf, PublishedFeed, recordsOf, rejectedOf } from '#test/fixtures/published-feed.ts';
import { providesAdvisories } from '../contract.ts';
import { nvd } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-nvd-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, nvd);
const NOW = Date.parse('2026-06-01T00:00:00Z');

interface CveParts {
  readonly id?: string;
  readonly status?: string;
  readonly metrics?: unknown;
  readonly configurations?: readonly unknown[];
}

function cve({
  id = 'CVE-2021-23017',
  status = 'Analyzed',
  metrics = {},
  configurations = [],
}: CveParts = {}): unknown {
  return {
    cve: {
      id,
      sourceIdentifier: 'f5sirt@f5.com',
      published: '2021-06-01T13:15:07.853',
      lastModified: '2023-11-07T03:30:29.880',
      vulnStatus: status,
      descriptions: [
        { lang: 'es', value: 'Un problema' },
        { lang: 'en', value: 'A security issue in nginx resolver was identified.' },
      ],
      metrics,
      configurations,
      references: [{ url: 'https://nginx.org/patch', tags: ['Patch'] }, { url: 'https://example.org' }],
    },
  };
}

function file(...vulnerabilities: readonly unknown[]): string {
  return JSON.stringify({ format: 'NVD_CVE', version: '2.0', totalResults: vulnerabilities.length, vulnerabilities });
}

function metaOf(document: string, modified = '2026-05-31T03:00:00-04:00'): string {
  const sha256 = createHash('sha256').update(document).digest('hex').toUpperCase();
  return `lastModifiedDate:${modified}\r\nsize:${document.length}\r\nzipSize:1\r\ngzSize:1\r\nsha256:${sha256}\r\n`;
}

/** A file with the one that vouches for it. */
function published(name: string, document: string, modified?: string): Readonly<Record<string, Uint8Array>> {
  return {
    [`nvdcve-2.0-${name}.json.gz`]: gzipSync(document),
    [`nvdcve-2.0-${name}.meta`]: Buffer.from(metaOf(document, modified)),
  };
}

const YEARS = Array.from({ length: 2026 - 2002 + 1 }, (_, at) => 2002 + at);

/** All years; nothing but one of them has records. */
function years(...records: readonly unknown[]): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(
    YEARS.flatMap((year) => Object.entries(published(String(year), year === 2021 ? file(...records) : file()))),
  );
}

/** In the first year there was one file. */
async function entriesOf(...records: readonly unknown[]): Promise<readonly FeedEntry[]> {
  const source = feed.publish(published('2002', file(...records)));
  const { found } = await feed.refresh(source, 'NVD', { now: Date.parse('2002-06-01') });
  return 'entries' in found ? await allOf(found.entries) : assert.fail(found.kind);
}

async function recordOf(parts: CveParts): Promise<AdvisoryRecord> {
  const [record] = recordsOf(await entriesOf(cve(parts)));
  return record ?? assert.fail('no record');
}

const MAIN = 'nvdcve-2.0-2021.json.gz';
const two = [cve(), cve({ id: 'CVE-2021-0002' })] as const;
providesAdvisories('nvd', {
  provider: nvd,
  shard: 'NVD',
  needed: 'NVD',
  notOffered: 'npm',
  documents: { ...years(...two), ...published('modified', file(cve())) },
  main: MAIN,
  duplicate: gzipSync(file(...two).replace('"id":', '"id":"CVE-2020-0001","id":')),
});

/** `name: bounds` of every row. */
function rows({ affected }: AdvisoryRecord): readonly string[] {
  return affected.map(({ name, ranges, versions }) => {
    const bounds = ranges.map(({ events }) => events.flatMap((event) => Object.entries(event).flat()).join(' '));
    return `${name}: ${[...bounds, ...versions].join(', ')}`;
  });
}

const match = (criteria: string, bounds: Readonly<Record<string, string>> = {}, vulnerable = true): unknown => ({
  vulnerable,
  criteria: `cpe:2.3:${criteria}`,
  ...bounds,
});
const node = (...cpeMatch: readonly unknown[]): unknown => ({ operator: 'OR', negate: false, cpeMatch });
const NGINX = 'a:f5:nginx:*:*:*:*:*:*:*:*';
const any = (name: string): string => `${name}:*:*:*:*:*:*:*:*`;

it('nvd: a record has its texts, dates and references', async () => {
  const { advisory } = await recordOf({});
  assert.deepEqual(advisory, {
    id: 'CVE-2021-23017',
    aliases: [],
    upstream: [],
    summary: '',
    details: 'A security issue in nginx resolver was identified.',
    modified: '2023-11-07T03:30:29.880Z',
    published: '2021-06-01T13:15:07.853Z',
    ratings: [],
    references: [
      { type: 'FIX', url: 'https://nginx.org/patch' },
      { type: 'WEB', url: 'https://example.org' },
    ],
  });
});

it('nvd: what is rejected is withdrawn', async () => {
  assert.equal((await recordOf({ status: 'Rejected' })).advisory.withdrawn, '2023-11-07T03:30:29.880Z');
  assert.equal((await recordOf({ status: 'Modified' })).advisory.withdrawn, undefined);
});

it("nvd: ratings have who gave them, NVD's own first, and are scored from their vectors", async () => {
  const metric = (source: string, type: string, vectorString: string): unknown => ({
    source,
    type,
    cvssData: { vectorString, baseScore: 1 },
  });
  const { advisory } = await recordOf({
    metrics: {
      cvssMetricV40: [
        metric('f5sirt@f5.com', 'Secondary', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'),
      ],
      cvssMetricV31: [
        metric('f5sirt@f5.com', 'Secondary', 'CVSS:3.1/AV:N'),
        metric('nvd@nist.gov', 'Primary', 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L'),
      ],
      cvssMetricV2: [metric('nvd@nist.gov', 'Primary', 'AV:N/AC:M/Au:N/C:P/I:P/A:P')],
    },
  });
  assert.deepEqual(
    advisory.ratings.map(({ source, scale, severity, score }) => [source, scale, severity, score]),
    [
      ['NVD', 'CVSS_V3', 'medium', 5.6],
      ['NVD', 'CVSS_V2', 'medium', 6.8],
      ['f5sirt@f5.com (NVD)', 'CVSS_V4', 'critical', 9.3],
      ['f5sirt@f5.com (NVD)', 'CVSS_V3', 'unknown', undefined],
    ],
  );
});

describe('nvd: the products of a record', () => {
  const cases: readonly (readonly [string, readonly unknown[], readonly string[]])[] = [
    [
      'bounds of all kinds',
      [
        node(
          match(NGINX, { versionStartIncluding: '0.6.18', versionEndExcluding: '1.20.1' }),
          match(any('a:openssl:openssl'), { versionStartExcluding: '1.0', versionEndIncluding: '1.1.1k' }),
          match(any('a:haxx:curl')),
          match('a:openbsd:openssh:9.2:p1:*:*:*:*:*:*'),
          match('a:openbsd:openssh:9.1:-:*:*:*:*:*:*'),
          match('a:openbsd:openssh:9.0:*:*:*:*:*:*:*'),
        ),
      ],
      [
        'f5:nginx: introduced 0.6.18 fixed 1.20.1',
        'openssl:openssl: introduced 1.0-* last_affected 1.1.1k-*',
        'haxx:curl: introduced 0',
        'openbsd:openssh: introduced 9.0 last_affected 9.0-*, 9.2-p1, 9.1',
      ],
    ],
    [
      'names of former owners',
      [node(match(any('a:nginx:nginx')), match(any('a:redislabs:redis')), match(any('a:erlang:erlang\\/otp')))],
      ['f5:nginx: introduced 0', 'redis:redis: introduced 0', 'erlang:erlang/otp: introduced 0'],
    ],
    [
      'operating systems, hardware, other builds, what has no version and what is no CPE',
      [
        node(
          match(any('o:debian:debian_linux')),
          match(any('h:cisco:router')),
          match('a:redis:redis:-:*:*:*:*:*:*:*'),
          match('a:vim:vim:*:*:*:*:*:windows:*:*'),
          match('a:vim:vim'),
          match('cpe:/a:vim:vim'),
        ),
      ],
      [],
    ],
  ];
  for (const [name, nodes, expected] of cases) {
    it(name, async () => assert.deepEqual(rows(await recordOf({ configurations: [{ nodes }] })), expected));
  }

  it('what a program runs on is not vulnerable, and without it the program is not', async () => {
    const runningOn = (criteria: string): unknown => ({
      operator: 'AND',
      nodes: [node(match(NGINX)), node(match(criteria, {}, false))],
    });
    const windows = await recordOf({ configurations: [runningOn('o:microsoft:windows:-:*:*:*:*:*:*:*')] });
    assert.deepEqual(rows(windows), []);
    const java = await recordOf({ configurations: [runningOn(any('a:oracle:jdk'))] });
    assert.deepEqual(rows(java), []);
    const linux = await recordOf({ configurations: [runningOn('o:linux:linux_kernel:-:*:*:*:*:*:*:*')] });
    assert.deepEqual(rows(linux), ['f5:nginx: introduced 0']);
  });

  it('what is negated, or asks for several products at once, says nothing of one of them', async () => {
    const both = { operator: 'AND', negate: false, cpeMatch: [match(NGINX), match(any('a:haxx:curl'))] };
    const negated = { operator: 'OR', negate: true, cpeMatch: [match(NGINX)] };
    assert.deepEqual(rows(await recordOf({ configurations: [{ nodes: [both, negated] }] })), []);
    assert.deepEqual(rows(await recordOf({ configurations: [{ negate: true, nodes: [node(match(NGINX))] }] })), []);
  });
});

describe('nvd: what becomes of the shard', () => {
  const LATER = '2026-06-02T00:00:00Z';
  async function first(changes: Readonly<Record<string, Uint8Array>>): Promise<{ source: string; cursor: string }> {
    const source = feed.publish({ ...years(cve()), ...changes });
    const { found } = await feed.refresh(source, 'NVD', { now: NOW });
    return { source, cursor: 'cursor' in found ? found.cursor : assert.fail('no cursor') };
  }
  function publish(source: string, documents: Readonly<Record<string, Uint8Array>>): void {
    for (const [path, bytes] of Object.entries(documents)) {
      writeFileSync(join(source, path), bytes);
    }
  }

  it('nvd: what changed is taken over while the file of changes goes back that far', async () => {
    const { source, cursor } = await first(published('modified', file()));
    publish(source, published('modified', file(cve({ id: 'CVE-2026-0001' })), LATER));
    const { found, asked } = await feed.refresh(source, 'NVD', { cursor, now: NOW });
    assert.ok(found.kind === 'changes');
    assert.deepEqual(
      recordsOf(await allOf(found.entries)).map(({ advisory }) => advisory.id),
      ['CVE-2026-0001'],
    );
    assert.deepEqual(
      asked.map(([path]) => path),
      ['nvdcve-2.0-modified.meta', 'nvdcve-2.0-modified.json.gz'],
    );
    const again = await feed.refresh(source, 'NVD', { cursor: found.cursor, now: NOW });
    assert.equal(again.found.kind, 'unchanged');
    assert.equal(again.asked.length, 1);
  });

  it('nvd: after that all years are read', async () => {
    const { source, cursor } = await first(published('modified', file()));
    publish(source, published('modified', file(cve()), '2026-06-07T12:00:00Z'));
    assert.equal((await feed.refresh(source, 'NVD', { cursor, now: NOW })).found.kind, 'whole');
  });

  it('nvd: a file that is not what the one beside it says is refused', async () => {
    const other = file(cve({ id: 'CVE-2021-0003' }));
    const source = feed.publish({ ...years(cve()), [MAIN]: gzipSync(other) });
    const { found } = await feed.refresh(source, 'NVD', { now: NOW });
    assert.ok(found.kind === 'whole');
    await assert.rejects(allOf(found.entries), /nvdcve-2\.0-2021\.json\.gz.*expected sha256 [0-9a-f]{64}/);
  });

  it('nvd: a year that is missing is an error, but for this one', async () => {
    const { 'nvdcve-2.0-2010.meta': _none, ...rest } = years();
    await assert.rejects(feed.refresh(feed.publish(rest), 'NVD', { now: NOW }), /2010\.meta.*a file for each year/);
    const { 'nvdcve-2.0-2026.meta': _last, ...others } = years();
    assert.equal((await feed.refresh(feed.publish(others), 'NVD', { now: NOW })).found.kind, 'whole');
    const broken = { ...years(), 'nvdcve-2.0-2010.meta': 'size:1' };
    await assert.rejects(feed.refresh(feed.publish(broken), 'NVD', { now: NOW }), /expected lines with/);
  });
});

it('nvd: a record that is broken is rejected, and the others count', async () => {
  const entries = await entriesOf(cve({ id: 'CVE-2021-0009', metrics: { cvssMetricV2: 'x' } }), null, cve());
  assert.equal(recordsOf(entries).length, 1);
  assert.match(rejectedOf(entries).join('\n'), /^vulnerabilities\/0: "cve\.metrics.*\nvulnerabilities\/1: /);
});

it('nvd: whatever the configurations, rows are of applications by vendor and product', async () => {
  const text = fc.oneof(fc.constantFrom('*', '-', '1.0', 'a', 'nginx'), fc.string({ maxLength: 8 }));
  const criteria = fc.array(text, { minLength: 8, maxLength: 12 }).map((parts) => `cpe:2.3:a:${parts.join(':')}`);
  const cpeMatch = fc.record({ vulnerable: fc.boolean(), criteria, versionEndExcluding: text });
  const someNode = fc.record({
    operator: fc.constantFrom('AND', 'OR'),
    cpeMatch: fc.array(cpeMatch, { maxLength: 3 }),
  });
  const configuration = fc.record({
    operator: fc.constantFrom('AND', 'OR'),
    nodes: fc.array(someNode, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(configuration, { maxLength: 3 }), async (configurations) => {
      try {
        for (const { name, ranges, versions } of (await recordOf({ configurations })).affected) {
          assert.ok(name.includes(':') && ranges.length + versions.length > 0);
        }
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
    { numRuns: 40 },
  );
});
