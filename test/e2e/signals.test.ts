import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { epss } from '#lib/advisories/providers/epss/index.ts';
import { kev } from '#lib/advisories/providers/kev/index.ts';
import { nvd } from '#lib/advisories/providers/nvd/index.ts';
import { isVulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { allOf, PublishedFeed, recordsOf, rejectedOf } from '../fixtures/published-feed.ts';
import { sourceDistribution } from '../fixtures/registry-packages.ts';
import { data, missing } from '../prerequisites.ts';

evidence('advisories/nvd', 'published', 'a page of 38 records of the CVE API 2.0, which another project tests with');
evidence('advisories/epss', 'published', 'rows of a day of EPSS, which another project tests with');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-signals-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The samples of vunnel, which fetches these feeds for Grype. */
function sample(path: string): Buffer {
  const digest = 'fa26a17abb3d7ee00bfcc00b620b59a5e5e6d486d2343bfe19bf1740f1584b1a';
  return readFileSync(join(sourceDistribution('vunnel', '0.65.1', digest), 'tests/unit/providers', path));
}

const skip = missing('python', 'gnu-tar');

interface Page {
  readonly vulnerabilities: readonly {
    readonly cve: {
      readonly id: string;
      readonly metrics: Readonly<
        Record<string, readonly { readonly cvssData: { readonly vectorString: string; readonly baseScore: number } }[]>
      >;
      readonly configurations?: readonly {
        readonly nodes: readonly {
          readonly cpeMatch: readonly { readonly vulnerable: boolean; readonly criteria: string }[];
        }[];
      }[];
    };
  }[];
}

function publishedYear(year: string, document: string | Uint8Array): Readonly<Record<string, Uint8Array>> {
  const bytes = Buffer.from(document);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const modified = new Date().toISOString();
  return {
    [`nvdcve-2.0-${year}.json.gz`]: gzipSync(bytes),
    [`nvdcve-2.0-${year}.meta`]: Buffer.from(
      `lastModifiedDate:${modified}\r\nsize:${bytes.length}\r\nsha256:${sha256}\r\n`,
    ),
  };
}

test('every record of a page of the NVD is read: scores, products, and what they run on', { skip }, async (t) => {
  const bytes = sample('nvd/test-fixtures/full-page.json');
  const page = JSON.parse(bytes.toString()) as Page;
  const feed = new PublishedFeed(folder, nvd);
  const { found } = await feed.refresh(feed.publish(publishedYear('2002', bytes)), 'NVD', {
    now: Date.parse('2002-06-01'),
  });
  assert.ok(found.kind === 'whole');
  const entries = await allOf(found.entries);
  assert.deepEqual(rejectedOf(entries), []);
  const records = new Map(recordsOf(entries).map((record) => [record.advisory.id, record]));
  assert.equal(records.size, 38);
  let scores = 0;
  let platforms = 0;
  for (const { cve } of page.vulnerabilities) {
    const { advisory, affected } = records.get(cve.id) ?? assert.fail(cve.id);
    for (const { cvssData } of Object.values(cve.metrics).flat()) {
      const rating = advisory.ratings.find(({ vector }) => vector === cvssData.vectorString);
      assert.equal(rating?.score, cvssData.baseScore, cvssData.vectorString);
      scores += 1;
    }
    const matches = (cve.configurations ?? []).flatMap(({ nodes }) => nodes.flatMap(({ cpeMatch }) => cpeMatch));
    for (const { criteria } of matches.filter(({ vulnerable }) => !vulnerable)) {
      const product = criteria.split(':').slice(3, 5).join(':');
      assert.ok(!affected.some(({ name }) => name === product), `${cve.id} is in what it runs on: ${product}`);
      platforms += 1;
    }
  }
  const products = [...records.values()].flatMap(({ affected }) => affected.map(({ name }) => name));
  t.diagnostic(`${scores} scores, ${platforms} platforms, ${products.length} products`);
  assert.ok(scores >= 35 && platforms >= 20 && products.length >= 10);
});

test('rows of EPSS and entries of KEV that another project tests with are read', { skip }, async () => {
  const scores = new PublishedFeed(folder, epss);
  const csv = gzipSync(sample('epss/test-fixtures/example-1.csv'));
  const rows = await scores.entries(scores.publish({ 'epss_scores-current.csv.gz': csv }), 'EPSS');
  assert.equal(rows.length, 5);
  assert.deepEqual(rows[4], {
    kind: 'signal',
    id: 'CVE-1999-0005',
    signal: { kind: 'epss', probability: 0.919_63, percentile: 0.992_14, date: '2025-02-20' },
  });
  const catalogue = new PublishedFeed(folder, kev);
  // Three entries are left of it, and the count of all.
  const json = sample('kev/test-fixtures/valid-catalog-1.json')
    .toString()
    .replace(/"count": *\d+/, '"count": 3');
  const entries = await catalogue.entries(catalogue.publish({ 'known_exploited_vulnerabilities.json': json }), 'KEV');
  assert.equal(entries.filter(({ kind }) => kind === 'signal').length, 3);
});

/** A record of the NVD about BusyBox, with what matters here. */
function busybox(id: string, criteria: string): unknown {
  const cvssData = { vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', baseScore: 9.8 };
  const cpeMatch = [{ vulnerable: true, criteria, versionEndIncluding: '1.37.0' }];
  return {
    cve: {
      id,
      published: '2023-01-01T00:00:00.000',
      lastModified: new Date().toISOString().slice(0, -1),
      vulnStatus: 'Analyzed',
      descriptions: [{ lang: 'en', value: `Something in BusyBox, ${id}.` }],
      metrics: { cvssMetricV31: [{ source: 'nvd@nist.gov', type: 'Primary', cvssData }] },
      configurations: [{ nodes: [{ operator: 'OR', negate: false, cpeMatch }] }],
      references: [],
    },
  };
}

function feeds(name: string, epssDay: string): string {
  const place = join(folder, name);
  const own = busybox('CVE-2021-42380', 'cpe:2.3:a:busybox:busybox:*:*:*:*:*:*:*:*');
  const seen = busybox('CVE-2022-48174', 'cpe:2.3:a:busybox:busybox:*:*:*:*:*:*:*:*');
  const other = busybox('CVE-2023-0001', 'cpe:2.3:a:other:busybox:*:*:*:*:*:*:*:*');
  const system = busybox('CVE-2023-0002', 'cpe:2.3:o:busybox:busybox:*:*:*:*:*:*:*:*');
  const years = Array.from({ length: new Date().getUTCFullYear() - 2001 }, (_, at) => String(2002 + at));
  const record = (year: string): string =>
    JSON.stringify({ vulnerabilities: year === '2002' ? [own, seen, other, system] : [] });
  const entry = { cveID: 'CVE-2022-48174', dateAdded: epssDay, knownRansomwareCampaignUse: 'Known' };
  const files: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
    nvd: Object.fromEntries(years.flatMap((year) => Object.entries(publishedYear(year, record(year))))),
    kev: { 'known_exploited_vulnerabilities.json': JSON.stringify({ count: 1, vulnerabilities: [entry] }) },
    epss: {
      'epss_scores-current.csv.gz': gzipSync(
        `#model_version:v1,score_date:${epssDay}T00:00:00Z\ncve,epss,percentile\nCVE-2021-42380,0.01,0.5\n`,
      ),
    },
  };
  for (const [provider, documents] of Object.entries(files)) {
    mkdirSync(join(place, provider), { recursive: true });
    for (const [path, content] of Object.entries(documents)) {
      writeFileSync(join(place, provider, path), content);
    }
  }
  const sources = Object.keys(files).map((provider) => `  - provider: ${provider}\n    folder: ${provider}\n`);
  const file = join(place, 'advisories.yaml');
  writeFileSync(file, `apiVersion: plimsoll.dev/v1\nkind: Advisories\nsources:\n${sources.join('')}`);
  return file;
}

const IMAGE = 'rootfs/busybox-1.37.0-musl-x86_64.tar.gz';
const today = new Date().toISOString().slice(0, 10);

test('a program in no package is matched by its CPE alone, ranked, and what is exploited comes first', {
  skip: missing('shared-data'),
}, async () => {
  const image = `rootfs:${data(IMAGE)}`;
  const advisories = { PLIMSOLL_ADVISORIES: feeds('new', today) };
  const { out } = await home.plimsoll(['scan', image, '-o', 'json'], advisories);
  const report = JSON.parse(out) as Report;
  const findings = report.findings.filter(isVulnerability);
  assert.deepEqual(
    findings.map(({ id, score, package: { purl }, signals = [], risk }) => [
      id,
      score,
      purl,
      signals.map(({ kind }) => kind).join(),
      risk?.score,
    ]),
    [
      ['CVE-2021-42380', 9.8, 'pkg:generic/busybox@1.37.0', 'epss', 24.7],
      ['CVE-2022-48174', 9.8, 'pkg:generic/busybox@1.37.0', 'known-exploited', 88.2],
    ],
  );
  assert.deepEqual(
    report.advisories.map(({ ecosystem, stale }) => [ecosystem, stale]),
    [
      ['NVD', false],
      ['KEV', false],
      ['EPSS', false],
    ],
  );
  assert.ok(!report.unknowns.some(({ kind }) => kind === 'no-advisories' || kind === 'stale-signals'));
  const table = await home.plimsoll(['scan', image], advisories);
  assert.match(table.out, /88\.2 exploited {2}critical .*CVE-2022-48174[^]*24\.7 .*critical .*CVE-2021-42380/);
  const sarif = JSON.parse((await home.plimsoll(['scan', image, '-o', 'sarif'], advisories)).out) as {
    readonly runs: readonly { readonly results: readonly { readonly properties: unknown }[] }[];
  };
  assert.partialDeepStrictEqual(sarif.runs[0]?.results.map(({ properties }) => properties).slice(0, 2), [
    { risk: 24.7, epss: 0.01 },
    { risk: 88.2, knownExploited: true },
  ]);
});

test('a feed of signals that is out of date is said, and does not fail a gate', {
  skip: missing('shared-data'),
}, async () => {
  const image = `rootfs:${data(IMAGE)}`;
  const file = feeds('old', '2020-01-01');
  const { out } = await home.plimsoll(['scan', image, '-o', 'json'], { PLIMSOLL_ADVISORIES: file });
  const report = JSON.parse(out) as Report;
  const stale = report.unknowns.filter(({ kind }) => kind === 'stale-signals');
  assert.deepEqual(
    stale.map(({ reason }) => /^the (KEV|EPSS) advisories of .* out of date/.exec(reason)?.[1]),
    ['KEV', 'EPSS'],
  );
  assert.deepEqual(
    report.advisories.filter((entry) => entry.stale).map(({ ecosystem }) => ecosystem),
    ['KEV', 'EPSS'],
  );
});

test('without a source of the NVD the program stays what nothing is known of', {
  skip: missing('shared-data'),
}, async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty, { recursive: true });
  const { out } = await home.plimsoll(['scan', `rootfs:${data(IMAGE)}`, '-o', 'json'], { PLIMSOLL_ADVISORIES: empty });
  const reasons = (JSON.parse(out) as Report).unknowns.map(({ reason }) => reason);
  assert.ok(
    reasons.some((reason) => /no source of provider nvd is set.*: 1 generic package was not matched/.test(reason)),
    reasons.join('\n'),
  );
});
