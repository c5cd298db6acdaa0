import type { Digest } from '#base/digest.ts';
import { digestOf } from '#base/digest.ts';
import type { Severity } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Package, PackageType } from '#model/package.ts';
import type { Report, ReportAdvisories } from '#model/report.ts';

/** Reports for tests of what is made from reports. Names, versions and identifiers are real, the digests are not. */

const base = digestOf('base layer');
const skopeo = digestOf('skopeo layer');
const app = digestOf('app layer');

/** Alpine with a Go binary and an npm application: three layers, five vulnerabilities in three packages, no unknown. */
export function sampleReport(changes: Partial<Report> = {}): Report {
  return {
    schemaVersion: '2.2',
    kind: 'scan',
    tool: { name: 'plimsoll', version: '0.1.0' },
    image: {
      reference: 'oci:build/voyage:1.0',
      source: 'oci',
      digest: digestOf('manifest'),
      id: digestOf('config'),
      platform: 'linux/amd64',
      platforms: ['linux/amd64', 'linux/arm64'],
      layers: [
        {
          index: 0,
          diffId: base,
          digest: digestOf('base blob'),
          size: 2_713_856,
          createdBy:
            '/bin/sh -c #(nop) ADD file:fe1f09249227e2da2089afb4d07e16cbf832eeb804120074acd2b8192876cd28 in / ',
        },
        {
          index: 1,
          diffId: skopeo,
          digest: digestOf('skopeo blob'),
          size: 9_437_184,
          createdBy: 'RUN /bin/sh -c apk add --no-cache skopeo # buildkit',
        },
        {
          index: 2,
          diffId: app,
          digest: digestOf('app blob'),
          size: 1_048_576,
          createdBy: 'COPY app /srv/app # buildkit',
        },
      ],
      config: {
        created: '2026-08-01T10:00:00Z',
        user: 'app',
        env: ['PATH=/usr/bin:/bin'],
        entrypoint: ['node'],
        cmd: ['/srv/app/index.js'],
        workingDir: '/srv/app',
        exposedPorts: ['8080/tcp'],
        labels: { 'org.opencontainers.image.title': 'voyage' },
      },
    },
    os: { id: 'alpine', versionId: '3.10.9', idLike: [], name: 'Alpine Linux', prettyName: 'Alpine Linux v3.10' },
    content: 'read',
    files: 1234,
    executables: { total: 321, owned: 300 },
    packages: [
      samplePackage('apk', 'busybox', '1.30.1-r5', base, ['GPL-2.0']),
      samplePackage('apk', 'musl', '1.1.22-r4', base, ['MIT']),
      samplePackage('apk', 'ssl_client', '1.30.1-r5', base, ['GPL-2.0'], 'busybox'),
      samplePackage('golang', 'github.com/opencontainers/image-spec', 'v1.0.1', skopeo),
      samplePackage('npm', '@hapi/hoek', '8.5.1', app, ['BSD-3-Clause']),
      samplePackage('npm', 'lodash', '4.17.4', app, ['(MIT OR CC0-1.0)']),
      samplePackage('npm', 'marked', '0.3.0', app, ['MIT', 'See LICENSE.txt']),
    ],
    findings: [
      sampleFinding('npm', 'lodash', '4.17.4', app, {
        id: 'CVE-2018-16487',
        severity: 'medium',
        score: 5.6,
        fixedIn: '4.17.11',
        title: 'Prototype Pollution',
      }),
      sampleFinding('npm', 'lodash', '4.17.4', app, {
        id: 'CVE-2019-10744',
        severity: 'critical',
        score: 9.1,
        fixedIn: '4.17.12',
        title: 'Prototype Pollution in lodash, through the function defaultsDeep',
      }),
      sampleFinding('npm', 'marked', '0.3.0', app, {
        id: 'CVE-2014-1850',
        severity: 'high',
        fixedIn: '0.3.1',
        title: 'Multiple Content Injection Vulnerabilities',
      }),
      sampleFinding('npm', 'marked', '0.3.0', app, {
        id: 'NSWG-ECO-531',
        severity: 'low',
        state: 'affected',
        title: 'Regular Expression Denial of Service',
      }),
      sampleFinding('apk', 'ssl_client', '1.30.1-r5', base, {
        id: 'CVE-2018-20679',
        severity: 'unknown',
        fixedIn: '1.30.1-r6',
        title: 'CVE-2018-20679 in busybox',
        source: 'busybox',
      }),
    ],
    hiddenFindings: 0,
    covered: { findings: [], unknowns: [] },
    unknowns: [],
    advisories: [sampleAdvisories('Alpine', 2439), sampleAdvisories('Go', 4291), sampleAdvisories('npm', 467)],
    evidence: [],
    ...changes,
  };
}

export function sampleAdvisories(
  ecosystem: string,
  count: number,
  changes: Partial<ReportAdvisories> = {},
): ReportAdvisories {
  return {
    ecosystem,
    provider: 'osv',
    source: '/srv/mirror/osv',
    revision: digestOf(`${ecosystem} feed`),
    count,
    rejected: 0,
    newest: '2026-08-20T12:00:00Z',
    checked: '2026-08-21T06:00:00Z',
    stale: false,
    ...changes,
  };
}

const DATABASES: Readonly<Partial<Record<PackageType, string>>> = {
  alpm: '/var/lib/pacman/local/%/desc',
  apk: '/lib/apk/db/installed',
  deb: '/var/lib/dpkg/status',
  ebuild: '/var/db/pkg/%/CONTENTS',
  flatpak: '/var/lib/flatpak/app/%/metadata',
  gem: '/usr/lib/ruby/gems/3.1.0/specifications/%.gemspec',
  golang: '/usr/bin/skopeo',
  nix: '/nix/store/%',
  npm: '/srv/app/node_modules/%/package.json',
  opkg: '/usr/lib/opkg/status',
  pypi: '/usr/lib/python3.7/site-packages/%.dist-info/METADATA',
  rpm: '/var/lib/rpm/rpmdb.sqlite',
  snap: '/snap/%/current/meta/snap.yaml',
};

const CATALOGERS: Readonly<Partial<Record<PackageType, string>>> = {
  alpm: 'pacman',
  apk: 'apk',
  deb: 'dpkg',
  ebuild: 'portage',
  flatpak: 'flatpak',
  gem: 'gem',
  golang: 'go-binary',
  nix: 'nix',
  npm: 'npm',
  opkg: 'opkg',
  pypi: 'python',
  rpm: 'rpm',
  snap: 'snap',
};

export function samplePackage(
  type: PackageType,
  name: string,
  version: string,
  layer: Digest | null,
  licenses: readonly string[] = [],
  source?: string,
): Package {
  return {
    type,
    name,
    version,
    purl: purlOf(type, name, version),
    ...(source === undefined ? {} : { source: { name: source, version } }),
    ...(type === 'apk' ? { architecture: 'x86_64' } : {}),
    licenses,
    layer,
    locations: [{ path: (DATABASES[type] ?? '/opt/%').replace('%', name), layer }],
    cataloger: CATALOGERS[type] ?? type,
  };
}

interface SampleFinding {
  readonly id: string;
  readonly severity: Severity;
  readonly score?: number;
  readonly fixedIn?: string;
  readonly state?: Vulnerability['state'];
  readonly title?: string;
  readonly source?: string;
}

export function sampleFinding(
  type: PackageType,
  name: string,
  version: string,
  layer: Digest | null,
  about: SampleFinding,
): Vulnerability {
  const { id, severity, score, fixedIn, state = 'fixed', title = '', source } = about;
  const advisory = type === 'apk' ? `ALPINE-${id}` : id;
  const scale = score === undefined ? 'npm' : 'CVSS_V3';
  return {
    kind: 'vulnerability',
    id,
    aliases: advisory === id ? [] : [advisory],
    severity,
    ...(score === undefined ? {} : { score }),
    ratings:
      severity === 'unknown' ? [] : [{ severity, ...(score === undefined ? {} : { score }), scale, source: advisory }],
    package: { purl: purlOf(type, name, version), name, version, ...(source === undefined ? {} : { source }) },
    locations: [{ path: (DATABASES[type] ?? '/opt/%').replace('%', name), layer }],
    layer,
    ...(fixedIn === undefined ? {} : { fixedIn }),
    state,
    title,
    references: [{ type: 'ADVISORY', url: `https://nvd.nist.gov/vuln/detail/${id}` }],
    advisories: [advisory],
  };
}

function purlOf(type: PackageType, name: string, version: string): string {
  const namespace = type === 'apk' ? 'alpine/' : type === 'deb' ? 'debian/' : '';
  const distro = type === 'apk' ? '?arch=x86_64&distro=3.10.9' : '';
  return `pkg:${type}/${namespace}${name.replace('@', '%40')}@${version}${distro}`;
}
