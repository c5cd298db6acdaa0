import { describe, it } from 'node:test';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { MADE, rootFile, signerFile } from '../fixtures/signed/index.ts';
import { cosignAttestation, cosignSignature, testKey } from '../fixtures/signing.ts';
import {
  type Attack,
  assertAccepted,
  assertRefused,
  IMAGE,
  judge,
  keySigner,
  MINUTE,
  NOW,
  signedByCosign,
} from './attack.ts';
import { hashedRekord, partsOf, promised, withEntry } from './rekor.ts';

evidence('trust/bypass-12', 'self-made', 'old signatures, statements and references that a registry serves again');
evidence('trust/bypass-12', 'real tool', 'a signature of cosign 3 with a timestamp');

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const release = testKey();
const log = testKey();
const roots = { own: { rekorKeys: [{ pem: log.pem }] } };
const signers = { release: keySigner(release, { root: 'own' }) };

function loggedAt(at: number, reference?: string): Attachment {
  const signature = cosignSignature(IMAGE, release, (usual) =>
    reference === undefined ? usual : usual.replace('"registry.example/team/app"', JSON.stringify(reference)),
  );
  const { signature: encoded, content } = partsOf(signature);
  const body = hashedRekord(encoded, content, release.pem);
  return withEntry(signature, promised(log, { body, integratedTime: Math.floor(at / 1000), logIndex: 1 }));
}

const fresh = { signature: { signers: ['release'], maxAge: '30d' } };
async function attempt(
  attachments: readonly Attachment[],
  require: readonly object[] = [fresh],
  more: Partial<Attack> = {},
) {
  return await judge({ attachments, signers, roots, require, ...more });
}

const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const summaryAt = (timeVerified: unknown): Attachment =>
  cosignAttestation(IMAGE, release, {
    predicateType: SUMMARY,
    predicate: {
      verifier: { id: 'https://verifier.example' },
      ...(timeVerified === undefined ? {} : { timeVerified }),
      resourceUri: 'registry.example/team/app',
      policy: { uri: 'https://policy.example', digest: { sha256: 'a'.repeat(64) } },
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
    },
  });
const scanned = {
  attestation: { predicateType: SUMMARY, signers: ['release'], maxAge: '2d', ageFrom: 'predicate-time' },
};

describe('old evidence served again: CVE-2024-23332', () => {
  it('young signatures and statements are accepted', async () => {
    assertAccepted(await attempt([loggedAt(NOW - DAY)]));
    assertAccepted(await attempt([summaryAt(new Date(NOW - DAY).toISOString())], [scanned]));
  });

  it('refused: a signature that is too old', async () => {
    assertRefused(
      await attempt([loggedAt(NOW - 31 * DAY)]),
      /^EVIDENCE_STALE .*expected one made between .*found 2026-07-21/,
    );
    assertRefused(await attempt([loggedAt(NOW - 30 * DAY)]), /^EVIDENCE_STALE /);
  });

  it('refused: a signature whose age nobody vouches for', async () => {
    assertRefused(await attempt([cosignSignature(IMAGE, release)]), /^TIME_UNVERIFIED .*age unknown/);
  });

  const statements: readonly (readonly [name: string, time: unknown, fault: RegExp])[] = [
    ['too old', new Date(NOW - 3 * DAY).toISOString(), /^EVIDENCE_STALE .*too old/],
    ['of a time to come', new Date(NOW + HOUR).toISOString(), /^EVIDENCE_STALE /],
    ['of a time that is none', '2026-02-30T00:00:00Z', /^PREDICATE_INVALID .*timeVerified/],
    ['of a time as a number', NOW, /^PREDICATE_INVALID .*timeVerified/],
    ['of no time', undefined, /^(PREDICATE_INVALID|TIME_UNVERIFIED) /],
    ['of a time without a zone', '2026-08-21T11:00:00', /^PREDICATE_INVALID .*timeVerified/],
    ['of a time in a calendar far off', '+275760-09-13T00:00:00Z', /^(PREDICATE_INVALID|EVIDENCE_STALE) /],
  ];
  for (const [name, time, fault] of statements) {
    it(`refused: a statement ${name}`, async () => {
      assertRefused(await attempt([summaryAt(time)], [scanned]), fault);
    });
  }

  it('an acceptance says when time ends it', async () => {
    const { verification } = await attempt([loggedAt(NOW - DAY)]);
    const end = Date.parse(verification.validUntil ?? '');
    assertAccepted(await attempt([loggedAt(NOW - DAY)], [fresh], { now: end - 1 }));
    assertRefused(await attempt([loggedAt(NOW - DAY)], [fresh], { now: end }), /^EVIDENCE_STALE /);
  });

  const same = { signature: { signers: ['release'], signedReference: 'same-reference' } };
  const references: readonly (readonly [name: string, reference: string, tag: string])[] = [
    ['another tag: an old release under the new one', 'registry.example/team/app:1.0', '2.0'],
    ['another repository', 'registry.example/team/old:2.0', '2.0'],
    ['another host', 'evil.example/team/app:2.0', '2.0'],
    ['no tag', 'registry.example/team/app', '2.0'],
    ['a tag that begins so', 'registry.example/team/app:2.0-evil', '2.0'],
    ['a tag in another case', 'registry.example/team/app:RC', 'rc'],
    ['a digest in the place of the tag', `registry.example/team/app@${IMAGE.digest}`, '2.0'],
    ['nothing', '', '2.0'],
  ];
  it('the very reference is accepted', async () => {
    assertAccepted(await attempt([loggedAt(NOW, 'registry.example/team/app:2.0')], [same], { tag: '2.0' }));
    assertAccepted(await attempt([loggedAt(NOW, 'registry.example/team/app:1.0')], [same]));
  });
  for (const [name, reference, tag] of references) {
    it(`refused: a signature for ${name}`, async () => {
      assertRefused(
        await attempt([loggedAt(NOW, reference)], [same], { tag }),
        /^REFERENCE_MISMATCH .*expected "registry\.example\/team\/app:/,
      );
    });
  }
});

describe('a signature of cosign 3 with a timestamp', () => {
  it('refused: when it has got too old', async () => {
    const authority = rootFile('timestamp-authority').replace('-root', '');
    const real = {
      ...signedByCosign('cosign3-timestamp'),
      roots: { own: { timestampAuthorities: [authority] } },
      signers: { release: { key: { file: signerFile('p256'), root: 'own', transparency: 'none' } } },
      require: [{ signature: { signers: ['release'], maxAge: '1h' } }],
    };
    assertAccepted(await judge({ ...real, now: MADE + 10 * MINUTE }));
    assertRefused(await judge({ ...real, now: MADE + 2 * HOUR }), /^EVIDENCE_STALE /);
  });
});
