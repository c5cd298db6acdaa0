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
import {
  ACCEPTED,
  type Accepted,
  acceptedLayout,
  acceptedSigner,
  MADE,
  SIGNERS,
  TIMESTAMP_ROOT_FILE,
  trustedRootFile,
} from './index.ts';

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

type Signed = Pick<Accepted, 'key' | 'sign' | 'seen'>;

/** A trust configuration that asks for what was signed, by `signer`, and for all who saw it. */
function trustFor({ id, sign }: Accepted, signer: Signed): string {
  const isNotation = sign.format.startsWith('notation');
  const requirement =
    sign.predicate === null
      ? { signature: { signers: ['signer'] } }
      : { attestation: { predicateType: PREDICATE_TYPES[sign.predicate], signers: ['signer'] } };
  const stores = {
    store: { type: 'ca', certificates: [isNotation ? acceptedSigner(signer) : ''] },
    tsa: { type: 'tsa', certificates: [TIMESTAMP_ROOT_FILE] },
  };
  const path = join(folder, `${id}-${signer.key}-${signer.seen.join('-')}.yaml`);
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Trust',
      metadata: { name: id },
      roots: { own: { file: trustedRootFile(signer) } },
      ...(isNotation ? { stores } : {}),
      signers: { signer: isNotation ? named(signer) : signerEntry(signer) },
      rules: [{ name: 'signed', repositories: ['local'], platforms: 'either', require: [requirement] }],
    }),
  );
  return path;
}

function named({ seen }: Signed): object {
  const stamped = seen.includes('timestamp');
  const override = { revocation: 'skip', ...(stamped ? {} : { authenticTimestamp: 'log' }) };
  return {
    x509: {
      stores: ['store'],
      ...(stamped ? { timestampAuthorities: ['tsa'] } : {}),
      identities: ['C=NL, ST=Zeeland, O=Plimsoll fixtures'],
      level: 'strict',
      override,
    },
  };
}

function signerEntry(signer: Signed): object {
  const { key, seen } = signer;
  if (isIdentity(key)) {
    return { keyless: { root: 'own', ...SIGNERS[key] } };
  }
  // A key that counts for a while needs somebody who says when it signed.
  const dated = { root: 'own', validFrom: new Date(MADE - 3_600_000).toISOString() };
  return {
    key: {
      file: acceptedSigner(signer),
      transparency: seen.includes('log') || seen.includes('promise') ? 'required' : 'none',
      ...(seen.length > 0 ? dated : {}),
    },
  };
}

function isIdentity(key: string): key is keyof typeof SIGNERS {
  return key in SIGNERS;
}

/** Somebody else who signs in the same way. */
function strangerTo({ key, sign, seen }: Accepted): Signed {
  if (isIdentity(key)) {
    return { key: key === 'person' ? 'workflow' : 'person', sign, seen };
  }
  const other = ACCEPTED.find((one) => !isIdentity(one.key) && one.key !== key && one.sign.format === sign.format);
  return { ...(other ?? assert.fail()), seen };
}

async function verify(accepted: Accepted, signer: Signed): Promise<EvidenceReport> {
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
      assert.equal((await verify(accepted, strangerTo(accepted))).verification?.outcome, 'refused');
    });

    if (
      accepted.seen.length < 2 &&
      !accepted.seen.includes('promise') &&
      !accepted.sign.format.startsWith('notation')
    ) {
      it(`${accepted.id} is refused where a witness is asked for that did not see it`, async () => {
        const seen = accepted.seen.includes('timestamp') ? (['log'] as const) : (['timestamp'] as const);
        assert.equal((await verify(accepted, { ...accepted, seen })).verification?.outcome, 'refused');
      });
    }
  }

  it('every layout is listed', () => {
    const folders = readdirSync(join(import.meta.dirname, 'fixtures'));
    assert.deepEqual(
      [
        ...ACCEPTED.map(({ id }) => id),
        'certificates',
        'keys',
        'trusted-root-promises.json',
        'trusted-root.json',
      ].toSorted(),
      folders.toSorted(),
    );
  });
});
