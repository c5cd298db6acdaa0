import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { buildRpms, buildSpec, fillRoot } from '../fixtures/rpm-packages.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'packages/ownership',
  'real tool',
  'a root file system that rpm installed packages into, asked about with rpm -qf',
);

const skip = missing('root', 'rpm', 'shared-data');
const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-root-'));
const root = join(folder, 'root');
/** Where Fedora and Red Hat have it; below, the old place is a link to it. */
const DATABASE = 'usr/lib/sysimage/rpm';
const SITE = '/usr/lib/python3.9/site-packages';
const REQUESTS = `${SITE}/requests-2.25.1.dist-info/METADATA`;
const LODASH = '/usr/lib/node_modules/lodash/package.json';

const SPEC = `
Name: python-requests
Epoch: 1
Version: 2.25.1
Release: 8.el9
Summary: a library that belongs to a package
License: ASL 2.0
Vendor: Test Vendor
BuildArch: noarch
%description
Text.
%package -n python3-requests
Summary: the same
Requires: nodejs-lodash, (python3-urllib3 if python3), /usr/bin/first-3, ${LODASH}
%description -n python3-requests
Text.
%package -n nodejs-lodash
Summary: another
Version: 4.17.20~rc1
Release: 1
%description -n nodejs-lodash
Text.
%install
mkdir -p %{buildroot}${SITE}/requests-2.25.1.dist-info %{buildroot}/usr/lib/node_modules/lodash
printf 'Metadata-Version: 2.1\\nName: requests\\nVersion: 2.25.1\\n' > %{buildroot}${REQUESTS}
echo '{"name":"lodash","version":"4.17.20"}' > %{buildroot}${LODASH}
%files -n python3-requests
${SITE}/requests-2.25.1.dist-info
%files -n nodejs-lodash
/usr/lib/node_modules/lodash
`;

before(() => {
  if (skip === false) {
    const files = [...buildRpms(join(folder, 'build'), 'first', 12), ...buildSpec(join(folder, 'build'), 'own', SPEC)];
    fillRoot(root, `/${DATABASE}`, files);
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/os-release'), 'ID="rhel"\nVERSION_ID="9.4"\nID_LIKE="fedora"\n');
    mkdirSync(join(root, 'var/lib'), { recursive: true });
    symlinkSync(`../../${DATABASE}`, join(root, 'var/lib/rpm'));
    cpSync(join(root, SITE), join(root, 'opt/site-packages'), { recursive: true });
  }
});
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** `name-[epoch:]version-release.architecture`, sorted. */
function listed(): readonly string[] {
  const text = rpm('-qa', '--qf', '%{NAME}@%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}.%{ARCH}\\n');
  return text.trim().split('\n').toSorted();
}

function rpm(...args: readonly string[]): string {
  const database = ['--define', '_db_backend sqlite', '--dbpath', join(root, DATABASE)];
  return execFileSync('rpm', [...database, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

async function scan(): Promise<Report> {
  return await home.report(`rootfs:${root}`);
}

test('the packages of a root that rpm filled are those that rpm lists, once, although a link leads there too', {
  skip,
}, async () => {
  const report = await scan();
  const found = report.packages.filter(({ type }) => type === 'rpm');
  assert.deepEqual(found.map((item) => `${item.name}@${item.version}.${item.architecture ?? ''}`).toSorted(), listed());
  assert.equal(found.length, 14);
  const requests = found.find(({ name }) => name === 'python3-requests');
  assert.equal(
    requests?.purl,
    'pkg:rpm/rhel/python3-requests@2.25.1-8.el9?arch=noarch&distro=rhel-9.4&epoch=1&upstream=python-requests',
  );
  assert.equal(requests.vendor, 'Test Vendor');
  assert.deepEqual(
    requests.locations.map(({ path }) => path),
    [`/${DATABASE}/rpmdb.sqlite`],
  );
  assert.deepEqual(
    report.unknowns.filter(({ path }) => path !== null),
    [],
  );
});

test('a package depends on those of the names and files that it needs, as rpm --whatprovides has it', {
  skip,
}, async () => {
  const { packages } = await scan();
  const needed = packages.find(({ name }) => name === 'python3-requests')?.dependsOn ?? [];
  const names = ['nodejs-lodash', '/usr/bin/first-3', LODASH].map((name) =>
    rpm('--root', root, '--dbpath', `/${DATABASE}`, '-q', '--whatprovides', '--qf', '%{NAME}', name),
  );
  assert.deepEqual(names, ['nodejs-lodash', 'first-3', 'nodejs-lodash']);
  const purls = packages.filter(({ name }) => names.includes(name)).map(({ purl }) => purl);
  assert.deepEqual(new Set(needed), new Set(purls));
});

test('language packages are owned as rpm -qf says, and a copy beside them is not', { skip }, async () => {
  const report = await scan();
  const owners = new Map(
    report.packages
      .filter(({ type }) => type === 'pypi' || type === 'npm')
      .flatMap(({ locations }) => locations.map(({ path, ownedBy }) => [path, ownedBy?.split('@')[0]])),
  );
  assert.deepEqual(
    owners,
    new Map([
      [LODASH, `pkg:rpm/rhel/${rpm('-qf', '--qf', '%{NAME}', LODASH)}`],
      [REQUESTS, `pkg:rpm/rhel/${rpm('-qf', '--qf', '%{NAME}', REQUESTS)}`],
      ['/opt/site-packages/requests-2.25.1.dist-info/METADATA', undefined],
    ]),
  );
});

test('an SBOM of it names every rpm', { skip }, async () => {
  const { code, out, err } = await home.plimsoll(['sbom', `rootfs:${root}`, '-o', 'cyclonedx']);
  assert.equal(code, 0, err);
  const document = JSON.parse(out) as { components: readonly { readonly purl?: string }[] };
  const purls = document.components.flatMap(({ purl }) => (purl?.startsWith('pkg:rpm/rhel/') ? [purl] : []));
  assert.equal(purls.length, 14);
  assert.deepEqual(
    purls.filter((purl) => purl.includes('lodash')),
    [
      'pkg:rpm/rhel/nodejs-lodash@4.17.20~rc1-1?arch=noarch&distro=rhel-9.4&epoch=1&upstream=python-requests%402.25.1-8.el9',
    ],
  );
});

test('a file that is not what its rpm brought is nobody’s', { skip }, async () => {
  const content = readFileSync(join(root, LODASH), 'utf8');
  writeFileSync(join(root, LODASH), `${content} `);
  const report = await scan();
  writeFileSync(join(root, LODASH), content);
  const locations = report.packages.filter(({ type }) => type === 'npm').flatMap((item) => item.locations);
  assert.deepEqual(locations, [{ path: LODASH, layer: null }]);
});

test('changes that wait beside the database make it an unknown', { skip }, async () => {
  writeFileSync(join(root, DATABASE, 'rpmdb.sqlite-wal'), 'x');
  const { unknowns } = await scan();
  writeFileSync(join(root, DATABASE, 'rpmdb.sqlite-wal'), '');
  assert.ok(
    unknowns.some(({ path, reason }) => path === `/${DATABASE}/rpmdb.sqlite-wal` && reason.includes('changes')),
  );
});
