import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { OsRelease, PackageType } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { apk } from '../catalogers/apk/index.ts';
import { dpkg } from '../catalogers/dpkg/index.ts';
import { rpm } from '../catalogers/rpm/index.ts';
import { thirdPartyOf } from './third-party.ts';
import { VENDORS } from './vendors.ts';

evidence(
  'packages/third-party',
  'real tool',
  'every package of the Debian repositories, as apt lists them: none counts as another vendor’s',
);
evidence(
  'packages/third-party vendors',
  'published',
  'maintainers, vendors and versions of packages of thirteen vendors, most of them from control files and outputs of dpkg and rpm that others published; RPM databases of CBL-Mariner and SLE',
);

function os(id: string): OsRelease {
  return { id, idLike: [] };
}

const debian = os('debian');

/** As published control files and `dpkg -s` have them. */
const FOREIGN: readonly (readonly [type: PackageType, version: string, vendor: string, expected: string])[] = [
  ['deb', '20.20.2-1nodesource1', 'NodeSource Support <support@nodesource.com>', 'NodeSource'],
  ['deb', '8.11.3-1nodesource1', 'Ivan Iguaran <ivan@nodesource.com>', 'NodeSource'],
  ['deb', '1.30.2-1~noble', 'nginx packaging <nginx-packaging@f5.com>', 'nginx.org'],
  ['deb', '34-2~bookworm', 'NGINX Packaging <nginx-packaging@f5.com>', 'nginx.org'],
  ['deb', '5:0.0.0-20210407211204-a32cd16-0~ubuntu-focal', 'Docker <support@docker.com>', 'Docker'],
  ['deb', '1.4.3-1', 'Containerd team <help@containerd.io>', 'Docker'],
  ['deb', '1:1.8.5', 'HashiCorp <support@hashicorp.com>', 'HashiCorp'],
  ['deb', '1.10.0-1', 'HashiCorp', 'HashiCorp'],
  ['deb', '2.2.6-1', 'HashiCorp Vagrant Team <team-vagrant@hashicorp.com>', 'HashiCorp'],
  ['deb', '126.0.6478.126-1', 'Chrome Linux Team <chromium-dev@chromium.org>', 'Google'],
  ['deb', '500.0.0-0', 'Google Cloud CLI Authors <https://code.google.com/p/google-cloud-sdk/>', 'Google'],
  ['deb', '1.90.0', 'Microsoft Corporation <vscode-linux@microsoft.com>', 'Microsoft'],
  ['deb', '17.2-1.pgdg120+1', 'Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>', 'PostgreSQL'],
  [
    'deb',
    '8.3.6-1+0~20240223.26+debian12~1.gbp1234+deb.sury.org+1',
    'Debian PHP Maintainers <team+pkg-php@tracker.debian.org>',
    'deb.sury.org',
  ],
  ['deb', '1:10.11.6+maria~deb12', 'MariaDB Developers <developers@lists.mariadb.org>', 'MariaDB'],
  ['deb', '1.3.0-1', 'support@influxdb.com', 'InfluxData'],
  ['deb', '12.1.105-1', 'cudatools <cudatools@nvidia.com>', 'NVIDIA'],
  ['apk', '2.35-r1', 'Sasha Gerrand <alpine-pkgs@sgerrand.com>', 'sgerrand.com'],
  ['alpm', '1-1', 'Unknown Packager', 'Unknown Packager'],
];

test('packages of vendors are theirs', () => {
  for (const [type, version, vendor, expected] of FOREIGN) {
    assert.equal(thirdPartyOf({ type, version, vendor }, debian), expected, vendor);
  }
});

/** The same, where nothing or too little says that it is another vendor's. */
const OWN: readonly (readonly [version: string, vendor: string | undefined])[] = [
  ['1-1', undefined],
  ['1-1', ''],
  ['1-1', 'GNU Libc Maintainers <debian-glibc@lists.debian.org>'],
  ['1-1', 'Ryan Finnie <ryan@finnie.org>'],
  ['15.6-0+deb12u1', 'Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>'],
  ['1-1', 'Alex Doyle <adoyle@nvidia.com>'],
  ['1-1', 'Brandon Weeks <bweeks@google.com>'],
  ['1-1', 'Mongo C Driver Team <mongo-c-driver-debian@googlegroups.com>'],
  ['1-1', 'nobody <x@notdocker.com>'],
  ['1-1', 'nobody <docker.com>, else <x@debian.org>'],
  ['1-1', 'support@docker.com>'],
  ['1-1', 'support@docker.com <x@debian.org>'],
  ['1-1', 'see https://docker.com/'],
];

test('what is not certainly another vendor’s is the distribution’s', () => {
  for (const [version, vendor] of OWN) {
    const record = { type: 'deb' as const, version, ...(vendor === undefined ? {} : { vendor }) };
    assert.equal(thirdPartyOf(record, debian), undefined, vendor ?? 'none');
  }
});

test('no package of Debian counts as another vendor’s', { skip: missing('apt') }, (t) => {
  const listed = execFileSync('apt-cache', ['dumpavail'], { maxBuffer: 2 ** 30, encoding: 'utf8' });
  // What is installed and in no repository has no file name.
  const stanzas = listed.split('\n\n').filter((stanza) => stanza.includes('\nFilename: pool/'));
  const wrong = stanzas.flatMap((stanza) => {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const vendor = thirdPartyOf({ type: 'deb', version: field('Version'), vendor: field('Maintainer') }, debian);
    return vendor === undefined ? [] : [`${field('Package')} ${field('Version')} ${field('Maintainer')}: ${vendor}`];
  });
  assert.deepEqual(wrong, []);
  assert.ok(stanzas.length > 50_000, `${stanzas.length}`);
  t.diagnostic(`${stanzas.length} packages`);
});

test('no package of an Ubuntu image counts as another vendor’s', { skip: missing('shared-data') }, () => {
  const path = 'var/lib/dpkg/status';
  const { packages = [] } = dpkg.read({ path, bytes: readFileSync(data(`pkgdb/ubuntu-18.04/${path}`)) });
  assert.ok(packages.length >= 85);
  assert.deepEqual(
    packages.filter((record) => thirdPartyOf(record, os('ubuntu')) !== undefined),
    [],
  );
  assert.ok(packages.every(({ vendor }) => vendor !== undefined));
});

test('no package of Alpine root file systems counts as another vendor’s', {
  skip: missing('shared-data', 'gnu-tar'),
}, () => {
  const path = 'lib/apk/db/installed';
  const archives = readdirSync(data('rootfs')).filter((name) => name.startsWith('alpine-'));
  const records = archives.flatMap((name) => {
    const bytes = execFileSync('tar', ['-xzOf', data(`rootfs/${name}`), `./${path}`], { maxBuffer: 2 ** 24 });
    return apk.read({ path, bytes }).packages ?? [];
  });
  assert.ok(records.length >= 80, `${records.length}`);
  assert.ok(records.some(({ vendor }) => vendor !== undefined));
  assert.deepEqual(
    records.filter((record) => thirdPartyOf(record, os('alpine')) !== undefined),
    [],
  );
});

test('an rpm is the distribution’s by its vendor', () => {
  const cases: readonly (readonly [id: string, vendor: string, foreign: boolean])[] = [
    ['rhel', 'Red Hat, Inc.', false],
    ['rhel', 'Fedora Project', true],
    ['rhel', '', false],
    ['rhel', '(none)', false],
    ['centos', 'CentOS', false],
    ['centos', 'Fedora Project', true],
    ['rocky', 'Rocky', false],
    ['rocky', 'Rocky Enterprise Software Foundation', false],
    ['rocky', 'Fedora Project', true],
    ['almalinux', 'AlmaLinux', false],
    ['amzn', 'Amazon.com', false],
    ['amzn', 'Amazon Linux', false],
    ['amzn', 'Fedora Project', true],
    ['fedora', 'Fedora Project', false],
    ['fedora', 'Fedora Project COPR (jross/ssorj)', true],
    ['ol', 'Oracle America', false],
    ['ol', 'Oracle and/or its affiliates', true],
    ['mariner', 'Microsoft Corporation', false],
    ['sles', 'SUSE LLC <https://www.suse.com/>', false],
    ['sles', 'openSUSE', true],
    ['sle-micro', 'SUSE LLC <https://www.suse.com/>', false],
    ['opensuse-microos', 'openSUSE', false],
    ['opensuse-leap', 'obs://build.opensuse.org/devel:languages', true],
    ['rhel', 'Docker', true],
    ['rhel', 'NGINX Packaging <nginx-packaging@f5.com>', true],
    ['rocky', 'PostgreSQL Global Development Group', true],
    ['amzn', 'NodeSource', true],
    ['plan9', 'anybody', false],
    ['', 'anybody', false],
  ];
  for (const [id, vendor, foreign] of cases) {
    const expected = foreign ? vendor : undefined;
    assert.equal(thirdPartyOf({ type: 'rpm', version: '1-1', vendor }, os(id)), expected, `${id} ${vendor}`);
  }
  assert.equal(thirdPartyOf({ type: 'rpm', version: '1-1', vendor: 'x' }, null), undefined);
});

test('an rpm without a vendor is of who alone writes such versions', () => {
  const cases: readonly (readonly [version: string, expected: string | undefined])[] = [
    ['2:18.20.4-1nodesource', 'NodeSource'],
    ['13.4-1PGDG.rhel8', 'PostgreSQL'],
    ['18.0-2PGDG.f42', 'PostgreSQL'],
    ['13.4-1.el8', undefined],
    ['1.0-1.module_el8.6.0+3072+4c69e31a', undefined],
  ];
  for (const [version, expected] of cases) {
    for (const id of ['rhel', 'plan9']) {
      assert.equal(thirdPartyOf({ type: 'rpm', version }, os(id)), expected, version);
    }
  }
});

test('no package of the published RPM databases counts as another vendor’s', { skip: missing('shared-data') }, () => {
  const databases = [
    ['cbl-mariner-2.0', 'rpmdb.sqlite', 'mariner'],
    ['sle15-bci', 'Packages.db', 'sles'],
  ] as const;
  for (const [folder, file, id] of databases) {
    const bytes = gunzipSync(readFileSync(data(`spec/rpmdb/${folder}/${file}.gz`)));
    const { packages = [] } = rpm.read({ path: `var/lib/rpm/${file}`, bytes });
    assert.ok(packages.length > 20, folder);
    assert.deepEqual(
      packages.filter((record) => thirdPartyOf(record, os(id)) !== undefined),
      [],
    );
  }
});

test('packages that dpkg installed say whose they are', { skip: missing('dpkg') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-third-party-'));
  try {
    const root = join(folder, 'root');
    execFileSync('mkdir', ['-p', join(root, 'var/lib/dpkg/info'), join(root, 'var/lib/dpkg/updates')]);
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    const samples = FOREIGN.filter(([type]) => type === 'deb');
    const packages = samples.map(([, version, maintainer], index) => {
      const control = join(folder, `p${index}/DEBIAN`);
      execFileSync('mkdir', ['-p', control]);
      const fields = `Package: p${index}\nVersion: ${version}\nArchitecture: all\nMaintainer: ${maintainer}\nDescription: x\n`;
      writeFileSync(join(control, 'control'), fields);
      execFileSync('dpkg-deb', [
        '--build',
        '--root-owner-group',
        join(folder, `p${index}`),
        join(folder, `p${index}.deb`),
      ]);
      return join(folder, `p${index}.deb`);
    });
    const flags = ['--force-not-root', '--force-bad-path', `--root=${root}`, `--log=${join(folder, 'log')}`];
    execFileSync('dpkg', [...flags, '--install', ...packages], { stdio: 'pipe' });
    const path = 'var/lib/dpkg/status';
    const { packages: records = [] } = dpkg.read({ path, bytes: readFileSync(join(root, path)) });
    const found = new Map(records.map((record) => [record.name, thirdPartyOf(record, debian)]));
    assert.deepEqual(
      samples.map((_, index) => found.get(`p${index}`)),
      samples.map(([, , , expected]) => expected),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('rows are in lower case, each with something to tell it by, sorted by name', () => {
  for (const { name, ...traits } of VENDORS) {
    const all = Object.values(traits).flat();
    assert.ok(all.length > 0, name);
    assert.ok(
      all.every((text) => text !== '' && text === text.toLowerCase()),
      name,
    );
  }
  const names = VENDORS.map(({ name }) => name.toLowerCase());
  assert.deepEqual(names, names.toSorted());
});
