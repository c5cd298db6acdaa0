import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Package } from '#model/package.ts';
import { evidence } from '../evidence.ts';
import { readApkDatabase } from '../fixtures/apk-database.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'packages/apk',
  'published',
  'Alpine minirootfs tarballs and package databases, read again by a few lines of the test',
);
evidence(
  'packages/dpkg',
  'real tool',
  'a Debian root file system made by mmdebstrap, compared with dpkg-query -W run in it',
);

const home = temporaryHome();
after(() => home.remove());

const skip = missing('shared-data');
const alpines = skip === false ? alpineImages() : [];

function alpineImages(): readonly string[] {
  const tarballs = readdirSync(data('rootfs')).filter((name) => name.startsWith('alpine-'));
  const folders = readdirSync(data('pkgdb')).filter((name) => name.startsWith('alpine-'));
  return [...tarballs.map((name) => `rootfs/${name}`), ...folders.map((name) => `pkgdb/${name}`)];
}

test('every Alpine lists the packages of its own database', { skip }, async () => {
  assert.ok(alpines.length >= 8, `expected at least 8 Alpine images, found ${alpines.length}`);
  let compared = 0;
  for (const path of alpines) {
    const expected = readApkDatabase(data(path));
    const report = await home.report(`rootfs:${data(path)}`);
    const found = report.packages.filter((item) => item.type === 'apk').map(apkFacts);
    assert.deepEqual(found, expected, path);
    compared += found.length;
  }
  assert.ok(compared >= 100, `expected at least 100 packages, compared ${compared}`);
});

function apkFacts(item: Package): unknown {
  return {
    name: item.name,
    version: item.version,
    source: item.source?.name ?? item.name,
    architecture: item.architecture ?? '',
  };
}

test('a Debian root file system equals dpkg-query -W run in it', { skip: missing('root', 'mmdebstrap') }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-debian-'));
  try {
    const root = join(folder, 'root');
    execFileSync('mmdebstrap', ['--quiet', '--variant=apt', 'bookworm', root], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const format = '${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n';
    const listed = execFileSync('chroot', [root, 'dpkg-query', '-W', '-f', format], { encoding: 'utf8' });
    const expected = listed.trim().split('\n').toSorted();
    const report = await home.report(`rootfs:${root}`);
    const found = report.packages
      .filter((item) => item.type === 'deb')
      .map((item) => {
        const source = item.source ?? { name: item.name, version: item.version };
        return [item.name, item.version, item.architecture ?? '', source.name, source.version].join('\t');
      });
    assert.deepEqual(found.toSorted(), expected);
    assert.ok(found.length >= 80, `expected at least 80 packages, found ${found.length}`);
    assert.equal(report.os?.id, 'debian');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('Ubuntu 18.04 loads whole: 91 stanzas, one of them of a removed package', { skip }, async () => {
  const report = await home.report(`rootfs:${data('pkgdb/ubuntu-18.04')}`);
  assert.equal(report.packages.length, 90);
  assert.equal(report.os?.id, 'ubuntu');
});

test('BusyBox says that no package database was found, on the screen and in the report', { skip }, async () => {
  const images = readdirSync(data('rootfs')).filter((name) => name.startsWith('busybox-'));
  assert.ok(images.length >= 6);
  for (const name of images) {
    const reference = `rootfs:${data(`rootfs/${name}`)}`;
    const report = await home.report(reference);
    assert.ok(
      report.unknowns.some((unknown) => unknown.kind === 'no-package-database'),
      name,
    );
    const screen = await home.plimsoll(['scan', reference]);
    assert.match(screen.out, /no package database found/i);
    assert.equal((await home.plimsoll(['scan', reference, '--fail-on', 'critical'])).code, 3, name);
  }
});
