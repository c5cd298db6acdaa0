import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { factsOf } from '#assess/policy/facts.ts';
import { runPolicyTests, shippedSet } from '#lib/policy/index.ts';
import { SHIPPED_POLICIES } from '#lib/policy/shipped/list.ts';
import type { Facts } from '#model/facts.ts';
import type { Report } from '#model/report.ts';
import { PolicyStore } from '#store/policy/index.ts';
import { evidence } from '../evidence.ts';
import { startRegistry } from '../fixtures/docker-registry.ts';
import { lockFile } from '../fixtures/lock-files/index.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { startPodmanService } from '../fixtures/podman-service.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { installNpmPackage, npmInstalled } from '../fixtures/registry-packages.ts';
import { signedLayout, signerFile } from '../fixtures/signed/index.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'policy/shipped',
  'real tool',
  'images that Alpine Linux, Ubuntu and others published, signed and attested by cosign, made by podman, with packages of npm and a lock file of uv',
);

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-shipped-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const env = {
  PLIMSOLL_ADVISORIES: write(
    'advisories.yaml',
    `apiVersion: plimsoll.dev/v1
kind: Advisories
sources:
  - { provider: osv, folder: "${data('osv')}", ecosystems: [Alpine, Debian, npm] }
  - { provider: osv, folder: "${join(folder, 'malicious')}", ecosystems: [PyPI] }
  - { provider: kev, folder: "${data('kev')}" }
  - { provider: distro-info, folder: /usr/share/distro-info }
`,
  ),
};

async function scan(reference: string, ...options: readonly string[]): Promise<Facts> {
  const { code, out, err } = await home.plimsoll(['scan', reference, '-o', 'json', ...options], env);
  assert.equal(code, 0, err);
  return factsOf(JSON.parse(out) as Report, []);
}

/** What OSV carries of the database of malicious packages, about one that nobody can install any more. */
write(
  'malicious/PyPI/all.zip',
  zipArchive([
    {
      name: 'MAL-2024-10238.json',
      content: JSON.stringify({
        schema_version: '1.5.0',
        id: 'MAL-2024-10238',
        modified: '2024-10-27T13:55:45Z',
        published: '2024-10-27T13:55:45Z',
        summary: 'Malicious code in 123bla (PyPI)',
        affected: [{ package: { ecosystem: 'PyPI', name: '123bla' }, versions: ['0.0.1'] }],
      }),
    },
  ]),
);

const TRUST = write(
  'trust.yaml',
  JSON.stringify({
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Trust',
    metadata: { name: 'sailing' },
    signers: {
      release: { key: { file: signerFile('p256'), transparency: 'none' } },
      other: { key: { file: signerFile('p384'), transparency: 'none' } },
    },
    rules: [
      {
        name: 'built',
        repositories: ['**', 'local'],
        platforms: 'either',
        require: [
          {
            attestation: {
              predicateType: 'provenance',
              signers: ['release'],
              provenance: { builders: [{ id: 'https://build.example/builder/v2', level: 3 }] },
            },
          },
        ],
      },
    ],
  }),
);

const attested = `oci:${signedLayout('cosign2-attestations')}:1.0`;
const signed = `oci:${signedLayout('cosign3-key')}:1.0`;
const LOOK = ['--evidence', '--trust', TRUST] as const;

/** Facts of real images, each found out when it is first asked for. */
const IMAGES: Readonly<Record<string, () => Promise<Facts>>> = {
  'alpine 3.7': async () => await scan(`rootfs:${data('pkgdb/alpine-3.7.0')}`),
  'alpine 3.10': async () => await scan(`rootfs:${data('rootfs/alpine-3.10.9-x86_64.tar.gz')}`),
  'ubuntu 18.04': async () => await scan(`rootfs:${data('pkgdb/ubuntu-18.04')}`),
  busybox: async () => await scan(data('spec/images/oci-archives/busybox-1.31.1.tar')),
  'nodes-fake': async () => await scan(data('spec/images/docker-archives/skopeo-copy/nodes-fake.tar')),
  'nodes-fake-multi': async () => await scan(data('spec/images/docker-archives/skopeo-copy/nodes-fake-multi.tar')),
  electron: async () => {
    installNpmPackage('electron', '3.0.0', join(folder, 'electron/app/node_modules/electron'));
    return await scan(`rootfs:${join(folder, 'electron')}`);
  },
  'locked by uv': async () => {
    write('locked/srv/uv.lock', lockFile('python', 'uv.lock'));
    return await scan(`rootfs:${join(folder, 'locked')}`);
  },
  'what was malicious': async () => {
    write('malware/srv/requirements.txt', '123bla==0.0.1\n');
    return await scan(`rootfs:${join(folder, 'malware')}`);
  },
  'installed by npm': async () => await scan(`rootfs:${npmInstalled('left-pad', '1.3.0')}`),
  attested: async () => await scan(attested, ...LOOK),
  'attested, and nobody looked': async () => await scan(attested),
  signed: async () => await scan(signed, ...LOOK),
  tested: async () => await admittedToStaging(signed),
  'made by podman': madeByPodman,
  'of a registry': ofARegistry,
};

/** The address of the registry that npm has it from, as npm wrote it down. */
function registryOfNpm(): string {
  const text = readFileSync(join(npmInstalled('left-pad', '1.3.0'), 'node_modules/.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as {
    readonly packages: Readonly<Record<string, { readonly resolved: string }>>;
  };
  const { origin } = new URL(packages['node_modules/left-pad']?.resolved ?? '');
  assert.match(origin, /^https?:\/\/[^/]+$/);
  return origin;
}

/** Decided by the real program, and kept as it keeps it. */
async function admittedToStaging(reference: string): Promise<Facts> {
  const policies = write(
    'policies/staging.yaml',
    `apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: staging }
policies: [{ policy: malicious-packages }]
tolerated: [{ kind: no-advisories, reason: none of this release }, { kind: stale-advisories, reason: old ones }]
`,
  );
  const facts = await scan(reference);
  const { code, err } = await home.plimsoll(['scan', reference, '--environment', 'staging'], {
    ...env,
    PLIMSOLL_POLICIES: dirname(policies),
  });
  assert.equal(code, 0, err);
  assert.ok(facts.image.digest !== null);
  return { ...facts, history: await new PolicyStore(home.folder).history(facts.image.digest) };
}

async function madeByPodman(): Promise<Facts> {
  const service = await startPodmanService();
  try {
    const archive = join(folder, 'podman.tar');
    const rootfs = data('rootfs/busybox-1.38.0-musl-x86_64.tar.gz');
    service.podman('import', '--quiet', '--change', 'USER 65532:65532', rootfs, 'localhost/voyage:1.0');
    service.podman('save', '--quiet', '--format', 'oci-archive', '--output', archive, 'localhost/voyage:1.0');
    return await scan(archive);
  } finally {
    await service.stop();
  }
}

async function ofARegistry(): Promise<Facts> {
  const registry = await startRegistry();
  try {
    await pushLayout(signedLayout('cosign3-key'), `http://${registry.host}`, 'voyage/app');
    const facts = await scan(`${registry.host}/voyage/app:1.0`);
    assert.equal(facts.image.repository, `${registry.host}/voyage/app`);
    // The port is another one each time.
    return { ...facts, image: { ...facts.image, repository: '127.0.0.1:5000/voyage/app' } };
  } finally {
    await registry.stop();
  }
}

interface RealCase {
  /** Of `IMAGES`. */
  readonly report: string;
  /** What comes of some of its rules. */
  readonly rules: Readonly<Record<string, 'passed' | 'failed'>>;
  /** When it is asked: the fixed times are those at which what is known of the images was new. */
  readonly time?: string | ((facts: Facts) => string);
  readonly parameters?: object;
  readonly line?: object;
  readonly sources?: readonly object[] | (() => readonly object[]);
}

const NODES = [
  'sha256:d0aaf4d3632940885546ef63a011964147db233353328e36b16fca68372a6e1a',
  'sha256:1ec0a1574e1b795732f45c4f2eb9e447d7052a176f4c97bb1c68d78b17a72b25',
] as const;

function bases(layers: readonly string[], supersededAt = '2020-03-01T00:00:00Z'): readonly object[] {
  const base = { name: 'shesek 0.0.1', layers, released: '2020-02-01T00:00:00Z', supersededAt };
  return [{ metadata: { name: 'bases' }, bases: [base] }];
}

function pin(from: string): readonly object[] {
  return [{ metadata: { name: 'ours' }, packages: [{ package: 'pkg:npm/left-pad', from: [from] }] }];
}

/** So many hours after the first decision of its history. */
function hoursAfterAdmission(hours: number): (facts: Facts) => string {
  return ({ history: [first] }) => new Date(Date.parse(first?.decidedAt ?? '') + hours * 3_600_000).toISOString();
}

const CASES: Readonly<Record<(typeof SHIPPED_POLICIES)[number], readonly [passing: RealCase, failing: RealCase]>> = {
  'approved-base': [
    { report: 'nodes-fake-multi', sources: bases([NODES[0]]), rules: { approved: 'passed' } },
    { report: 'nodes-fake', sources: bases(NODES), rules: { approved: 'failed' } },
  ],
  'approved-registries': [
    {
      report: 'of a registry',
      parameters: { repositories: ['127.0.0.1:5000/voyage/**'] },
      rules: { approved: 'passed' },
    },
    { report: 'of a registry', parameters: { repositories: ['127.0.0.1/**'] }, rules: { approved: 'failed' } },
  ],
  'current-base': [
    {
      report: 'nodes-fake-multi',
      sources: bases([NODES[0]]),
      time: '2020-03-15T00:00:00Z',
      rules: { current: 'passed' },
    },
    {
      report: 'nodes-fake-multi',
      sources: bases([NODES[0]]),
      time: '2020-03-15T00:00:00.001Z',
      rules: { current: 'failed' },
    },
  ],
  'fixable-vulnerabilities': [
    { report: 'alpine 3.10', rules: { repaired: 'passed' } },
    { report: 'alpine 3.7', rules: { repaired: 'failed' } },
  ],
  'known-exploited': [
    {
      report: 'alpine 3.7',
      time: '2025-09-01T00:00:00Z',
      rules: { 'not-exploited': 'passed', 'catalogue-asked': 'passed' },
    },
    {
      report: 'electron',
      time: '2025-09-01T00:00:00Z',
      rules: { 'not-exploited': 'failed', 'catalogue-asked': 'passed' },
    },
  ],
  'licence-classes': [
    { report: 'alpine 3.10', rules: { 'not-denied': 'passed' } },
    { report: 'alpine 3.10', parameters: { denied: ['copyleft'] }, rules: { 'not-denied': 'failed' } },
  ],
  'malicious-packages': [
    { report: 'locked by uv', rules: { none: 'passed' } },
    { report: 'what was malicious', rules: { none: 'failed' } },
  ],
  'maximum-age': [
    { report: 'busybox', time: '2020-08-01T00:00:00Z', rules: { 'young-enough': 'passed' } },
    { report: 'busybox', time: '2020-10-01T00:00:00Z', rules: { 'young-enough': 'failed' } },
  ],
  'minimum-release-age': [
    {
      report: 'locked by uv',
      time: '2026-11-22T00:00:00Z',
      rules: { 'old-enough': 'passed', 'dates-known': 'passed' },
    },
    { report: 'locked by uv', time: '2026-11-03T00:00:00Z', rules: { 'old-enough': 'failed' } },
  ],
  'no-unknowns': [
    { report: 'alpine 3.10', parameters: { except: ['stale-advisories'] }, rules: { 'all-known': 'passed' } },
    { report: 'busybox', rules: { 'all-known': 'failed' } },
  ],
  'non-root-user': [
    {
      report: 'made by podman',
      parameters: { numeric: true },
      rules: { 'not-root': 'passed', numeric: 'passed' },
    },
    { report: 'busybox', rules: { 'not-root': 'failed' } },
  ],
  'package-sources': [
    { report: 'installed by npm', sources: () => pin(registryOfNpm()), rules: { 'from-source': 'passed' } },
    {
      report: 'installed by npm',
      sources: () => pin(registryOfNpm().slice(0, -1)),
      rules: { 'from-source': 'failed' },
    },
  ],
  'packages-allowed': [
    { report: 'alpine 3.10', parameters: { packages: ['pkg:apk/**'] }, rules: { allowed: 'passed' } },
    { report: 'electron', parameters: { packages: ['pkg:apk/**'] }, rules: { allowed: 'failed' } },
  ],
  'packages-denied': [
    { report: 'electron', parameters: { packages: ['pkg:apk/alpine/busybox'] }, rules: { 'not-denied': 'passed' } },
    { report: 'alpine 3.10', parameters: { packages: ['pkg:apk/alpine/busybox'] }, rules: { 'not-denied': 'failed' } },
  ],
  'provenance-level': [
    { report: 'attested', parameters: { level: 3 }, rules: { level: 'passed' } },
    { report: 'attested, and nobody looked', rules: { level: 'failed' } },
  ],
  'sbom-matching': [
    { report: 'attested', parameters: { signers: ['release'] }, rules: { present: 'passed', matching: 'passed' } },
    { report: 'signed', rules: { present: 'failed' } },
  ],
  'signed-by': [
    { report: 'signed', parameters: { signers: ['release'] }, rules: { signed: 'passed' } },
    { report: 'signed', parameters: { signers: ['other'] }, rules: { signed: 'failed' } },
  ],
  'supported-distribution': [
    {
      report: 'ubuntu 18.04',
      time: '2026-11-22T00:00:00Z',
      rules: { 'not-ended': 'passed', 'not-ending': 'passed', known: 'passed' },
    },
    {
      report: 'ubuntu 18.04',
      time: '2026-11-22T00:00:00Z',
      parameters: { extended: false },
      rules: { 'not-ended': 'failed', known: 'passed' },
    },
  ],
  tested: [
    { report: 'tested', time: hoursAfterAdmission(24), rules: { 'not-failed': 'passed', tested: 'passed' } },
    { report: 'tested', time: hoursAfterAdmission(23), rules: { tested: 'failed' } },
  ],
};

describe('policies that ship, over real images', {
  skip: missing('shared-data', 'distro-info-data', 'podman', 'root', 'docker-registry'),
}, async () => {
  const set = await shippedSet();
  const known = new Map<string, Promise<Facts>>();
  const factsFor = async (name: string): Promise<Facts> => {
    const facts = known.get(name) ?? IMAGES[name]?.() ?? assert.fail(name);
    known.set(name, facts);
    return await facts;
  };
  for (const policy of SHIPPED_POLICIES) {
    for (const [index, real] of CASES[policy].entries()) {
      it(`${policy} ${index === 0 ? 'passes' : 'fails'} ${real.report}`, async () => {
        const { report, rules, time = '2026-11-22T00:00:00Z', parameters, line, sources = [] } = real;
        const facts = await factsFor(report);
        const one = {
          name: report,
          report,
          context: { time: typeof time === 'string' ? time : time(facts) },
          ...(parameters && { parameters }),
          line: { maximumAge: '90d', ...line },
          sources: typeof sources === 'function' ? sources() : sources,
          expect: { rules },
        };
        const text = JSON.stringify({ apiVersion: 'plimsoll.dev/v1', kind: 'PolicyTest', policy, cases: [one] });
        const { cases } = await runPolicyTests(set, [{ path: policy, text }], {
          facts: factsFor,
          report: factsFor,
        });
        assert.deepEqual(
          cases.flatMap(({ failures }) => failures),
          [],
        );
      });
    }
  }
});
