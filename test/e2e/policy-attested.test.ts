import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Digest, digestOf, hexOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { OwnEvidenceReport } from '#model/own-evidence-report.ts';
import { VERDICT_TYPE, type Verdict } from '#model/verdict.ts';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import {
  decisions,
  EVERYTHING,
  evidenceWorkshop,
  filesBelow,
  kindsOn,
  predicateOf,
} from '../fixtures/evidence-workshop.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'policy/attested-verdicts',
  'real tool',
  'verdicts by policy attached by a key, found and believed again; in docker-registry too',
);

const { at, attest, digests, feeds, layout, plimsoll, remove } = await evidenceWorkshop();
after(remove);

mkdirSync(at('policies'));
writeFileSync(
  at('policies/all.yaml'),
  `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: cves }
validations:
  - name: first
    expression: "!findings.exists(f, f.id == 'CVE-2026-1')"
    message: CVE-2026-1 is in it
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: production }
policies: [{ policy: cves }]
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: development }
policies: [{ policy: cves, action: warn }]
---
apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: vouched }
validations:
  - name: signed
    expression: "evidence.signatures.exists(s, s.signer == 'release')"
    message: nobody has signed it
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: vouched }
policies: [{ policy: cves }, { policy: vouched }]
`,
);
const BY = ['--policies', at('policies')];

/** What a deployment to production asks for: the verdict for it, and the summary of its own verifier, of every platform and the index. */
function trust(name: string, resourceUri: string, environment: string): void {
  const summary = `{ verifiers: [{ id: 'https://plimsoll.dev/verifier/policy/v1/${environment}' }], levels: [PLIMSOLL_POLICY_ADMITTED], resourceUri: ${resourceUri} }`;
  writeFileSync(
    at(name),
    `apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: sailing }
signers:
  release: { key: { file: release.pub, transparency: none } }
rules:
  - name: platforms
    repositories: ['**', local]
    platforms: each
    require:
      - attestation: { predicateType: policy-verdict, signers: [release], environments: [${environment}], maxAge: 1d, ageFrom: predicate-time }
      - attestation: { predicateType: verification-summary, signers: [release], summary: ${summary} }
  - name: index
    repositories: ['**', local]
    platforms: index
    require:
      - attestation: { predicateType: verification-summary, signers: [release], summary: ${summary} }
`,
  );
}
trust('production.yaml', 'oci://local', 'production');
trust('development.yaml', 'oci://local', 'development');
trust('registry.yaml', '{ matches: "pkg:oci/app[?]repository_url=.+" }', 'production');

const verify = async (
  reference: string,
  configuration: string,
): Promise<{ readonly code: number | null; readonly out: string }> =>
  await plimsoll(['verify', reference, '--platform', 'all', '--trust', at(configuration)]);

interface Summary {
  readonly verifier: { readonly id: string };
  readonly resourceUri: string;
  readonly policy: { readonly uri: string; readonly digest: { readonly sha256: string } };
  readonly verificationResult: string;
  readonly verifiedLevels: readonly string[];
}

const verdictOn = (reference: string, report: OwnEvidenceReport, digest: Digest): Verdict =>
  predicateOf(reference, report, digest, 'verdict') as Verdict;

describe('attest --scan --environment', () => {
  it('attaches the verdict for the environment and a summary that names its revision; verify believes them', async () => {
    const reference = layout();
    assert.equal((await verify(reference, 'production.yaml')).code, 1);
    const { code, report, err } = await attest(reference, feeds.clean, '--environment', 'production', ...BY);
    assert.equal(code, 0, err);
    assert.deepEqual(
      [report.environment, report.outcome, decisions(report)],
      ['production', 'passed', ['pass', 'pass']],
    );
    assert.deepEqual(kindsOn(report, digests.amd64), EVERYTHING);
    assert.deepEqual(kindsOn(report, digests.index), ['summary']);
    const types = report.attached.filter(({ evidence: kind }) => kind === 'verdict').map((one) => one.predicateType);
    assert.deepEqual(new Set(types), new Set([VERDICT_TYPE]));
    const verdict = verdictOn(reference, report, digests.amd64);
    assert.deepEqual(
      [verdict.decision, verdict.context.environment, verdict.image.digest, verdict.image.platform],
      ['admit', 'production', digests.amd64, 'linux/amd64'],
    );
    for (const digest of [digests.amd64, digests.arm64, digests.index]) {
      const summary = predicateOf(reference, report, digest, 'summary') as Summary;
      assert.deepEqual(
        [summary.verifier.id, summary.resourceUri, summary.verificationResult, summary.verifiedLevels],
        [
          'https://plimsoll.dev/verifier/policy/v1/production',
          'oci://local',
          'PASSED',
          ['SLSA_BUILD_LEVEL_UNEVALUATED', 'PLIMSOLL_POLICY_ADMITTED', 'PLIMSOLL_UNCONDITIONAL'],
        ],
      );
      assert.equal(summary.policy.digest.sha256, hexOf(verdict.inputs.revision));
    }
    const accepted = await verify(reference, 'production.yaml');
    assert.equal(accepted.code, 0, accepted.out);
    assert.equal((await verify(reference, 'development.yaml')).code, 1, 'what may sail there may not sail here');
  });

  it('the attached verdict replays, byte for byte', async () => {
    const reference = layout();
    const { report } = await attest(reference, feeds.found, '--environment', 'production', ...BY);
    const record = canonicalJson(verdictOn(reference, report, digests.amd64));
    writeFileSync(at('record.json'), record);
    const replayed = await plimsoll(['policy', 'replay', at('record.json'), '-o', 'json']);
    assert.equal(replayed.code, 0, replayed.err);
    assert.ok(replayed.out.includes(digestOf(record)), replayed.out);
  });

  it('a refusal is attached, by the environment that refuses, and takes nothing from another', async () => {
    const reference = layout();
    const development = await attest(reference, feeds.found, '--environment', 'development', ...BY);
    assert.deepEqual([development.code, decisions(development.report)], [0, ['warn', 'pass']]);
    assert.equal((await verify(reference, 'development.yaml')).code, 0);
    const production = await attest(reference, feeds.found, '--environment', 'production', ...BY);
    assert.deepEqual([production.code, decisions(production.report)], [1, ['refuse', 'pass']]);
    assert.match(production.err, /refused: .*CVE-2026-1 is in it/);
    const index = predicateOf(reference, production.report, digests.index, 'summary') as Summary;
    assert.equal(index.verificationResult, 'FAILED');
    assert.equal((await verify(reference, 'production.yaml')).code, 1);
    const still = await verify(reference, 'development.yaml');
    assert.equal(still.code, 0, still.out);
  });

  it('a refusal since takes back what was admitted', async () => {
    const reference = layout();
    assert.equal((await attest(reference, feeds.clean, '--environment', 'production', ...BY)).code, 0);
    assert.equal((await verify(reference, 'production.yaml')).code, 0);
    assert.equal((await attest(reference, feeds.found, '--environment', 'production', ...BY)).code, 1);
    const { code, out } = await verify(reference, 'production.yaml');
    assert.equal(code, 1);
    assert.match(out, /EVIDENCE_SUPERSEDED/);
  });

  it('nothing is attached when only what is not known stands in the way', async () => {
    const reference = layout();
    const before = filesBelow(reference);
    const { code, report } = await attest(reference, at('nothing'), '--environment', 'production', '--offline', ...BY);
    assert.deepEqual([code, report.outcome, report.attached], [3, 'unknown', []]);
    assert.deepEqual(filesBelow(reference), before);
  });

  it('with --trust, policies see what hangs on the image; what others except is not said again', async () => {
    const reference = layout();
    writeFileSync(
      at('vouched.yaml'),
      `apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: vouched }
signers:
  release: { key: { file: release.pub, transparency: none } }
rules:
  - { name: all, repositories: ['**', local], platforms: either, require: [{ signature: { signers: [release] } }] }
`,
    );
    const asked = ['--environment', 'vouched', ...BY];
    const trusting = [...asked, '--trust', at('vouched.yaml')];
    const signed = await plimsoll(['sign', reference, '--key', at('release.key'), '--on', 'both']);
    assert.equal(signed.code, 0, signed.err);
    const blind = await attest(reference, feeds.clean, ...asked);
    assert.match(blind.err, /refused: .*nobody has signed it/);
    const seen = await attest(reference, feeds.found, ...trusting, '--vex', at('vex.json'));
    assert.equal(seen.code, 0, seen.err);
    assert.ok(kindsOn(seen.report, digests.amd64).includes('vex'));
    const again = await attest(reference, feeds.found, ...trusting);
    assert.equal(again.code, 0, again.err);
    assert.equal(again.report.judged[0]?.exceptions.length, 2);
    assert.ok(!kindsOn(again.report, digests.amd64).includes('vex'));
  });

  it('one basis for a verdict, and an environment that there is', async () => {
    const args = ['attest', layout(), '--key', at('release.key'), '--scan', ...BY, '--environment'];
    const both = await plimsoll([...args, 'production', '--fail-on', 'high']);
    assert.deepEqual([both.code, both.out], [2, '']);
    assert.match(both.err, /two answers to what an image is judged by/);
    const nowhere = await plimsoll([...args, 'prodution']);
    assert.notEqual(nowhere.code, 0);
    assert.match(nowhere.err, /prodution/);
  });
});

describe('in a registry', { skip: missing('docker-registry') }, () => {
  let registry: DockerRegistry;
  before(async () => {
    registry = await startRegistry();
  });
  after(async () => await registry.stop());

  it('attach and verify; the summary names the repository', async () => {
    await pushLayout(at('image'), `http://${registry.host}`, 'team/app');
    const reference = `${registry.host}/team/app:1.0`;
    const { code, err } = await attest(reference, feeds.clean, '--environment', 'production', ...BY);
    assert.equal(code, 0, err);
    const accepted = await verify(reference, 'registry.yaml');
    assert.equal(accepted.code, 0, accepted.out);
    const { out } = await plimsoll(['evidence', reference, '--platform', 'all', '--key', at('release.pub')]);
    assert.match(out, /environment: production/);
    assert.match(out, /decision: admit/);
  });
});
