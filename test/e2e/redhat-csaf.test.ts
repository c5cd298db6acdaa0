import assert from 'node:assert/strict';
import { appendFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { repairsOf } from '../fixtures/redhat-repairs.ts';
import { sourceDistribution } from '../fixtures/registry-packages.ts';
import { rpmHeader, sqliteDatabase } from '../fixtures/rpm-headers.ts';
import { writeTar } from '../fixtures/tar-writer.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'advisories/redhat-csaf',
  'published',
  'security advisories of Red Hat and its lists of changes, shortened, which another project tests with; their archive is self-made',
);

const skip = missing('python', 'gnu-tar');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-redhat-csaf-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What vunnel, which fetches feeds for Grype, tests its reader of Red Hat's advisories with. */
function samples(): string {
  const digest = 'fa26a17abb3d7ee00bfcc00b620b59a5e5e6d486d2343bfe19bf1740f1584b1a';
  return join(sourceDistribution('vunnel', '0.65.1', digest), 'tests/unit/providers/rhel/test-fixtures/csaf');
}

/** By the path that they have in the feed. */
function documents(): ReadonlyMap<string, string> {
  const found = globSync('{advisories,server}/**/rhsa-*.json', { cwd: samples() }).toSorted();
  return new Map(
    found.map((path) => [
      `${basename(path).slice('rhsa-'.length, 'rhsa-2024'.length)}/${basename(path)}`,
      readFileSync(join(samples(), path), 'utf8'),
    ]),
  );
}

const FEED = join(folder, 'redhat');
const CHANGED = '2024/rhsa-2024_0010.json';
const LATER = '2024/rhsa-2024_9371.json';

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** The feed: all but two documents in an archive of the day that Red Hat named, then the lists as they were. */
function publish(): string {
  const server = (name: string) => readFileSync(join(samples(), 'server', name), 'utf8');
  const name = server('archive_latest.txt').trim();
  const archived = [...documents()].filter(([path]) => path !== CHANGED && path !== LATER);
  const archive = zstdCompressSync(writeTar(archived.map(([path, text]) => ({ path, content: Buffer.from(text) }))));
  write(join(FEED, name), archive);
  write(join(FEED, `${name}.sha256`), `${hexOf(digestOf(archive))}  ${name}\n`);
  for (const list of ['archive_latest.txt', 'changes.csv', 'deletions.csv']) {
    write(join(FEED, list), server(list));
  }
  write(join(FEED, CHANGED), documents().get(CHANGED) ?? '');
  const configuration = join(folder, 'advisories.yaml');
  const source = '  - provider: redhat-csaf\n    folder: redhat\n';
  writeFileSync(configuration, `apiVersion: plimsoll.dev/v1\nkind: Advisories\nsources:\n${source}`);
  return configuration;
}

interface Rpm {
  readonly name: string;
  /** `[epoch:]version-release`. */
  readonly evr: string;
  readonly source: string;
  readonly architecture: string;
  readonly module: string | null;
}

interface System {
  readonly versionId: string;
  /** What its repositories are for, as the documents call it. */
  readonly products: readonly string[];
  /** What says so: the names of repositories that Red Hat leaves in layers, or the label of the image. */
  readonly contentSets?: readonly string[];
  readonly cpe?: string;
}

function root({ versionId, contentSets, cpe }: System, rpms: readonly Rpm[]): string {
  const place = mkdtempSync(join(folder, 'root-'));
  const headers = rpms.map(({ name, evr, source, architecture, module }) => {
    const [, epoch, version = '', release = ''] = /^(?:(\d+):)?([^-]+)-(.+)$/.exec(evr) ?? [];
    return rpmHeader({
      1000: name,
      1001: version,
      1002: release,
      ...(epoch === undefined ? {} : { 1003: [Number(epoch)] }),
      1011: 'Red Hat, Inc.',
      1014: 'MIT',
      1022: architecture,
      1044: `${source}-${version}-${release}.src.rpm`,
      ...(module === null ? {} : { 5096: `${module}:8090020240101000000:489197e6` }),
    });
  });
  write(join(place, 'var/lib/rpm/rpmdb.sqlite'), sqliteDatabase(headers));
  write(join(place, 'etc/os-release'), `NAME="Red Hat Enterprise Linux"\nID="rhel"\nVERSION_ID="${versionId}"\n`);
  if (contentSets !== undefined) {
    const sets = { metadata: { icm_version: 1 }, content_sets: contentSets };
    write(join(place, 'root/buildinfo/content_manifests/ubi-container-1-1.json'), JSON.stringify(sets));
  }
  if (cpe !== undefined) {
    write(join(place, 'root/buildinfo/labels.json'), JSON.stringify({ cpe }));
  }
  return `rootfs:${place}`;
}

const collator = new Intl.Collator('en', { numeric: true });

/** As good as the order of rpm for the versions here. */
function compare(a: string, b: string): number {
  const whole = (evr: string) => (evr.includes(':') ? evr : `0:${evr}`);
  return collator.compare(whole(a), whole(b));
}

/** What the documents at hand say of packages, by a reading of their own. */
function expected({ products }: System, rpms: readonly Rpm[], paths: ReadonlySet<string>): readonly string[] {
  const all = [...documents()].flatMap(([path, text]) => (paths.has(path) ? repairsOf(text).repairs : []));
  const found: string[] = [];
  for (const { name, evr, source, architecture, module } of rpms) {
    const own = all.filter(
      (repair) =>
        products.includes(repair.product) &&
        repair.module === module &&
        (repair.architecture === 'src'
          ? repair.alone && repair.name === source
          : repair.name === name && repair.architecture === architecture),
    );
    for (const cve of new Set(own.map((repair) => repair.cve))) {
      const said = own.filter((repair) => repair.cve === cve).toSorted((a, b) => compare(a.evr, b.evr));
      const isRepaired = said.some(
        ({ product, evr: fixed }) => product.startsWith('rhel_eus') && compare(evr, fixed) >= 0,
      );
      const newest = said.at(-1);
      if (newest !== undefined && !isRepaired && compare(evr, newest.evr) < 0) {
        found.push(`${name} ${cve} ${newest.severity} fixed ${newest.evr}`);
      }
    }
  }
  return [...new Set(found)].toSorted();
}

/** Every package of a product that a document names, repaired or not: as it is repaired, or of the release before all. */
function packages(path: string, product: string, age: 'old' | 'repaired'): readonly Rpm[] {
  const { named, sources } = repairsOf(documents().get(path) ?? '');
  const rpms = named
    .filter((one) => one.product === product && ['x86_64', 'noarch'].includes(one.architecture))
    .map(({ name, evr, architecture, module }) => ({
      name,
      evr: age === 'old' ? evr.replace(/-[^-]+$/, '-0') : evr,
      source: sources.get(evr) ?? name,
      architecture,
      module,
    }));
  assert.ok(rpms.length > 0, `${path} names nothing of ${product}`);
  return [...new Map(rpms.map((rpm) => [rpm.name, rpm])).values()];
}

const MISSING = [
  '2024/rhsa-2024_11255.json',
  '2024/rhsa-2024_4444.json',
  '2024/rhsa-2024_5555.json',
  '2024/rhsa-2024_6666.json',
];

async function scan(reference: string, configuration: string): Promise<Report> {
  const { out, err } = await home.plimsoll(['scan', reference, '-o', 'json'], { PLIMSOLL_ADVISORIES: configuration });
  const report = JSON.parse(out === '' ? '{}' : out) as Report;
  assert.ok(report.findings !== undefined, err);
  return report;
}

function findingsOf({ findings }: Report): readonly string[] {
  return findings
    .flatMap((one) =>
      one.kind === 'vulnerability'
        ? [`${one.package.name} ${one.id} ${one.severity} ${one.state} ${one.fixedIn ?? '-'}`]
        : [],
    )
    .toSorted();
}

const NINE: System = {
  versionId: '9.3',
  products: [
    'enterprise_linux:9',
    'enterprise_linux:9::baseos',
    'enterprise_linux:9::appstream',
    'enterprise_linux:9::crb',
  ],
};
const EIGHT: System = {
  versionId: '8.9',
  products: ['enterprise_linux:8', 'enterprise_linux:8::baseos', 'enterprise_linux:8::appstream'],
};
const NINE_EUS: System = {
  versionId: '9.2',
  products: [...NINE.products, 'rhel_eus:9.2::baseos', 'rhel_eus:9.2::appstream'],
  contentSets: ['baseos', 'appstream'].map((name) => `rhel-9-for-x86_64-${name}-eus-rpms__9_DOT_2`),
};
const SIX_ELS: System = { versionId: '6.10', products: ['rhel_els:6'], cpe: 'cpe:/o:redhat:rhel_els:6' };

const SUDO = '2024/rhsa-2024_0811.json';
const BIND = '2025/rhsa-2025_23414.json';
const RUBY = [
  ['2023/rhsa-2023_7025.json', 'ruby:2.5'],
  ['2023/rhsa-2023_3821.json', 'ruby:2.7'],
  ['2024/rhsa-2024_1431.json', 'ruby:3.1'],
] as const;
const APPSTREAM = 'enterprise_linux:8::appstream';

test('packages of RHEL are matched with what Red Hat has repaired, by product, module and epoch', {
  skip,
}, async () => {
  const configuration = publish();
  const paths = new Set([...documents().keys()].filter((path) => path !== LATER));
  /** What is found in a system with these packages, which is what the documents say of them. */
  const findings = async (system: System, rpms: readonly Rpm[]): Promise<readonly string[]> => {
    const report = await scan(root(system, rpms), configuration);
    const found = findingsOf(report);
    assert.deepEqual(found, expected(system, rpms, paths));
    // The documents are old, and the lists, which vunnel has shortened, name some that it does not have.
    assert.deepEqual(report.unknowns.map(({ kind }) => kind).toSorted(), ['incomplete-advisories', 'stale-advisories']);
    const incomplete = report.unknowns.find(({ kind }) => kind === 'incomplete-advisories')?.reason ?? '';
    assert.match(incomplete, /^4 records of the Red Hat advisories/);
    assert.deepEqual(
      MISSING.filter((path) => !incomplete.includes(path)),
      [],
    );
    return found;
  };

  // One document is of after the archive, the other has the repairs of six products.
  const installed = (age: 'old' | 'repaired') => [
    ...packages(CHANGED, 'enterprise_linux:9::appstream', age),
    ...packages(SUDO, 'enterprise_linux:9::baseos', age),
  ];
  const old = await findings(NINE, installed('old'));
  assert.ok(old.includes('tigervnc-license CVE-2023-6478 high fixed 1.13.1-3.el9_3.3'));
  assert.ok(old.includes('sudo CVE-2023-42465 medium fixed 1.9.5p2-10.el9_3'));
  assert.deepEqual(await findings(NINE, installed('repaired')), []);

  // Of one that pays for an older minor release, and of everybody with the same package.
  const eus = packages(SUDO, 'rhel_eus:9.2::baseos', 'repaired');
  assert.deepEqual(await findings(NINE_EUS, eus), []);
  assert.ok((await findings(NINE, eus)).includes('sudo CVE-2023-28486 medium fixed 1.9.5p2-10.el9_3'));
  assert.ok((await findings(NINE_EUS, packages(SUDO, 'rhel_eus:9.2::baseos', 'old'))).length > 0);

  for (const [path, stream] of RUBY) {
    const modular = packages(path, APPSTREAM, 'old');
    assert.deepEqual([...new Set(modular.map(({ module }) => module))], [stream]);
    const found = await findings(EIGHT, modular);
    // The CVE that is in one stream alone.
    assert.equal(
      found.includes('ruby CVE-2023-36617 medium fixed 3.1.4-142.module+el8.9.0+21471+7d1e4a35'),
      stream === 'ruby:3.1',
    );
    assert.deepEqual(await findings(EIGHT, packages(path, APPSTREAM, 'repaired')), []);
  }

  // Some of what is built from bind is not affected, and the two CVEs are rated apart.
  const fixed = 'fixed 32:9.8.2-0.68.rc1.el6_10.17';
  const bind = packages(BIND, 'rhel_els:6', 'old');
  assert.ok(bind.some(({ name }) => name === 'bind-devel'));
  assert.deepEqual(
    await findings(SIX_ELS, bind),
    ['bind', 'bind-libs', 'bind-sdb', 'bind-utils'].flatMap((name) => [
      `${name} CVE-2021-25220 medium ${fixed}`,
      `${name} CVE-2025-40778 high ${fixed}`,
    ]),
  );
  assert.deepEqual(await findings(SIX_ELS, packages(BIND, 'rhel_els:6', 'repaired')), []);
  // A newer version of an older epoch.
  const libs = { name: 'bind-libs', evr: '99.0-1.el6', source: 'bind', architecture: 'x86_64', module: null };
  assert.equal((await findings(SIX_ELS, [libs])).length, 2);
});

test('what is repaired later, and what is taken back, is in the next findings', { skip }, async () => {
  const configuration = publish();
  const update = async () => {
    const { code, err } = await home.plimsoll(['advisories', 'update'], { PLIMSOLL_ADVISORIES: configuration });
    assert.equal(code, 0, err);
  };
  const python = (evr: string): Rpm => ({
    name: 'python3',
    evr,
    source: 'python3.9',
    architecture: 'x86_64',
    module: null,
  });
  const [ruby] = packages(RUBY[0][0], APPSTREAM, 'old');
  assert.ok(ruby !== undefined);
  const found = async (system: System, rpm: Rpm) => findingsOf(await scan(root(system, [rpm]), configuration));
  await update();
  // Its source is all that is named there.
  assert.deepEqual(await found(NINE, python('3.9.18-3.el9_4.4')), [
    'python3 CVE-2024-8088 medium fixed 3.9.18-3.el9_4.5',
  ]);
  assert.deepEqual(await found(NINE, python('3.9.18-3.el9_4.5')), []);
  assert.notDeepEqual(await found(EIGHT, ruby), []);
  // The lines are self-made, the document is not.
  write(join(FEED, LATER), documents().get(LATER) ?? '');
  appendFileSync(join(FEED, 'changes.csv'), `"${LATER}","2026-03-18T02:40:17+00:00"\n`);
  appendFileSync(join(FEED, 'deletions.csv'), `"${RUBY[0][0]}","2026-03-18T02:40:17+00:00"\n`);
  await update();
  assert.deepEqual(await found(NINE, python('3.9.18-3.el9_4.5')), ['python3 CVE-2024-8088 medium fixed 3.9.19-8.el9']);
  assert.deepEqual(await found(NINE, python('3.9.19-8.el9')), []);
  assert.deepEqual(await found(EIGHT, ruby), []);
});
