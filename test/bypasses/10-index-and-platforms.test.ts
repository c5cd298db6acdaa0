import { describe, it } from 'node:test';
import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { SUBJECTS } from '../fixtures/signed/index.ts';
import { cosignAttestation, cosignSignature, testKey, testSubject } from '../fixtures/signing.ts';
import { type Attack, assertAccepted, assertRefused, judge, keySigner, signedBy, signedByCosign } from './attack.ts';

evidence('trust/bypass-10', 'self-made', 'indexes and platforms of which only others are signed');
evidence('trust/bypass-10', 'real tool', 'an index that cosign 2 signed');

const release = testKey();
const amd64 = testSubject('amd64', { platform: { os: 'linux', architecture: 'amd64' } });
const arm64 = testSubject('arm64', { platform: { os: 'linux', architecture: 'arm64' } });
const stray = testSubject('stray', { platform: { os: 'linux', architecture: 's390x' } });
const MEDIA_TYPE = 'application/vnd.oci.image.index.v1+json';
const index = testSubject('index', { kind: 'index', mediaType: MEDIA_TYPE, children: [amd64.digest, arm64.digest] });
const other = testSubject('other index', { kind: 'index', mediaType: MEDIA_TYPE, children: [stray.digest] });

const on = (...subjects: readonly EvidenceSubject[]): readonly Attachment[] =>
  subjects.map((subject) => cosignSignature(subject, release));

type Platforms = NonNullable<Attack['platforms']>;

async function attempt(
  platforms: Platforms,
  subjects: readonly EvidenceSubject[],
  attachments: readonly Attachment[],
  more: Partial<Attack> = {},
) {
  return await judge({ platforms, subjects, attachments, signers: { release: keySigner(release) }, ...more });
}

const NONE = /: 0 of 1 found/;
const both = [index, amd64, arm64];
const refused: readonly (readonly [
  name: string,
  platforms: Platforms,
  subjects: readonly EvidenceSubject[],
  signed: readonly EvidenceSubject[],
])[] = [
  ['index: only the platforms are signed (ratify#101)', 'index', both, [amd64, arm64]],
  ['each: only the index is signed (notation#1229)', 'each', both, [index]],
  ['each: one platform of two is signed (kyverno#12630)', 'each', both, [amd64]],
  ['either: one platform of two is signed', 'either', both, [amd64]],
  ['both: only the index is signed', 'both', both, [index]],
  ['both: only the platforms are signed', 'both', both, [amd64, arm64]],
  ['both: the index and one platform of two are signed', 'both', both, [index, amd64]],
  ['index: a platform that the signed index does not list (ratify#2157)', 'index', [index, stray], [index]],
  ['either: a platform that the signed index does not list', 'either', [index, stray], [index]],
  ['each: a platform that the signed index does not list', 'each', [index, stray], [index]],
  ['both: a platform that the signed index does not list', 'both', [index, stray], [index]],
  ['either: a platform without its index, of which only that is signed', 'either', [amd64], [index]],
  ['index: an index of which only another one is signed', 'index', both, [other]],
];

describe('index and platform taken for each other: ratify#101, notation#1229, kyverno#12630, ratify#2157', () => {
  it('what each way asks for is accepted', async () => {
    assertAccepted(await attempt('index', both, on(index)));
    assertAccepted(await attempt('each', both, on(amd64, arm64)));
    assertAccepted(await attempt('both', both, on(index, amd64, arm64)));
    assertAccepted(await attempt('either', both, on(index)));
    assertAccepted(await attempt('either', both, on(amd64, arm64)));
  });

  for (const [name, platforms, subjects, signed] of refused) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attempt(platforms, subjects, on(...signed)), NONE);
    });
  }

  it('refused: a signature of a platform that hangs on the index, and the other way round', async () => {
    const [ofPlatform] = on(amd64);
    const [ofIndex] = on(index);
    const moved = (attachment: Attachment | undefined, subject: EvidenceSubject): readonly Attachment[] =>
      attachment === undefined ? [] : [{ ...attachment, subject: subject.digest }];
    assertRefused(
      await attempt('index', both, moved(ofPlatform, index)),
      /^SUBJECT_MISMATCH .*expected index .*found sha256/,
    );
    const onPlatforms = [...moved(ofIndex, amd64), ...moved(ofIndex, arm64)];
    assertRefused(await attempt('each', both, onPlatforms), /^SUBJECT_MISMATCH .*expected manifest .*found sha256/);
  });

  it('refused: a statement about one platform for all', async () => {
    const predicateType = 'https://example.com/tested';
    const statement = (subject: EvidenceSubject): Attachment =>
      cosignAttestation(subject, release, { predicateType, predicate: {} });
    const require = [{ attestation: { predicateType, signers: ['release'] } }];
    assertAccepted(await attempt('each', both, [statement(amd64), statement(arm64)], { require }));
    assertRefused(
      await attempt('each', both, [statement(amd64)], { require }),
      /\(linux\/arm64\): attestation .*0 of 1 found/,
    );
  });

  it('refused: two halves of a threshold on two platforms', async () => {
    const second = testKey();
    const attachments = [cosignSignature(amd64, release), cosignSignature(arm64, second)];
    const signers = { release: keySigner(release), second: keySigner(second) };
    const require = [{ signature: { signers: ['release', 'second'], threshold: 2 } }];
    for (const platforms of ['each', 'either', 'both', 'index'] as const) {
      assertRefused(await attempt(platforms, both, attachments, { signers, require }), /: [01] of 2 found/);
    }
  });

  it('refused: two rules of which each is met by another platform', async () => {
    const second = testKey();
    const rule = (name: string): object => ({
      name,
      repositories: ['**'],
      platforms: 'each',
      require: [signedBy(name)],
    });
    const signers = { release: keySigner(release), second: keySigner(second) };
    const attachments = [cosignSignature(amd64, release), cosignSignature(arm64, second)];
    assertRefused(
      await attempt('each', both, attachments, { signers, rules: [rule('release'), rule('second')] }),
      /rule second \(linux\/amd64\).*0 of 1 found/,
    );
  });
});

describe('an index that cosign 2 signed', () => {
  it('refused: where each platform has to be signed, and for what it does not list', async () => {
    const { attachments, signers } = signedByCosign('cosign2-index');
    const signed = { ...index, digest: SUBJECTS.index, children: [SUBJECTS.amd64, SUBJECTS.arm64] };
    const platform = { ...amd64, digest: SUBJECTS.amd64 };
    assertAccepted(await judge({ attachments, signers, subjects: [signed, platform], platforms: 'index' }));
    assertRefused(await judge({ attachments, signers, subjects: [signed, platform], platforms: 'each' }), NONE);
    assertRefused(await judge({ attachments, signers, subjects: [signed, platform], platforms: 'both' }), NONE);
    assertRefused(await judge({ attachments, signers, subjects: [signed, stray], platforms: 'index' }), NONE);
  });
});
