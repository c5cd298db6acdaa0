import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Digest, hexOf } from '#base/digest.ts';
import type { GateVerdict } from '#model/gate-verdict.ts';
import type { OwnEvidence } from '#model/own-evidence-report.ts';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { decisions, EVERYTHING, evidenceWorkshop, kindsOn, predicateOf } from '../fixtures/evidence-workshop.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { MUSL } from '../fixtures/two-platforms.ts';
import { missing } from '../prerequisites.ts';
import {
  cyclonedxValidator,
  gateVerdictValidator,
  openvexValidator,
  reportValidator,
  signingReportValidator,
  spdx2Validator,
} from '../schemas.ts';

evidence(
  'trust/own-evidence',
  'published',
  'what attest --scan states, under the schemas of CycloneDX 1.6, SPDX 2.3 and OpenVEX 0.2.0; docker-registry',
);

const { at, attest, digests, feeds, layout, plimsoll, remove, shown, verify, vex } = await evidenceWorkshop();
after(remove);

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
      [spdx2Validator(), read('spdx')],
      [openvexValidator(), read('vex')],
      [reportValidator(), vulnerabilities.scanner.result],
      [gateVerdictValidator(), read('verdict')],
    ] as const) {
      assert.ok(validate(document), JSON.stringify(validate.errors));
    }
    const { inputs, policy } = read('verdict') as GateVerdict;
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

  it('what attest says of a file, and sign of an image, fits its published schema', async () => {
    const validate = signingReportValidator();
    for (const args of [['sign'], ['attest', '--predicate', at('vex.json'), '--type', 'openvex']]) {
      const { out } = await plimsoll([...args, layout(), '--key', at('release.key'), '--on', 'both', '-o', 'json']);
      assert.ok(validate(JSON.parse(out)), JSON.stringify(validate.errors));
    }
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
    const { counts, exceptions, decision } = predicateOf(reference, report, digests.amd64, 'verdict') as GateVerdict;
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
      assert.ok(by === undefined || by === null || by.timeFrom === 'predicate-time');
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
