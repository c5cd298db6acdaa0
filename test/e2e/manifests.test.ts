import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isVulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { debianFindings, debianPackages } from '../fixtures/debian-oracle.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'findings/debian',
  'published',
  'the package lists and os-release files of sixteen published Debian images, and what the OSV files say of their releases',
);

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-manifests-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Of some packages of bullseye the source, which a manifest does not name. */
const SOURCES: Readonly<Record<string, string>> = {
  'libc-bin': 'glibc',
  libc6: 'glibc',
  libgnutls30: 'gnutls28',
  'libkrb5-3': 'krb5',
  liblzma5: 'xz-utils',
  libpam0g: 'pam',
  libtinfo6: 'ncurses',
  'ncurses-base': 'ncurses',
  zlib1g: 'zlib',
};

/** A root folder with the packages of a manifest, in their versions or in those before updates, and an os-release. */
function writeRoot(name: string, manifest: string, release: string, before = false): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  copyFileSync(data(`manifests/${release}.os-release`), join(root, 'etc/os-release'));
  const stanzas = linesOf(manifest).map(([binary = '', listed = '']) => {
    const version = before ? listed.replace(/[+~]deb11u[0-9]+$/, '') : listed;
    const source = SOURCES[binary] === undefined ? '' : `Source: ${SOURCES[binary]}\n`;
    return `Package: ${binary}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Somebody <somebody@lists.debian.org>\nDescription: none\n${source}Version: ${version}\n`;
  });
  writeFileSync(join(root, 'var/lib/dpkg/status'), stanzas.join('\n'));
  return root;
}

function linesOf(manifest: string): readonly (readonly string[])[] {
  const lines = readFileSync(data(`manifests/${manifest}.manifest`), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line) => line.split('\t'))
    .map(([name = '', version = '']) => [name.replace(/:amd64$/, ''), version]);
}

function factsOf(report: Report): readonly string[] {
  return report.findings
    .filter(isVulnerability)
    .map((item) => `${item.package.name} ${item.id} ${item.fixedIn ?? 'none'}`)
    .toSorted();
}

test('Debian manifests are inventories that match their own release alone, and a suite without data says so', {
  skip: missing('shared-data', 'gnu-tar', 'dpkg', 'python'),
}, async () => {
  const suites = readdirSync(data('manifests')).flatMap((name) => /^(.+)\.manifest$/.exec(name)?.[1] ?? []);
  assert.equal(suites.length, 16);
  const withData: string[] = [];
  for (const suite of suites) {
    const root = writeRoot(suite, suite, suite);
    const report = await home.report(`rootfs:${root}`);
    const found = report.packages.map(({ name, version }) => `${name} ${version}`).toSorted();
    assert.deepEqual(
      found,
      linesOf(suite)
        .map((line) => line.join(' '))
        .toSorted(),
      suite,
    );
    const release = report.os?.versionId;
    const unknown = report.unknowns.find(({ kind }) => kind === 'no-advisories')?.reason ?? null;
    if (release === '11') {
      withData.push(suite);
      assert.equal(unknown, null, suite);
      assert.deepEqual(factsOf(report), debianFindings('11', debianPackages(root)), suite);
    } else {
      assert.match(unknown ?? '', release === '12' ? /Debian:12/ : /debian "testing\/sid", which is no release/, suite);
      assert.deepEqual(report.findings, [], suite);
    }
  }
  assert.deepEqual(withData.toSorted(), ['bullseye', 'bullseye-slim', 'oldstable', 'oldstable-slim']);
});

test('bullseye before its updates has what they repair, and under another release has nothing', {
  skip: missing('shared-data', 'gnu-tar', 'dpkg', 'python'),
}, async () => {
  const root = writeRoot('before', 'bullseye', 'bullseye', true);
  const facts = factsOf(await home.report(`rootfs:${root}`));
  assert.deepEqual(facts, [
    'gzip CVE-2022-1271 1.10-4+deb11u1',
    'libgnutls30 CVE-2022-2509 3.7.1-5+deb11u2',
    'libgnutls30 CVE-2023-0361 3.7.1-5+deb11u3',
    'libkrb5-3 CVE-2022-42898 1.18.3-6+deb11u3',
    'util-linux CVE-2021-3995 2.36.1-8+deb11u1',
    'util-linux CVE-2021-3996 2.36.1-8+deb11u1',
    'zlib1g CVE-2018-25032 1:1.2.11.dfsg-2+deb11u1',
    'zlib1g CVE-2022-37434 1:1.2.11.dfsg-2+deb11u2',
  ]);
  assert.deepEqual(facts, debianFindings('11', debianPackages(root)));
  for (const other of ['bookworm', 'trixie']) {
    const report = await home.report(`rootfs:${writeRoot(`as-${other}`, 'bullseye', other, true)}`);
    assert.deepEqual(report.findings, []);
  }
});
