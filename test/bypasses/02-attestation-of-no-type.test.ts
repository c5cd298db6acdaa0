import { describe, it } from 'node:test';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { attachmentOf, cosignAttestation, cosignSignature, dsseEnvelope, testKey } from '../fixtures/signing.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner, signedByCosign } from './attack.ts';

evidence('trust/bypass-02', 'self-made', 'images whose signed attestations are of other types, or cannot be read');
evidence('trust/bypass-02', 'real tool', 'attestations of cosign 2, asked for a type that is not among them');

const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const SPDX = 'https://spdx.dev/Document';
const release = testKey();
const stranger = testKey();

const summary = {
  verifier: { id: 'https://verifier.example' },
  timeVerified: '2026-08-20T12:00:00Z',
  resourceUri: 'registry.example/team/app',
  policy: { uri: 'https://policy.example', digest: { sha256: 'a'.repeat(64) } },
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
};

async function attempt(attachments: readonly Attachment[], require: readonly object[] = [asked(SUMMARY)]) {
  return await judge({ attachments, require, signers: { release: keySigner(release) } });
}

function asked(predicateType: string): object {
  return { attestation: { predicateType, signers: ['release'] } };
}

/** An envelope with this payload, signed by the right key. */
function signed(payload: string, payloadType?: string): Attachment {
  return attachmentOf(IMAGE, {
    route: 'attestation-tag',
    artifactType: null,
    mediaType: 'application/vnd.dsse.envelope.v1+json',
    annotations: new Map([['predicateType', SUMMARY]]),
    content: dsseEnvelope(Buffer.from(payload), release.privateKey, payloadType),
  });
}

function bare(payload: string, mediaType = 'application/vnd.in-toto+json'): Attachment {
  return attachmentOf(IMAGE, {
    route: 'referrers',
    artifactType: 'application/vnd.in-toto+json',
    mediaType,
    annotations: new Map([['in-toto.io/predicate-type', SUMMARY]]),
    content: Buffer.from(payload),
  });
}

const [, hex = ''] = IMAGE.digest.split(':');
const subject = [{ name: 'app', digest: { sha256: hex } }];
const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType: SUMMARY, predicate: summary };
const text = JSON.stringify(statement);
const other = cosignAttestation(IMAGE, release, { predicateType: SPDX, predicate: { spdxVersion: 'SPDX-2.3' } });
const foreign = cosignAttestation(IMAGE, stranger, { predicateType: SUMMARY, predicate: summary });

const NONE = /attestation .*: 0 of 1 found/;
const attacks: readonly (readonly [name: string, attachments: readonly Attachment[], fault: RegExp])[] = [
  ['nothing hangs on the image', [], NONE],
  ['attestations of another type alone (CVE-2022-35929, CVE-2022-35930)', [other, other], NONE],
  ['a signature and no attestation', [cosignSignature(IMAGE, release)], NONE],
  ['the right type by somebody else, beside another type by the right one', [foreign, other], /^SIGNATURE_INVALID /],
  [
    'another type that an annotation calls the right one',
    [{ ...other, annotations: new Map([['dev.sigstore.bundle.predicateType', SUMMARY]]) }],
    NONE,
  ],
  ['a payload that is no JSON (CVE-2026-39395)', [signed('no JSON')], /^JSON_INVALID /],
  ['a payload that is empty', [signed('')], /^(ENVELOPE_INVALID|JSON_INVALID) /],
  ['a payload that is null', [signed('null')], /^ENVELOPE_INVALID .*expected an object, found null/],
  ['a payload that is a list', [signed('[]')], /^ENVELOPE_INVALID .*expected an object/],
  [
    'a statement of another version',
    [signed(text.replace('Statement/v1', 'Statement/v9'))],
    /^ENVELOPE_INVALID .*_type/,
  ],
  [
    'a statement without subjects',
    [signed(JSON.stringify({ ...statement, subject: [] }))],
    /^ENVELOPE_INVALID .*at least one subject/,
  ],
  [
    'a subject without digests',
    [signed(JSON.stringify({ ...statement, subject: [{ name: 'app', digest: {} }] }))],
    /^ENVELOPE_INVALID .*at least one digest/,
  ],
  ['no predicate', [signed(JSON.stringify({ ...statement, predicate: undefined }))], /^PREDICATE_INVALID /],
  ['a predicate that is null', [signed(JSON.stringify({ ...statement, predicate: null }))], /^PREDICATE_INVALID /],
  [
    'a predicate that is a text',
    [signed(JSON.stringify({ ...statement, predicate: 'PASSED' }))],
    /^PREDICATE_INVALID /,
  ],
  ['another payload type', [signed(text, 'application/json')], /^ENVELOPE_(INVALID|UNSUPPORTED) .*payloadType/],
  ['an empty payload type', [signed(text, '')], /^ENVELOPE_INVALID .*payloadType/],
  ['the statement, and nobody signed it', [bare(text)], /^UNSIGNED .*content that nobody signed/],
  [
    'an envelope without signatures',
    [
      attachmentOf(IMAGE, {
        route: 'attestation-tag',
        artifactType: null,
        mediaType: 'application/vnd.dsse.envelope.v1+json',
        annotations: new Map(),
        content: Buffer.from(
          JSON.stringify({
            payloadType: 'application/vnd.in-toto+json',
            payload: Buffer.from(text).toString('base64'),
            signatures: [],
          }),
        ),
      }),
    ],
    /^ENVELOPE_INVALID .*at least one signature, found none/,
  ],
];

describe('no attestation of the type passes, or one that cannot be read: CVE-2022-35929, CVE-2022-35930, CVE-2026-39395, CVE-2026-44310', () => {
  it('the attestation itself is accepted', async () => {
    assertAccepted(await attempt([signed(text)]));
  });

  for (const [name, attachments, fault] of attacks) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attempt(attachments), fault);
    });
  }

  it('refused: every type but one of those that are asked for', async () => {
    assertRefused(await attempt([signed(text)], [asked(SUMMARY), asked(SPDX)]), /spdx.*: 0 of 1 found/i);
  });

  it('a name that begins like the type is another type', async () => {
    assertRefused(await attempt([signed(text)], [asked(`${SUMMARY}.1`)]), NONE);
    assertRefused(await attempt([signed(text.replace(SUMMARY, `${SUMMARY}x`))]), NONE);
  });
});

describe('attestations of cosign 2', () => {
  it('refused: every type but the one that is asked for', async () => {
    const real = signedByCosign('cosign2-attestations');
    assertAccepted(await judge({ ...real, require: [asked(SPDX)] }));
    assertRefused(await judge({ ...real, require: [asked(SUMMARY)] }), NONE);
    assertRefused(await judge({ ...real, require: [asked(SPDX), asked(SUMMARY)] }), NONE);
  });
});
