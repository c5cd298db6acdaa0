import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { ubuntuVex } from '#lib/advisories/providers/ubuntu-vex/index.ts';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { PublishedFeed, recordsOf, rejectedOf } from '../fixtures/published-feed.ts';
import { sourceDistribution } from '../fixtures/registry-packages.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'advisories/debian-tracker',
  'published',
  'an excerpt of the JSON of the tracker, which another project tests with',
);
evidence(
  'advisories/secdb-wolfi',
  'published',
  'excerpts of the secdbs of Wolfi and Chainguard, which another project tests with',
);
evidence('advisories/ubuntu-vex', 'published', 'VEX documents of Canonical, which another project tests with');

const skip = missing('python', 'gnu-tar');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-distribution-feeds-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The samples of vunnel, which fetches the feeds of distributions for Grype. */
function samples(path: string): string {
  const source = sourceDistribution(
    'vunnel',
    '0.65.1',
    'fa26a17abb3d7ee00bfcc00b620b59a5e5e6d486d2343bfe19bf1740f1584b1a',
  );
  return join(source, 'tests/unit/providers', path);
}

/** A configuration that takes one kind of feed from a folder beside it. */
function configuration(provider: string, documents: Readonly<Record<string, Uint8Array>>): string {
  const place = join(folder, provider);
  for (const [path, bytes] of Object.entries(documents)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), bytes);
  }
  const file = join(folder, `${provider}.yaml`);
  const source = `  - provider: ${provider}\n    folder: ${provider}\n`;
  writeFileSync(file, `apiVersion: plimsoll.dev/v1\nkind: Advisories\nsources:\n${source}`);
  return file;
}

/** A root folder of a distribution with these packages, which are source packages too. */
function root(type: 'apk' | 'deb', osRelease: string, packages: Readonly<Record<string, string>>): string {
  const place = mkdtempSync(join(folder, 'root-'));
  const list = Object.entries(packages);
  const [path, database] =
    type === 'deb'
      ? [
          'var/lib/dpkg/status',
          list
            .map(
              ([name, version]) =>
                `Package: ${name}\nStatus: install ok installed\nMaintainer: Debian\nArchitecture: all\nVersion: ${version}\n`,
            )
            .join('\n'),
        ]
      : [
          'lib/apk/db/installed',
          list.map(([name, version]) => `P:${name}\nV:${version}\nA:x86_64\no:${name}\n`).join('\n'),
        ];
  mkdirSync(join(place, dirname(path)), { recursive: true });
  writeFileSync(join(place, path), `${database}\n`);
  mkdirSync(join(place, 'etc'));
  writeFileSync(join(place, 'etc/os-release'), osRelease);
  return `rootfs:${place}`;
}

/** `package CVE state fix` of every finding about a package, sorted. */
async function findings(reference: string, advisories: string): Promise<readonly string[]> {
  const { out, err } = await home.plimsoll(['scan', reference, '-o', 'json'], { PLIMSOLL_ADVISORIES: advisories });
  const report = JSON.parse(out === '' ? `{"error": ${JSON.stringify(err)}}` : out) as Report;
  assert.ok(report.findings !== undefined, err);
  return report.findings
    .flatMap((finding) =>
      finding.kind === 'vulnerability'
        ? [`${finding.package.name} ${finding.id} ${finding.state} ${finding.fixedIn ?? '-'}`]
        : [],
    )
    .toSorted();
}

test('a Debian root is matched with the tracker, by a configuration that takes it from a folder', {
  skip,
}, async () => {
  const tracker = readFileSync(samples('debian/test-fixtures/input/debian.json'));
  const advisories = configuration('debian-tracker', { 'data/json': tracker });
  const buster = root('deb', 'ID=debian\nVERSION_ID="10"\n', {
    prototypejs: '1.5.0-1',
    txt2man: '1.5.5-4',
    backupninja: '1.1.0-2',
    chromium: '89.0.4389.114-1~deb10u1',
  });
  assert.deepEqual(await findings(buster, advisories), [
    // CVE-2007-2383 never was in it, and backupninja has its repair.
    'chromium CVE-2022-0456 end_of_life -',
    'prototypejs CVE-2008-7220 fixed 1.6.0.2-1',
    'txt2man CVE-2013-1444 fixed 1.5.5-4.1',
  ]);
  const bookworm = root('deb', 'ID=debian\nVERSION_ID="12"\n', { chromium: '98.0.4758.80-1', sope: '5.8.0-1' });
  assert.deepEqual(await findings(bookworm, advisories), ['sope CVE-2025-53603 fixed 5.8.0-1+deb12u1']);
  const shown = await home.plimsoll(['advisories', 'show', 'CVE-2007-2383'], { PLIMSOLL_ADVISORIES: advisories });
  assert.match(shown.out, /^ {2}Debian:10 prototypejs: not affected from 0$/m);
  assert.doesNotMatch(shown.out, /modified/);
});

test('packages of Wolfi and Chainguard are matched with their secdbs', { skip }, async () => {
  const secdb = readFileSync(samples('wolfi/test-fixtures/input/secdb/security.json'));
  const wolfi = configuration('wolfi-secdb', { 'os/security.json': secdb });
  const installed = { binutils: '2.39-r2', brotli: '1.0.9-r0', coreutils: '9.1-r0' };
  const found = await findings(root('apk', 'ID=wolfi\nVERSION_ID="20230201"\n', installed), wolfi);
  // Version 0 says that coreutils never had CVE-2016-2781.
  assert.deepEqual(found, ['binutils CVE-2022-38128 fixed 2.39-r3']);
  const other = readFileSync(samples('chainguard/test-fixtures/input/secdb/security.json'));
  const chainguard = configuration('chainguard-secdb', { 'chainguard/security.json': other });
  const grafana = await findings(
    root('apk', 'ID=chainguard\nVERSION_ID="20230214"\n', { grafana: '7.5.18-r0' }),
    chainguard,
  );
  assert.ok(grafana.includes('grafana CVE-2021-36156 fixed 7.5.19-r0'), grafana.join('\n'));
});

/** The documents of Canonical in an archive as it publishes them. */
function vexArchive(): Buffer {
  const place = mkdtempSync(join(folder, 'vex-'));
  for (const name of ['vex', 'vex-cases', 'vex-clearance-cases']) {
    cpSync(samples(join('ubuntu/test-fixtures', name)), join(place, 'vex'), { recursive: true });
  }
  execFileSync('tar', ['-cJf', 'vex-all.tar.xz', 'vex'], { cwd: place });
  return readFileSync(join(place, 'vex-all.tar.xz'));
}

test('an Ubuntu root is matched with the VEX documents of Canonical', { skip }, async () => {
  const advisories = configuration('ubuntu-vex', { 'vex-all.tar.xz': vexArchive() });
  const xenial = root('deb', 'ID=ubuntu\nVERSION_ID="16.04"\n', {
    curl: '7.47.0-1ubuntu2.19',
    x11vnc: '0.9.13-1.2build1',
    nss: '2:3.28.4-0ubuntu0.16.04.14',
    'openjdk-6': '6b36-1.13.8-0ubuntu2',
  });
  assert.deepEqual(await findings(xenial, advisories), ['x11vnc CVE-2019-20788 end_of_life -']);
  const jammy = root('deb', 'ID=ubuntu\nVERSION_ID="22.04"\n', {
    // Repaired in 7.81.0-1ubuntu1.14; 7.81.0-1ubuntu1.24 is what the document names.
    curl: '7.81.0-1ubuntu1.20',
    pound: '3.0.2-1build1',
  });
  assert.deepEqual(await findings(jammy, advisories), []);
});

interface VexDocument {
  readonly statements: readonly {
    readonly vulnerability: { readonly name: string };
    readonly products: readonly { readonly '@id': string }[];
    readonly status: string;
    readonly justification?: string;
    readonly action_statement?: string;
  }[];
}

/** `CVE package codename status` of what is said of the archives of releases, with the words of the documents. */
function saidOfReleases(): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const path of globSync('vex{,-cases,-clearance-cases}/**/*.json', { cwd: samples('ubuntu/test-fixtures') })) {
    const document = JSON.parse(readFileSync(join(samples('ubuntu/test-fixtures'), path), 'utf8')) as VexDocument;
    for (const {
      vulnerability,
      products,
      status,
      justification,
      action_statement: action = '',
    } of document.statements) {
      for (const { '@id': id } of products) {
        const [, name, codename] = /^pkg:deb\/ubuntu\/([^@]+)@[^?]+\?arch=source&distro=([a-z]+)$/.exec(id) ?? [];
        const word =
          justification ??
          (action.includes('needs fixing') ? 'needs fixing' : action.includes('decided') ? 'ignored' : status);
        if (name !== undefined) {
          said.set(`${vulnerability.name} ${name} ${codename}`, word);
        }
      }
    }
  }
  return said;
}

const STATES: Readonly<Record<string, string>> = {
  'needs fixing': 'affected',
  ignored: 'will_not_fix',
  affected: 'end_of_life',
  vulnerable_code_not_present: 'not_affected',
  under_investigation: 'under_investigation',
};
const CODENAMES: Readonly<Record<string, string>> = {
  trusty: '14.04:LTS',
  xenial: '16.04:LTS',
  bionic: '18.04:LTS',
  focal: '20.04:LTS',
  jammy: '22.04:LTS',
  noble: '24.04:LTS',
  plucky: '25.04',
  questing: '25.10',
  resolute: '26.04:LTS',
};

test('every source package in the documents of Canonical has the state that they say', { skip }, async (t) => {
  const feed = new PublishedFeed(folder, ubuntuVex);
  const entries = await feed.entries(feed.publish({ 'vex-all.tar.xz': vexArchive() }), 'Ubuntu');
  assert.deepEqual(rejectedOf(entries), []);
  const found = new Map(
    recordsOf(entries).flatMap(({ advisory, affected }) =>
      affected.map(({ ecosystem, name, state }) => [`${advisory.upstream[0]} ${name} ${ecosystem}`, state] as const),
    ),
  );
  let compared = 0;
  let cleared = 0;
  for (const [key, word] of saidOfReleases()) {
    const [cve, name, codename = ''] = key.split(' ');
    const state = found.get(`${cve} ${name} Ubuntu:${CODENAMES[codename]}`);
    const expected = STATES[word];
    compared += 1;
    if (state === 'not_affected' && (expected === 'end_of_life' || expected === 'under_investigation')) {
      cleared += 1;
      assert.equal(found.get(`${cve} ${name} Ubuntu:Pro:${CODENAMES[codename]}`), 'not_affected', key);
    } else {
      assert.equal(state, expected, `${key}: ${word}`);
    }
  }
  t.diagnostic(`${compared} source packages of releases, ${cleared} of them cleared by Ubuntu Pro`);
  assert.ok(compared > 200 && cleared > 5, `${compared}, ${cleared}`);
});
