import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { matchPackages } from '#lib/advisories/index.ts';
import type { Package } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import type { ApkEntry } from '#test/fixtures/apk-database.ts';
import { readApkDatabase } from '#test/fixtures/apk-database.ts';
import type { SecurityDatabase } from '#test/fixtures/secdb-oracle.ts';
import { secdbFindings } from '#test/fixtures/secdb-oracle.ts';
import { data, missing } from '#test/prerequisites.ts';
import { openAdvisories } from './advisories.ts';

evidence(
  'advisories/matching',
  'published',
  'the secdb of Alpine, matched by the lines of the test, with eight Alpine systems',
);

const home = mkdtempSync(join(tmpdir(), 'plimsoll-secdb-'));
const advisories = openAdvisories({
  sources: [{ provider: 'osv', place: data('osv'), ecosystems: null }],
  home,
  offline: true,
  clock: systemClock,
  signal: new AbortController().signal,
});
after(() => {
  advisories.close();
  rmSync(home, { recursive: true, force: true });
});

function toPackage(entry: ApkEntry): Package {
  const { name, version, source } = entry;
  const purl = `pkg:apk/alpine/${name}@${version}`;
  const location = { path: '/lib/apk/db/installed', layer: null };
  return {
    type: 'apk',
    name,
    version,
    purl,
    source: { name: source, version },
    licenses: [],
    layer: null,
    locations: [location],
    cataloger: 'apk',
  };
}

const SYSTEMS: readonly (readonly [path: string, versionId: string, unknowns: readonly string[]])[] = [
  ['pkgdb/alpine-3.4-with-faults', '3.4.6', ['version']],
  ['pkgdb/alpine-3.7.0', '3.7.0', []],
  ['rootfs/alpine-3.8.5-x86_64.tar.gz', '3.8.5', []],
  ['rootfs/alpine-3.10.9-x86_64.tar.gz', '3.10.9', []],
  ['rootfs/alpine-3.14.10-x86_64.tar.gz', '3.14.10', ['no-advisories']],
  ['rootfs/alpine-3.18.9-x86_64.tar.gz', '3.18.9', ['no-advisories']],
  ['rootfs/alpine-3.20.3-aarch64.tar.gz', '3.20.3', ['no-advisories']],
  ['rootfs/alpine-3.20.3-x86_64.tar.gz', '3.20.3', ['no-advisories']],
];

it('alpine: findings of every system are what its secdb says', {
  skip: missing('shared-data', 'gnu-tar'),
}, async () => {
  const { reader, unknowns: problems } = await advisories.shard('Alpine');
  assert.ok(reader !== null);
  assert.deepEqual(problems, []);
  let positives = 0;
  for (const [path, versionId, unknowns] of SYSTEMS) {
    const entries = readApkDatabase(data(path));
    assert.ok(entries.length >= 10, path);
    const os = { id: 'alpine', versionId, idLike: [] };
    const result = matchPackages(entries.map(toPackage), os, new Map([['Alpine', reader]]));
    const branch = `v${versionId.split('.').slice(0, 2).join('.')}`;
    const expected = secdbFindings(branch, entries);
    const found = result.findings.map((finding) => `${finding.package.name} ${finding.id}`);
    assert.deepEqual(found.toSorted(), expected, path);
    assert.deepEqual(
      result.unknowns.map(({ kind }) => kind),
      unknowns,
      path,
    );
    positives += found.length;
  }
  assert.ok(positives >= 30, `only ${positives} findings`);
});

it('alpine: every fix of every branch makes an older version of its package a finding', {
  skip: missing('shared-data'),
}, async () => {
  const { reader } = await advisories.shard('Alpine');
  assert.ok(reader !== null);
  let compared = 0;
  for (const minor of [3, 4, 5, 6, 7, 8, 9, 10, 11]) {
    const database = JSON.parse(readFileSync(data(`secdb/v3.${minor}/main.json`), 'utf8')) as SecurityDatabase;
    const packages = database.packages.map(({ pkg }) => ({
      name: pkg.name,
      version: '0',
      source: pkg.name,
      architecture: '',
    }));
    const os = { id: 'alpine', versionId: `3.${minor}.0`, idLike: [] };
    const result = matchPackages(packages.map(toPackage), os, new Map([['Alpine', reader]]));
    const found = new Set(result.findings.map((finding) => `${finding.package.name} ${finding.id}`));
    const undecided = result.unknowns.map(({ reason }) => reason);
    for (const { pkg } of database.packages) {
      for (const [fixed, entries] of Object.entries(pkg.secfixes)) {
        for (const cve of fixed === '0' ? [] : (entries.join(' ').match(/CVE-\d{4}-\d{4,}\b/g) ?? [])) {
          compared += 1;
          const unknown = undecided.some((reason) => reason.includes(`"${pkg.name}"`));
          assert.ok(found.has(`${pkg.name} ${cve}`) || unknown, `v3.${minor} ${pkg.name} ${cve}`);
        }
      }
    }
  }
  assert.ok(compared > 8000, `compared ${compared}`);
});

it('alpine: the secdb itself, each release by itself, has the same findings, and those without a CVE', {
  skip: missing('shared-data', 'gnu-tar'),
}, async () => {
  const own = openAdvisories({
    sources: [{ provider: 'alpine-secdb', place: data('secdb'), ecosystems: null }],
    home: mkdtempSync(join(home, 'own-')),
    offline: true,
    clock: systemClock,
    signal: new AbortController().signal,
  });
  after(() => own.close());
  let positives = 0;
  for (const [path, versionId, unknowns] of SYSTEMS) {
    const branch = `v${versionId.split('.').slice(0, 2).join('.')}`;
    const { reader, unknowns: problems } = await own.shard(`Alpine:${branch}`);
    if (unknowns.includes('no-advisories')) {
      assert.equal(reader, null, path);
      assert.match(problems.map(({ reason }) => reason).join(), /holds no advisories for Alpine:v3\.\d+/);
      continue;
    }
    assert.ok(reader !== null);
    assert.deepEqual(problems, []);
    const entries = readApkDatabase(data(path));
    const os = { id: 'alpine', versionId, idLike: [] };
    const result = matchPackages(entries.map(toPackage), os, new Map([[`Alpine:${branch}`, reader]]));
    const found = result.findings.map((finding) => `${finding.package.name} ${finding.id}`);
    assert.deepEqual(found.toSorted(), secdbFindings(branch, entries), path);
    positives += found.length;
  }
  assert.ok(positives >= 30, `only ${positives} findings`);
});
