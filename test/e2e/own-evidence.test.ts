import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Digest, hexOf } from '#base/digest.ts';
import type { Evidence, EvidenceReport } from '#model/evidence.ts';
import type { OwnEvidence, OwnEvidenceReport } from '#model/own-evidence-report.ts';
import type { Verdict } from '#model/verdict.ts';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { MUSL, writeAlpineFeed, writeTwoPlatforms } from '../fixtures/two-platforms.ts';
import { missing } from '../prerequisites.ts';
import {
  cyclonedxValidator,
  evidenceReportValidator,
  openvexValidator,
  ownEvidenceReportValidator,
  reportValidator,
  verdictValidator,
} from '../schemas.ts';

evidence(
  'trust/own-evidence',
  'published',
  'what attest --scan states, under the schemas of CycloneDX 1.6 and OpenVEX 0.2.0; docker-registry',
);

const PASSPHRASE = 'planted passphrase 91d0';
const OPEN = { PLIMSOLL_KEY_PASSPHRASE: PASSPHRASE };
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-own-evidence-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const feeds = { clean: '', found: '' };
let digests: { readonly index: Digest; readonly amd64: Digest; readonly arm64: Digest };
const said: string[] = [];

async function plimsoll(args: readonly string[], feed = feeds.clean): Promise<Outcome> {
  const outcome = await home.plimsoll(args, { ...OPEN, PLIMSOLL_ADVISORIES: feed });
  said.push(outcome.out, outcome.err);
  return outcome;
}

before(async () => {
  const { images, index } = await writeTwoPlatforms(at('image'));
  const [amd64, arm64] = images.map(({ manifest }) => manifest.digest);
  assert.ok(index !== null && amd64 !== undefined && arm64 !== undefined);
  digests = { index: index.digest, amd64, arm64 };
  feeds.clean = writeAlpineFeed(folder, []);
  feeds.found = writeAlpineFeed(folder, ['CVE-2026-1', 'CVE-2026-2']);
  for (const name of ['release', 'stranger']) {
    const made = await plimsoll(['key', 'generate', '--output-prefix', at(name)]);
    assert.equal(made.code, 0, made.err);
  }
  writeFileSync(at('vex.json'), JSON.stringify(vex(digests.index, ['CVE-2026-1', 'CVE-2026-2'])));
  writeFileSync(at('half.json'), JSON.stringify(vex(digests.index, ['CVE-2026-1'])));
  writeFileSync(at('foreign.json'), JSON.stringify(vex(`sha256:${'ab'.repeat(32)}`, ['CVE-2026-1', 'CVE-2026-2'])));
  writeFileSync(at('trust.yaml'), trust('registry', '{ matches: "pkg:oci/.+" }'));
  writeFileSync(at('local.yaml'), trust('local', 'oci://local'));
});

function vex(product: string, ids: readonly string[]): object {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://vex.example/1',
    author: 'security team',
    timestamp: '2026-01-01T00:00:00Z',
    version: 1,
    statements: ids.map((name) => ({
      vulnerability: { name },
      products: [{ '@id': `pkg:oci/app@${product}`, subcomponents: [{ '@id': 'pkg:apk/alpine/musl' }] }],
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
    })),
  };
}

/** All that `attest --scan` attaches to a platform is required, and the summary of the index. */
function trust(name: string, resourceUri: string): string {
  const summary = `{ verifiers: [{ id: 'https://plimsoll.dev/verifier/scan/v1' }], levels: [PLIMSOLL_GATE_HIGH], resourceUri: ${resourceUri} }`;
  return `
apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: ${name} }
signers:
  release: { key: { file: release.pub, transparency: none } }
rules:
  - name: platforms
    repositories: ['**', local]
    platforms: each
    require:
      - attestation: { predicateType: cyclonedx, signers: [release], maxAge: 1d, ageFrom: predicate-time }
      - attestation: { predicateType: spdx, signers: [release] }
      - attestation: { predicateType: vulnerabilities, signers: [release], maxAge: 1d, ageFrom: predicate-time }
      - attestation: { predicateType: verdict, signers: [release] }
      - attestation: { predicateType: verification-summary, signers: [release], summary: ${summary} }
  - name: index
    repositories: ['**', local]
    platforms: index
    require:
      - attestation: { predicateType: verification-summary, signers: [release], summary: ${summary} }
`;
}

/** A copy of the image without anything on it. */
function layout(): string {
  const copy = mkdtempSync(at('layout-'));
  cpSync(at('image'), copy, { recursive: true });
  return `oci:${copy}:1.0`;
}

interface Attested {
  readonly code: number | null;
  readonly report: OwnEvidenceReport;
  readonly err: string;
}

async function attest(reference: string, feed: string, ...more: readonly string[]): Promise<Attested> {
  const args = ['attest', reference, '--key', at('release.key'), '--scan', '-o', 'json', ...more];
  const { code, out, err } = await plimsoll(args, feed);
  assert.notEqual(out, '', err);
  const report = JSON.parse(out) as OwnEvidenceReport;
  const validate = ownEvidenceReportValidator();
  assert.ok(validate(report), JSON.stringify(validate.errors));
  return { code, report, err };
}

const kindsOn = ({ attached }: OwnEvidenceReport, digest: Digest): readonly OwnEvidence[] =>
  attached.filter(({ subject }) => subject.digest === digest).map((one) => one.evidence);

const decisions = ({ judged }: OwnEvidenceReport): readonly unknown[] => judged.map(({ decision }) => decision);

/** The predicate of something attached to a layout, out of its bundle. */
function predicateOf(reference: string, { attached }: OwnEvidenceReport, digest: Digest, kind: OwnEvidence): unknown {
  const one = attached.find(({ subject, evidence: found }) => subject.digest === digest && found === kind);
  assert.ok(one !== undefined, kind);
  const text = readFileSync(join(folderOf(reference), 'blobs/sha256', hexOf(one.blob)), 'utf8');
  const bundle = JSON.parse(text) as { readonly dsseEnvelope: { readonly payload: string } };
  const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString()) as {
    readonly predicateType: string;
    readonly predicate: unknown;
  };
  assert.equal(statement.predicateType, one.predicateType);
  return statement.predicate;
}

const folderOf = (reference: string): string => reference.slice('oci:'.length, -':1.0'.length);
const filesBelow = (reference: string): readonly string[] =>
  readdirSync(folderOf(reference), { recursive: true }).map(String).toSorted();

async function shown(reference: string): Promise<readonly Evidence[]> {
  const { out, err } = await plimsoll([
    'evidence',
    reference,
    '--platform',
    'all',
    '--trust',
    at('local.yaml'),
    '-o',
    'json',
  ]);
  assert.notEqual(out, '', err);
  const report = JSON.parse(out) as EvidenceReport;
  const validate = evidenceReportValidator();
  assert.ok(validate(report), JSON.stringify(validate.errors));
  return report.evidence;
}

async function verify(reference: string, configuration = 'local.yaml'): Promise<Outcome> {
  return await plimsoll(['verify', reference, '--platform', 'all', '--trust', at(configuration)]);
}

const EVERYTHING = ['cyclonedx', 'spdx', 'vulnerabilities', 'verdict', 'summary'];

describe('attest --scan', () => {
  it('attaches what is known of each platform, and a summary to the index; verify asks for all of it', async () => {
    const reference = layout();
    assert.equal((await verify(reference)).code, 1);
    const { code, report } = await attest(reference, feeds.clean, '--fail-on', 'high');
    assert.equal(code, 0);
    assert.deepEqual([report.outcome, decisions(report)], ['passed', ['pass', 'pass']]);
    assert.deepEqual(kindsOn(report, digests.amd64), EVERYTHING);
    assert.deepEqual(kindsOn(report, digests.arm64), EVERYTHING);
    assert.deepEqual(kindsOn(report, digests.index), ['summary']);
    assert.deepEqual(report.notes, ['No OpenVEX document: nothing is excepted.']);
    const accepted = await verify(reference);
    assert.equal(accepted.code, 0, accepted.out);
  });

  it('an index does not pass when one of its platforms does not; the refusal is attached', async () => {
    const reference = layout();
    const { code, report, err } = await attest(reference, feeds.found, '--fail-on', 'high');
    assert.equal(code, 1);
    assert.match(err, /refused: 2 findings are rated high or worse/);
    assert.deepEqual([report.outcome, decisions(report)], ['refused', ['refuse', 'pass']]);
    const result = (digest: Digest): unknown =>
      (predicateOf(reference, report, digest, 'summary') as { readonly verificationResult: unknown })
        .verificationResult;
    assert.equal(result(digests.amd64), 'FAILED');
    assert.equal(result(digests.arm64), 'PASSED');
    assert.equal(result(digests.index), 'FAILED');
    assert.equal((await verify(reference)).code, 1);
  });

  it('the documents fit the published schemas, and name each other', { skip: missing('shared-data') }, async () => {
    const reference = layout();
    const { report } = await attest(reference, feeds.found, '--fail-on', 'high', '--vex', at('vex.json'));
    const read = (kind: OwnEvidence): unknown => predicateOf(reference, report, digests.amd64, kind);
    const vulnerabilities = read('vulnerabilities') as { readonly scanner: { readonly result: unknown } };
    for (const [validate, document] of [
      [cyclonedxValidator(), read('cyclonedx')],
      [openvexValidator(), read('vex')],
      [reportValidator(), vulnerabilities.scanner.result],
      [verdictValidator(), read('verdict')],
    ] as const) {
      assert.ok(validate(document), JSON.stringify(validate.errors));
    }
    const { inputs, policy } = read('verdict') as Verdict;
    const before = report.attached.filter(
      ({ subject, evidence: kind }) => subject.digest === digests.amd64 && kind !== 'summary',
    );
    assert.deepEqual(
      inputs,
      before.slice(0, -1).map(({ predicateType, blob }) => ({ predicateType, digest: blob })),
    );
    const summary = read('summary') as {
      readonly inputAttestations: readonly { readonly digest: { readonly sha256: string } }[];
      readonly policy: { readonly digest: { readonly sha256: string } };
    };
    assert.deepEqual(
      summary.inputAttestations.map(({ digest }) => digest.sha256),
      before.map(({ blob }) => hexOf(blob)),
    );
    assert.equal(summary.policy.digest.sha256, hexOf(policy.digest));
  });

  it('says what is attached on the screen', async () => {
    const args = ['attest', layout(), '--key', at('release.key'), '--scan', '--fail-on', 'high'];
    const { code, out } = await plimsoll(args);
    assert.equal(code, 0);
    assert.match(out, /linux\/amd64 sha256:.*\n.*0 findings, 0 unknowns\n.*PASSED: no finding is rated high or worse/);
    assert.match(out, /✓ SBOM, SPDX +sha256:/);
    assert.match(out, /\nindex +sha256:.*\n +✓ verification summary/);
  });

  it('--only, --on and --platform choose; without --fail-on there is no verdict', async () => {
    const some = await attest(layout(), feeds.clean, '--only', 'spdx, vulnerabilities', '--on', 'platforms');
    assert.deepEqual(kindsOn(some.report, digests.amd64), ['spdx', 'vulnerabilities']);
    assert.deepEqual([some.code, some.report.outcome], [0, null]);
    const unjudged = await attest(layout(), feeds.clean);
    assert.deepEqual(kindsOn(unjudged.report, digests.amd64), ['cyclonedx', 'spdx', 'vulnerabilities']);
    assert.deepEqual(kindsOn(unjudged.report, digests.index), []);
    assert.match(unjudged.report.notes.join(), /No verdict and no summary/);
    const one = await attest(layout(), feeds.clean, '--platform', 'linux/arm64', '--fail-on', 'any');
    assert.deepEqual(kindsOn(one.report, digests.arm64), EVERYTHING);
    assert.deepEqual([kindsOn(one.report, digests.amd64), kindsOn(one.report, digests.index)], [[], []]);
  });

  it('cosign-legacy: all statements under one tag are found, and count', async () => {
    const reference = layout();
    const { code } = await attest(reference, feeds.clean, '--fail-on', 'high', '--format', 'cosign-legacy');
    assert.equal(code, 0);
    const accepted = await verify(reference);
    assert.equal(accepted.code, 0, accepted.out);
  });
});

describe('exceptions', () => {
  it('what is excepted does not count, stays visible, and goes along as OpenVEX', async () => {
    const reference = layout();
    const { code, report } = await attest(reference, feeds.found, '--fail-on', 'high', '--vex', at('vex.json'));
    assert.equal(code, 0);
    assert.deepEqual(decisions(report), ['warn', 'pass']);
    assert.deepEqual(kindsOn(report, digests.amd64), [
      'cyclonedx',
      'spdx',
      'vulnerabilities',
      'vex',
      'verdict',
      'summary',
    ]);
    assert.deepEqual(kindsOn(report, digests.arm64), EVERYTHING);
    const [amd64] = report.judged;
    assert.deepEqual([amd64?.findings, amd64?.exceptions.map(({ package: purl }) => purl)], [2, [MUSL, MUSL]]);
    const { counts, exceptions, decision } = predicateOf(reference, report, digests.amd64, 'verdict') as Verdict;
    assert.deepEqual([decision, counts.findings.critical, counts.excepted], ['warn', 2, 2]);
    assert.deepEqual(exceptions[0]?.justification, 'vulnerable_code_not_in_execute_path');
    const accepted = await verify(reference);
    assert.equal(accepted.code, 0, accepted.out);
  });

  it('what is not excepted still refuses', async () => {
    const { code, report } = await attest(layout(), feeds.found, '--fail-on', 'high', '--vex', at('half.json'));
    assert.deepEqual(
      [code, report.judged[0]?.reasons],
      [1, ['1 finding is rated high or worse', '1 finding is excepted']],
    );
  });

  it("another image's exceptions are none, and that is said", async () => {
    const { code, report } = await attest(layout(), feeds.found, '--fail-on', 'high', '--vex', at('foreign.json'));
    assert.deepEqual([code, decisions(report)], [1, ['refuse', 'pass']]);
    assert.match(report.notes.join('\n'), /foreign\.json: "CVE-2026-1": expected a product that is this image/);
    assert.deepEqual(
      report.judged.flatMap(({ exceptions }) => exceptions),
      [],
    );
  });
});

describe('superseding', () => {
  it('when advisories change: the older is shown as superseded, and counts no longer', async () => {
    const reference = layout();
    const first = await attest(reference, feeds.clean, '--fail-on', 'high');
    assert.equal((await verify(reference)).code, 0);
    const second = await attest(reference, feeds.found, '--fail-on', 'high');
    assert.deepEqual([first.code, second.code], [0, 1]);
    const items = await shown(reference);
    assert.equal(items.length, first.report.attached.length + second.report.attached.length);
    for (const { blob } of second.report.attached) {
      assert.equal(items.find((item) => item.blob === blob)?.supersededBy, null);
    }
    for (const { blob, subject, predicateType } of first.report.attached) {
      const newer = second.report.attached.find(
        (one) => one.subject.digest === subject.digest && one.predicateType === predicateType,
      );
      const by = items.find((item) => item.blob === blob)?.supersededBy;
      // SPDX counts in seconds, which two may share.
      assert.ok(by?.blob === newer?.blob || (by === null && predicateType.includes('spdx')), predicateType);
      assert.ok(by == null || by.timeFrom === 'predicate-time');
    }
    const refused = await verify(reference);
    assert.equal(refused.code, 1);
    assert.match(refused.out, /EVIDENCE_SUPERSEDED/);
    const screen = await plimsoll(['evidence', reference, '--platform', 'all', '--trust', at('local.yaml')]);
    assert.match(screen.out, /superseded by one of \d{4}-/);
    // What is repaired, or excepted, passes again.
    assert.equal((await attest(reference, feeds.found, '--fail-on', 'high', '--vex', at('vex.json'))).code, 0);
    const accepted = await verify(reference);
    assert.equal(accepted.code, 0, accepted.out);
  });

  it('a stranger supersedes nothing', async () => {
    const reference = layout();
    assert.equal((await attest(reference, feeds.clean, '--fail-on', 'high')).code, 0);
    const stranger = ['attest', reference, '--key', at('stranger.key'), '--scan', '--fail-on', 'high'];
    assert.equal((await plimsoll(stranger, feeds.found)).code, 1);
    const items = await shown(reference);
    assert.ok(items.some(({ trusted }) => !trusted));
    assert.deepEqual(
      items.flatMap(({ supersededBy }) => supersededBy ?? []),
      [],
    );
    const accepted = await verify(reference);
    assert.equal(accepted.code, 0, accepted.out);
  });
});

describe('what goes wrong: nothing is attached', () => {
  const cases: readonly (readonly [name: string, code: number, args: readonly string[], says: RegExp])[] = [
    ['a verdict without a gate', 2, ['--only', 'verdict'], /no verdict without --fail-on/],
    ['something that cannot be stated', 2, ['--only', 'sbom'], /some of cyclonedx, spdx/],
    ['a predicate beside it', 2, ['--predicate', 'x', '--type', 'vuln'], /does not go with --scan/],
    ['a reason without a gate', 2, ['--allow-unknown', 'x'], /--allow-unknown needs --fail-on/],
    ['exceptions that are none', 3, ['--fail-on', 'low', '--vex', 'KEY'], /JSON/i],
    ['exceptions that are not there', 3, ['--fail-on', 'low', '--vex', 'nowhere.json'], /nowhere\.json/],
  ];
  for (const [name, code, more, says] of cases) {
    it(`exits with ${code}: ${name}`, async () => {
      const reference = layout();
      const before = filesBelow(reference);
      const words = more.map((word) => word.replace(/^KEY$/, at('release.pub')));
      const outcome = await plimsoll(['attest', reference, '--key', at('release.key'), '--scan', ...words]);
      assert.equal(outcome.code, code, outcome.out + outcome.err);
      assert.match(outcome.err, says);
      assert.deepEqual(filesBelow(reference), before);
    });
  }

  it('options of --scan without it', async () => {
    const told = ['--predicate', at('vex.json'), '--type', 'openvex', '--fail-on', 'high'];
    const { code, err } = await plimsoll(['attest', layout(), '--key', at('release.key'), ...told]);
    assert.equal(code, 2);
    assert.match(err, /--fail-on does not go with --predicate/);
  });

  it('an image that cannot be read', async () => {
    const reference = layout();
    const blobs = join(folderOf(reference), 'blobs/sha256');
    const manifest = JSON.parse(readFileSync(join(blobs, hexOf(digests.arm64)), 'utf8')) as {
      readonly layers: readonly { readonly digest: Digest }[];
    };
    const [broken] = manifest.layers;
    assert.ok(broken !== undefined);
    writeFileSync(join(blobs, hexOf(broken.digest)), 'not a layer');
    const before = filesBelow(reference);
    const cold = temporaryHome();
    try {
      const args = ['attest', reference, '--key', at('release.key'), '--scan', '--fail-on', 'high'];
      const outcome = await cold.plimsoll(args, { ...OPEN, PLIMSOLL_ADVISORIES: feeds.clean });
      assert.equal(outcome.code, 3, outcome.out + outcome.err);
    } finally {
      cold.remove();
    }
    assert.deepEqual(filesBelow(reference), before);
  });

  it('whether it passes is not known', async () => {
    const reference = layout();
    const before = filesBelow(reference);
    const { code, report, err } = await attest(reference, folder, '--fail-on', 'high');
    assert.deepEqual([code, report.outcome, report.attached, report.by], [3, 'unknown', [], null]);
    assert.deepEqual(decisions(report), ['error', 'error']);
    assert.match(err, /not known, nothing is attached/);
    assert.deepEqual(filesBelow(reference), before);
    const allowed = await attest(reference, folder, '--fail-on', 'high', '--allow-unknown', 'no mirror today');
    assert.deepEqual([allowed.code, decisions(allowed.report)], [0, ['warn', 'warn']]);
    const verdict = predicateOf(reference, allowed.report, digests.amd64, 'verdict') as Verdict;
    assert.equal(verdict.allowUnknown, 'no mirror today');
  });

  it('a wrong passphrase', async () => {
    const reference = layout();
    const before = filesBelow(reference);
    const env = { PLIMSOLL_KEY_PASSPHRASE: `${PASSPHRASE}!`, PLIMSOLL_ADVISORIES: feeds.clean };
    const outcome = await home.plimsoll(['attest', reference, '--key', at('release.key'), '--scan'], env);
    said.push(outcome.out, outcome.err);
    assert.equal(outcome.code, 3);
    assert.deepEqual(filesBelow(reference), before);
  });
});

describe('in a registry', { skip: missing('docker-registry') }, () => {
  let registry: DockerRegistry;
  before(async () => {
    registry = await startRegistry();
  });
  after(async () => await registry.stop());

  it('attach, evidence and verify; exceptions by the name of the repository', async () => {
    await pushLayout(at('image'), `http://${registry.host}`, 'team/app');
    const reference = `${registry.host}/team/app:1.0`;
    const product = { '@id': `pkg:oci/app?repository_url=${encodeURIComponent(`${registry.host}/team/app`)}` };
    const statements = ['CVE-2026-1', 'CVE-2026-2'].map((name) => ({
      vulnerability: { name },
      products: [product],
      status: 'fixed',
    }));
    writeFileSync(at('named.json'), JSON.stringify({ ...vex(digests.index, []), statements }));
    const { code, report } = await attest(reference, feeds.found, '--fail-on', 'high', '--vex', at('named.json'));
    assert.equal(code, 0);
    assert.deepEqual(new Set(report.attached.map(({ route }) => route)), new Set(['fallback-tag']));
    assert.equal(report.attached.length, 12);
    const accepted = await verify(reference, 'trust.yaml');
    assert.equal(accepted.code, 0, accepted.out);
    const { out } = await plimsoll(['evidence', reference, '--platform', 'all', '--key', at('release.pub')]);
    assert.match(out, /decision: warn/);
  });
});

it('no secret is in what was said', () => {
  assert.ok(said.length > 60);
  const boxes = readFileSync(at('release.key'), 'utf8').split('\n').slice(1, -2);
  for (const secret of [PASSPHRASE, ...boxes]) {
    assert.ok(!said.some((text) => text.includes(secret)));
  }
});
