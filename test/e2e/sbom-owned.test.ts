import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sbomWriters } from '#lib/sbom/index.ts';
import type { Report } from '#model/report.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { type MemberInput, tarOf } from '../fixtures/tar-archive.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';

const home = temporaryHome();
const layout = join(home.folder, 'layout');
const feed = { PLIMSOLL_ADVISORIES: join(home.folder, 'feed') };
const EGG = 'usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO';
let scanned: Report;

const REQUESTS = stanza(
  'python3-requests',
  '2.28.1+dfsg-1',
  'requests',
  'Debian Python Team <team+python@tracker.debian.org>',
  'python3',
);
const PYTHON = stanza('python3', '3.11.2-1+b1', 'python3-defaults (3.11.2-1)', 'Matthias Klose <doko@debian.org>');
const POSTGRES = stanza(
  'postgresql-17',
  '17.2-1.pgdg120+1',
  null,
  'Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>',
);

before(async () => {
  const metadata = 'Metadata-Version: 2.1\nName: requests\nVersion: 2.28.1\nLicense: Apache-2.0\n';
  const distribution = [
    file('etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'),
    file('var/lib/dpkg/status', [REQUESTS, PYTHON, POSTGRES].join('\n')),
    file(
      'var/lib/dpkg/info/python3-requests.list',
      ['/.', ...folders(EGG), EGG].map((path) => `/${path.replace(/^\/\.?/, '')}\n`).join(''),
    ),
    file('var/lib/dpkg/info/python3-requests.md5sums', `${createHash('md5').update(metadata).digest('hex')}  ${EGG}\n`),
    file(EGG, metadata),
    file('root/buildinfo/content_manifests/app.json', '{"metadata":{},"content_sets":["rhel-8-baseos"]}'),
  ];
  const application = [
    file('srv/node_modules/lodash/package.json', '{"name":"lodash","version":"4.17.4","license":"MIT"}'),
    file('srv/node_modules/broken/package.json', '{"name":'),
  ];
  await writeOciLayout(layout, {
    tag: 'owned',
    images: [
      {
        platform: { os: 'linux', architecture: 'amd64' },
        layers: [distribution, application].map((members) => ({ tar: tarOf(members), compression: 'gzip' })),
      },
    ],
  });
  writeFeed(['Debian:12', 'requests'], ['Debian:12', 'python3-defaults'], ['PyPI', 'requests'], ['npm', 'lodash']);
  scanned = await reportOf(`oci:${layout}:owned`);
});
after(() => home.remove());

function stanza(name: string, version: string, source: string | null, maintainer: string, depends?: string): string {
  return [
    `Package: ${name}`,
    'Status: install ok installed',
    `Maintainer: ${maintainer}`,
    'Architecture: amd64',
    ...(source === null ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    '',
  ].join('\n');
}

function file(name: string, content: string): MemberInput {
  return { name, content };
}

function folders(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

/** One advisory for every version of each package. */
function writeFeed(...affected: readonly (readonly [ecosystem: string, name: string])[]): void {
  for (const [ecosystem, group] of Map.groupBy(affected, ([each]) => each)) {
    const folder = join(home.folder, 'feed', ecosystem.split(':')[0] ?? '');
    mkdirSync(folder, { recursive: true });
    const entries = group.map(([, name]) => {
      const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }];
      const id = `TEST-${ecosystem.replace(':', '-')}-${name}`;
      const record = { id, modified: '2026-01-01T00:00:00Z', affected: [{ package: { ecosystem, name }, ranges }] };
      return { name: `${id}.json`, content: JSON.stringify(record) };
    });
    writeFileSync(join(folder, 'all.zip'), zipArchive(entries));
  }
}

async function reportOf(reference: string): Promise<Report> {
  const { code, out, err } = await home.plimsoll(['scan', reference, '-o', 'json'], feed);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Report;
}

function found({ os, packages, builds, findings, covered, unknowns, advisories }: Report): unknown {
  return { os, packages, builds, findings, covered, unknowns, advisories };
}

test('the image has all that a document has to carry', () => {
  const { os, packages, builds, unknowns, findings, covered } = scanned;
  const requests = packages.find(({ type }) => type === 'pypi');
  const owner = packages.find(({ name }) => name === 'python3-requests');
  assert.equal(os?.prettyName, 'Debian 12');
  assert.equal(requests?.locations[0]?.ownedBy, owner?.purl);
  assert.deepEqual(owner?.source, { name: 'requests', version: '2.28.1+dfsg-1' });
  assert.deepEqual(owner.dependsOn, [packages.find(({ name }) => name === 'python3')?.purl]);
  assert.equal(packages.find(({ name }) => name === 'postgresql-17')?.thirdParty, 'PostgreSQL');
  assert.deepEqual(requests?.licenses, ['Apache-2.0']);
  assert.deepEqual(builds?.[0]?.contentSets, ['rhel-8-baseos']);
  assert.ok(unknowns.some(({ path }) => path === '/srv/node_modules/broken/package.json'));
  assert.deepEqual(
    [findings, covered.findings].map((list) => list.map(({ package: { name } }) => name).toSorted()),
    [['lodash', 'python3', 'python3-requests'], ['requests']],
  );
});

for (const format of Object.keys(sbomWriters)) {
  test(`a document as ${format} gives findings, what is covered, and unknowns of the image`, async () => {
    const path = join(home.folder, `${format}.json`);
    const written = await home.plimsoll(['sbom', '-o', `${format}=${path}`, `oci:${layout}:owned`], feed);
    assert.equal(written.err, '');
    assert.deepEqual(found(await reportOf(`sbom:${path}`)), found(scanned));
  });
}
