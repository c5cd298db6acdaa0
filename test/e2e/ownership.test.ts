import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { debianDependencies, unpackDebianPackages } from '../fixtures/debian-packages.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { installGem, installNpmPackage, npmInstall, pipInstall } from '../fixtures/registry-packages.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'packages/ownership',
  'real tool',
  'python3-requests, npm, ruby-rails and what they are made of, and skopeo, unpacked by dpkg and asked about with dpkg-query -S; beside them the same as pip and npm install it, a gem that rubygems built from the specification of Debian’s and installed, and a copied program. Advisories of PyPI and RubyGems are real; for Debian, npm and Go one is made for each package in question',
);

const skip = missing('root', 'apt', 'dpkg', 'python', 'ruby', 'shared-data');
const home = temporaryHome();
// dpkg waits for the disk after every package.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'plimsoll-ownership-'));
const root = join(folder, 'root');
/** In Debian's npm. */
const MODULE = 'is-cidr';
const NEEDED_BY_MODULE = { 'cidr-regex': '3.1.1', 'ip-regex': '4.3.0' };

before(async () => {
  if (skip === false) {
    mkdirSync(join(root, 'usr/bin'), { recursive: true });
    symlinkSync('usr/bin', join(root, 'bin'));
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID=12\n');
    const all = [
      ...(await debianDependencies(['python3-requests'], ['python3-'], 3)),
      ...(await debianDependencies(['ruby-rails', 'ruby'], ['ruby', 'libruby'], 4)),
      ...(await debianDependencies(['npm'], ['node-'], 1)),
      'skopeo',
    ];
    await unpackDebianPackages(all, root);
    writeFeed('known', sourcesOfAll());
    writeFeed('stranger', ['npm', 'golang-github-containers-image']);
  }
});
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

function sourcesOfAll(): readonly string[] {
  const query = [`--admindir=${root}/var/lib/dpkg`, '-W', '-f', '${source:Package}\\n'];
  return [...new Set(execFileSync('dpkg-query', query, { encoding: 'utf8' }).trim().split('\n'))];
}

/** The advisories of PyPI and RubyGems; and for each of these source packages of Debian 12, a module of npm and Go itself one that was made for this test. */
function writeFeed(name: string, sources: readonly string[]): void {
  const affected: readonly (readonly [ecosystem: string, name: string])[] = [
    ...sources.map((source) => ['Debian:12', source] as const),
    ['npm', MODULE],
    ['Go', 'stdlib'],
  ];
  const records = affected.map(([ecosystem, item], index) => ({
    id: `TEST-${index}`,
    modified: '2026-01-01T00:00:00Z',
    affected: [
      {
        package: { ecosystem, name: item },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '99.0.0' }] }],
      },
    ],
  }));
  for (const [ecosystem, group] of Map.groupBy(records, ({ affected: [first] }) => first?.package.ecosystem)) {
    const where = join(folder, name, ecosystem?.split(':')[0] ?? '');
    mkdirSync(where, { recursive: true });
    const entries = group.map((record) => ({ name: `${record.id}.json`, content: JSON.stringify(record) }));
    writeFileSync(join(where, 'all.zip'), zipArchive(entries));
  }
  ['PyPI', 'RubyGems'].forEach((ecosystem) => symlinkSync(data(`osv/${ecosystem}`), join(folder, name, ecosystem)));
}

async function scan(feed: string): Promise<Report> {
  const { code, out, err } = await run(feed, '-o', 'json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as Report;
}

/** The folder stands for an image, where lock files count for nothing; npm leaves one beside what it installs. */
async function run(feed: string, ...args: readonly string[]): Promise<Outcome> {
  return await home.plimsoll(['scan', `rootfs:${root}`, '--no-lock-files', ...args], {
    PLIMSOLL_ADVISORIES: join(folder, feed),
  });
}

/** Without those of the advisories, which are older than some tests like. */
function unknownPaths(report: Report): readonly string[] {
  return report.unknowns.flatMap(({ path }) => path ?? []);
}

function versionOf(report: Report, name: string): string {
  return report.packages.find((item) => item.type !== 'deb' && item.name === name)?.version ?? '';
}

function names(findings: Report['findings']): readonly string[] {
  return [...new Set(findings.map((item) => item.package.purl.split('@')[0] ?? ''))].toSorted();
}

function languagePackages(report: Report): readonly Package[] {
  return report.packages.filter((item) => item.type !== 'deb');
}

/** By path, the package that dpkg names. */
function dpkgOwners(paths: readonly string[]): ReadonlyMap<string, string> {
  const query = [`--admindir=${root}/var/lib/dpkg`, '-S', ...paths];
  const lines = execFileSync('dpkg-query', query, { encoding: 'utf8' }).trim().split('\n');
  return new Map(lines.map((line) => [line.slice(line.indexOf(': ') + 2), line.split(':', 1)[0] ?? '']));
}

test('what apt installed is owned as dpkg-query says, and its language advisories do not count', {
  skip,
}, async (t) => {
  const report = await scan('known');
  const packages = languagePackages(report);
  assert.deepEqual([...new Set(packages.map(({ type }) => type))], ['gem', 'golang', 'npm', 'pypi']);
  const places = packages.flatMap(({ locations }) => locations);
  assert.ok(places.length >= 150, `${places.length} places`);
  const owners = dpkgOwners(places.map(({ path }) => path));
  for (const { path, ownedBy } of places) {
    assert.ok(
      ownedBy?.startsWith(`pkg:deb/debian/${owners.get(path)}@`),
      `${path}: ${owners.get(path)}, found ${ownedBy}`,
    );
    assert.ok(report.packages.some(({ purl }) => purl === ownedBy));
  }
  assert.ok(names(report.findings).every((name) => name.startsWith('pkg:deb/debian/')));
  const covered = names(report.covered.findings);
  for (const name of [
    'golang/stdlib',
    `npm/${MODULE}`,
    'pypi/requests',
    'pypi/urllib3',
    'gem/rack',
    'gem/actionpack',
    'gem/rexml',
  ]) {
    assert.ok(covered.includes(`pkg:${name}`), name);
  }
  t.diagnostic(`${places.length} places; covered: ${covered.join(', ')}`);
  assert.deepEqual(unknownPaths(report), []);
  assert.ok(
    report.covered.unknowns.some(({ path, analyser }) => path === '/usr/bin/skopeo' && analyser === 'go-binary'),
  );
  const { total = 0, owned = 0 } = report.executables ?? {};
  assert.ok(owned >= 5 && owned < total, JSON.stringify(report.executables));
  const screen = (await run('known')).out.replaceAll('\n', ' ');
  assert.match(
    screen,
    new RegExp(`packages belong to OS packages\\. ${report.covered.findings.length} vulnerabilities`),
  );
});

test('where no advisory of the distribution knows the OS package, its content is matched', { skip }, async () => {
  const [known, report] = [await scan('known'), await scan('stranger')];
  assert.deepEqual(names(report.covered.findings), [`pkg:npm/${MODULE}`]);
  assert.deepEqual(
    names(report.findings).filter((name) => !name.startsWith('pkg:deb/')),
    names(known.covered.findings).filter((name) => name !== `pkg:npm/${MODULE}`),
  );
  assert.ok(report.unknowns.some(({ path }) => path === '/usr/bin/skopeo'));
});

test('the same beside them is matched, and the report says where', { skip }, async (t) => {
  const before = await scan('known');
  pipInstall('requests', versionOf(before, 'requests'), join(root, 'usr/local/lib/python3.11/dist-packages'));
  npmInstall({ [MODULE]: versionOf(before, MODULE), ...NEEDED_BY_MODULE }, join(root, 'srv'));
  const rack = before.packages.find(({ type, name }) => type === 'gem' && name === 'rack')?.locations[0]?.path ?? '';
  installGem(join(root, rack), join(root, 'usr/local/lib/ruby/gems/3.1.0'));
  cpSync(join(root, 'usr/bin/skopeo'), join(root, 'usr/local/bin/skopeo'));
  const report = await scan('known');
  const beside = ['pkg:gem/rack', 'pkg:golang/stdlib', `pkg:npm/${MODULE}`, 'pkg:pypi/requests'];
  assert.deepEqual(
    names(report.findings).filter((name) => !name.startsWith('pkg:deb/')),
    beside,
  );
  assert.deepEqual(
    names(report.covered.findings),
    names(before.covered.findings).filter((name) => !beside.includes(name)),
  );
  for (const { locations } of report.findings.filter(({ package: { purl } }) =>
    beside.includes(purl.split('@')[0] ?? ''),
  )) {
    const own = locations.filter(({ ownedBy }) => ownedBy === undefined).map(({ path }) => path);
    assert.ok(own.length === 1 && /^\/(usr\/local|srv)\//.test(own[0] ?? ''), own.join());
  }
  assert.deepEqual(unknownPaths(report), ['/usr/local/bin/skopeo']);
  t.diagnostic(`${report.findings.length} findings beside ${report.covered.findings.length} that are covered`);
});

test('a file that the administrator put in the place of a diverted one is nobody’s', { skip }, async () => {
  const divert = [
    `--root=${root}`,
    '--local',
    '--rename',
    '--divert',
    '/usr/bin/skopeo.real',
    '--add',
    '/usr/bin/skopeo',
  ];
  execFileSync('dpkg-divert', divert, { stdio: 'ignore' });
  cpSync(join(root, 'usr/bin/skopeo.real'), join(root, 'usr/bin/skopeo'));
  const program = (await scan('known')).packages.find(({ name }) => name === 'stdlib');
  assert.deepEqual(
    program?.locations.map(({ path, ownedBy }) => [path, ownedBy?.startsWith('pkg:deb/debian/skopeo@')]),
    [
      ['/usr/bin/skopeo', undefined],
      ['/usr/bin/skopeo.real', true],
      ['/usr/local/bin/skopeo', undefined],
    ],
  );
});

test('what npm installs over a module of a package is matched, whatever lists say', { skip }, async () => {
  const isModule = ({ name, type }: Package): boolean => type === 'npm' && name === MODULE;
  const before = (await scan('known')).packages.filter(isModule).flatMap(({ locations }) => locations);
  const place = before.find(({ ownedBy }) => ownedBy !== undefined)?.path ?? '';
  installNpmPackage(MODULE, '3.1.1', join(root, dirname(place)));
  const report = await scan('known');
  const replaced = report.packages.find((item) => isModule(item) && item.version === '3.1.1');
  assert.deepEqual(replaced?.locations, [{ path: place, layer: null }]);
  assert.ok(report.findings.some((item) => item.package.purl === replaced.purl));
});

test('without dpkg, as in distroless images, checksums beside the control files say the same', { skip }, async (t) => {
  const owners = (report: Report): readonly string[] =>
    languagePackages(report)
      .filter(({ type }) => type !== 'golang')
      .flatMap(({ locations }) => locations.map(({ path, ownedBy }) => `${path} ${ownedBy}`));
  const before = owners(await scan('known'));
  const database = join(root, 'var/lib/dpkg');
  const folder = join(database, 'status.d');
  mkdirSync(folder);
  const status = execFileSync('dpkg-query', [`--admindir=${database}`, '-s'], { encoding: 'utf8' });
  for (const stanza of status.trim().split(/\n\n+/)) {
    const name = /^Package: (.*)$/m.exec(stanza)?.[1] ?? '';
    writeFileSync(join(folder, name), `${stanza.replace(/^Status: .*\n/m, '')}\n`);
  }
  const checksums = readdirSync(join(database, 'info')).filter((name) => name.endsWith('.md5sums'));
  for (const name of checksums) {
    cpSync(join(database, 'info', name), join(folder, name.replace(/:[^.]*/, '')));
  }
  ['status', 'info'].forEach((name) => rmSync(join(database, name), { recursive: true }));
  const report = await scan('known');
  assert.deepEqual(owners(report), before);
  const owned = before.filter((line) => line.includes('pkg:deb/')).length;
  assert.ok(owned >= 150 && owned < before.length, `${owned} of ${before.length}`);
  assert.ok(report.covered.findings.some((item) => item.package.name === 'urllib3'));
  t.diagnostic(`${owned} of ${before.length} places are owned`);
});
