import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isVulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { readApkDatabase } from '../fixtures/apk-database.ts';
import { busterDatabase, debianFindings, debianPackages, writeDebianRoot } from '../fixtures/debian-oracle.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { secdbFindings } from '../fixtures/secdb-oracle.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'findings/alpine',
  'published',
  'eight Alpine systems, matched by the lines of the test with the secdb of Alpine',
);
evidence(
  'findings/debian',
  'real tool',
  'the package database of a published Debian 10 image under three releases: dpkg-query reads it, dpkg compares versions, Python reads the OSV files',
);

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-distributions-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('findings of every Alpine are what its secdb says', { skip: missing('shared-data', 'gnu-tar') }, async () => {
  const systems = ['rootfs', 'pkgdb'].flatMap((name) =>
    readdirSync(data(name))
      .filter((item) => item.startsWith('alpine-'))
      .map((item) => `${name}/${item}`),
  );
  assert.equal(systems.length, 8);
  const positives = new Map<string, number>();
  for (const path of systems) {
    const [branch = ''] = /3\.\d+/.exec(path) ?? [];
    const report = await home.report(`rootfs:${data(path)}`);
    const found = report.findings.map((finding) => `${finding.package.name} ${finding.id}`);
    assert.deepEqual(found.toSorted(), secdbFindings(`v${branch}`, readApkDatabase(data(path))), path);
    positives.set(branch, found.length);
  }
  const total = [...positives.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(total >= 30, JSON.stringify([...positives]));
});

test('findings of Debian packages go by source package and release, and dpkg agrees', {
  skip: missing('shared-data', 'gnu-tar', 'dpkg', 'python'),
}, async () => {
  const database = busterDatabase();
  const least = { 9: 1, 10: 50, 11: 20 };
  for (const [release, count] of Object.entries(least)) {
    const root = join(folder, `debian-${release}`);
    writeDebianRoot(root, database, release);
    const expected = debianFindings(release, debianPackages(root));
    assert.deepEqual(factsOf(await home.report(`rootfs:${root}`)), expected, `Debian ${release}`);
    assert.ok(expected.length >= count, `Debian ${release}: ${expected.length} findings`);
  }
  const image = data('spec/images/docker-archives/docker-save/nginx.tar');
  const whole = await home.report(`docker-archive:${image}`, '--allow-unverified', 'edited sample');
  assert.deepEqual(factsOf(whole), debianFindings('10', debianPackages(join(folder, 'debian-10'))));
});

function factsOf(report: Report): readonly string[] {
  return report.findings
    .filter(isVulnerability)
    .map((item) => `${item.package.name} ${item.id} ${item.fixedIn ?? 'none'}`)
    .toSorted();
}

test('Debian 12, of which the mirror knows nothing, has no findings and says so', {
  skip: missing('shared-data', 'gnu-tar'),
}, async () => {
  const root = join(folder, 'debian-12');
  writeDebianRoot(root, busterDatabase(), '12');
  const report = await home.report(`rootfs:${root}`);
  assert.deepEqual(report.findings, []);
  assert.ok(report.unknowns.some(({ kind, reason }) => kind === 'no-advisories' && reason.includes('Debian:12')));
});
