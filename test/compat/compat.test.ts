import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { assessEvidence } from '#assess/index.ts';
import { silentLog } from '#base/log.ts';
import type { EvidenceReport } from '#model/evidence.ts';
import { evidence } from '../evidence.ts';
import { sourceAccess } from '../fixtures/source-access.ts';
import { ACCEPTED, type Accepted, acceptedLayout, acceptedSigner, MADE } from './index.ts';

evidence(
  'trust/sign-images',
  'real tool',
  'what Plimsoll signed and cosign 2.6.5 and 3.1.3, skopeo 1.13.3, podman 5.6.2 and notation-go 1.3.2 accepted, kept as layouts',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-compat-'));
after(() => rmSync(folder, { recursive: true }));
const PREDICATE_TYPES: Readonly<Record<string, string>> = {
  cyclonedx: 'https://cyclonedx.org/bom',
  slsaprovenance1: 'https://slsa.dev/provenance/v1',
};

/** A trust configuration that asks for what was signed, by `signer`. */
function trustFor({ id, sign }: Accepted, signer: Pick<Accepted, 'key' | 'sign'>): string {
  const file = acceptedSigner(signer);
  const isNotation = sign.format.startsWith('notation');
  const store = { type: 'ca', certificates: [file] };
  const named = {
    stores: ['store'],
    identities: ['C=NL, ST=Zeeland, O=Plimsoll fixtures'],
    level: 'strict',
    override: { revocation: 'skip', authenticTimestamp: 'log' },
  };
  const requirement =
    sign.predicate === null
      ? { signature: { signers: ['signer'] } }
      : { attestation: { predicateType: PREDICATE_TYPES[sign.predicate], signers: ['signer'] } };
  const path = join(folder, `${id}-${signer.key}.yaml`);
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Trust',
      metadata: { name: id },
      ...(isNotation ? { stores: { store } } : {}),
      signers: { signer: isNotation ? { x509: named } : { key: { file, transparency: 'none' } } },
      rules: [{ name: 'signed', repositories: ['local'], platforms: 'either', require: [requirement] }],
    }),
  );
  return path;
}

async function verify(accepted: Accepted, signer: Pick<Accepted, 'key' | 'sign'>): Promise<EvidenceReport> {
  const clock = { now: () => MADE + 60_000 };
  return await assessEvidence(`oci:${acceptedLayout(accepted.id)}:1.0`, {
    kind: 'evidence',
    tool: { name: 'plimsoll', version: '0.0.0' },
    host: { os: 'linux', architecture: 'amd64' },
    platform: 'all',
    home: join(folder, 'home'),
    cacheBytes: 0,
    access: sourceAccess({ clock }),
    offline: false,
    trust: { kind: 'file', path: trustFor(accepted, signer) },
    clock,
    signal: AbortSignal.timeout(60_000),
    log: silentLog,
  });
}

describe('what other tools accepted of what was signed here', () => {
  for (const accepted of ACCEPTED) {
    it(`${accepted.id} verifies, and is refused for somebody else`, async () => {
      const report = await verify(accepted, accepted);
      assert.deepEqual(report.problems, []);
      assert.equal(report.verification?.outcome, 'accepted', JSON.stringify(report.verification));
      assert.equal(report.evidence.length, report.image.subjects.length, 'one on each manifest');
      const another = ACCEPTED.find(({ key, sign }) => key !== accepted.key && sign.format === accepted.sign.format);
      assert.equal((await verify(accepted, another ?? assert.fail())).verification?.outcome, 'refused');
    });
  }

  it('every layout is listed', () => {
    const folders = readdirSync(join(import.meta.dirname, 'fixtures'));
    assert.deepEqual([...ACCEPTED.map(({ id }) => id), 'certificates', 'keys'].toSorted(), folders.toSorted());
  });
});
