import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { assessEvidence } from '#assess/index.ts';
import { silentLog } from '#base/log.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { type ReferrersRegistry, startReferrersRegistry } from '../fixtures/referrers-registry.ts';
import { MADE, SIGNED_FIXTURES, type SignedFixture, signedLayout } from '../fixtures/signed/index.ts';
import { type TrustChange, trustFor } from '../fixtures/signed-trust.ts';
import { sourceAccess } from '../fixtures/source-access.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'trust/verify-images',
  'real tool',
  'images signed and attested by cosign 2.2.4, 2.6.5 and 3.1.3 and by notation-go 1.3.2, from layouts, docker-registry and a registry with the referrers API',
);

const MINUTE = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-e2e-signed-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** An hour's validity is the shortest in the fixtures. */
async function verify(reference: string, fixture: SignedFixture, change: TrustChange = {}): Promise<EvidenceReport> {
  const path = join(folder, `${fixture.id}${change.wrongSigner ? '-wrong' : ''}.yaml`);
  writeFileSync(path, trustFor(fixture, change));
  const clock = { now: () => MADE + 10 * MINUTE };
  return await assessEvidence(reference, {
    kind: 'evidence',
    tool: { name: 'plimsoll', version: '0.0.0' },
    host: { os: 'linux', architecture: 'amd64' },
    platform: 'all',
    home: join(folder, 'home'),
    cacheBytes: 0,
    access: sourceAccess({ clock }),
    offline: false,
    trust: { kind: 'file', path },
    clock,
    signal: AbortSignal.timeout(60_000),
    log: silentLog,
  });
}

/** Two forms are refused: Ed25519 over a digest, which nobody but its maker verifies, and signatures by a certificate that names nobody. */
function isGood(fixture: SignedFixture): boolean {
  return fixture.signatures.every(({ prehashed, signer }) => !prehashed && signer !== 'code-signing');
}

/** What is judged, without where it was found. */
function judged(report: EvidenceReport): object {
  return {
    outcome: report.verification?.outcome,
    rules: report.verification?.rules.map(({ image, requirements }) => ({
      image,
      requirements: requirements.map(({ requirement, found, accepted }) => ({ requirement, found, accepted })),
    })),
    evidence: report.evidence
      .map(({ subject, blob, trusted, accepted, predicateType }) => ({
        subject,
        blob,
        trusted,
        accepted,
        predicateType,
      }))
      .toSorted((a, b) => (`${a.subject}${a.blob}` < `${b.subject}${b.blob}` ? -1 : 1)),
  };
}

function refusals(report: EvidenceReport): string {
  return JSON.stringify(report.verification?.rules, null, 1);
}

describe('images that cosign and notation signed', () => {
  let accepted = 0;
  for (const fixture of SIGNED_FIXTURES) {
    it(`${fixture.id} verifies from its layout`, async () => {
      const report = await verify(`oci:${signedLayout(fixture.id)}:1.0`, fixture);
      assert.deepEqual(report.problems, []);
      assert.equal(report.evidence.length, fixture.signatures.length);
      assert.equal(report.verification?.outcome, isGood(fixture) ? 'accepted' : 'refused', refusals(report));
      accepted += isGood(fixture) ? 1 : 0;
    });
    it(`${fixture.id} is refused for somebody else`, async () => {
      const report = await verify(`oci:${signedLayout(fixture.id)}:1.0`, fixture, { wrongSigner: true });
      assert.equal(report.verification?.outcome, 'refused');
      assert.ok(report.verification.rules.some(({ requirements }) => requirements.some(({ found }) => found === 0)));
    });
  }
  it('most are good', (t) => {
    t.diagnostic(`${accepted} of ${SIGNED_FIXTURES.length} accepted`);
    assert.ok(accepted >= 35, `${accepted}`);
  });
});

describe('signed images in registries', { skip: missing('docker-registry', 'go') }, () => {
  let without: DockerRegistry;
  let withApi: ReferrersRegistry;
  before(async () => {
    [without, withApi] = await Promise.all([startRegistry(), startReferrersRegistry()]);
  });
  after(async () => {
    await Promise.all([without.stop(), withApi.stop()]);
  });

  for (const fixture of SIGNED_FIXTURES) {
    it(`${fixture.id} is judged alike wherever it lies`, async () => {
      const expected = judged(await verify(`oci:${signedLayout(fixture.id)}:1.0`, fixture));
      for (const { host } of [without, withApi]) {
        await pushLayout(signedLayout(fixture.id), `http://${host}`, `signed/${fixture.id}`);
        const report = await verify(`${host}/signed/${fixture.id}:1.0`, fixture);
        assert.deepEqual(report.problems, []);
        assert.deepEqual(judged(report), expected);
      }
    });
  }
});
