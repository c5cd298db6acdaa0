import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Evaluation, evaluate, loadTrustConfiguration, type TrustConfiguration } from '#lib/trust/index.ts';
import type { Attachment, AttachmentProblem, EvidenceSubject } from '#model/attachment.ts';
import type { Verification } from '#model/evidence.ts';
import { SIGNED_FIXTURES, SUBJECTS, signerFile } from '../fixtures/signed/index.ts';
import { signedAttachments } from '../fixtures/signed-attachments.ts';
import { type TestKey, testSubject } from '../fixtures/signing.ts';

/** When every attack takes place, unless it says otherwise. */
export const NOW: number = Date.parse('2026-08-21T12:00:00Z');
export const MINUTE = 60_000;
export const REPOSITORY = 'registry.example/team/app';

/** The image that the attacks of this folder are about. */
export const IMAGE: EvidenceSubject = testSubject('the image', { platform: { os: 'linux', architecture: 'amd64' } });

type Entries = Readonly<Record<string, object>>;

/** Something that must not be accepted: a configuration, and what hangs on the image. */
export interface Attack {
  readonly attachments: readonly Attachment[];
  readonly signers: Entries;
  readonly require?: readonly object[];
  /** Instead of one rule for the repository with `require`. */
  readonly rules?: readonly object[];
  readonly roots?: Entries;
  readonly stores?: Entries;
  readonly platforms?: 'index' | 'each' | 'both' | 'either';
  readonly subjects?: readonly EvidenceSubject[];
  readonly problems?: readonly AttachmentProblem[];
  readonly repository?: string | null;
  readonly tag?: string | null;
  readonly now?: number;
}

export interface Judgement extends Evaluation {
  readonly verification: Verification;
}

export function keySigner({ pem }: TestKey, more: object = {}): object {
  return { key: { pem, transparency: 'none', ...more } };
}

/** `require` for one signature by these. */
export function signedBy(...signers: readonly string[]): object {
  return { signature: { signers } };
}

/** A configuration from its members, read as a user's file is. */
export async function trusting(document: object): Promise<TrustConfiguration> {
  const whole = { apiVersion: 'plimsoll.dev/v1', kind: 'Trust', metadata: { name: 'attacked' }, ...document };
  return await loadTrustConfiguration(JSON.stringify(whole), '/attacked.yaml', async (path) => await readFile(path));
}

export async function judge(attack: Attack): Promise<Judgement> {
  const { signers, roots = {}, stores = {}, subjects = [IMAGE], platforms = 'either' } = attack;
  const require = attack.require ?? [signedBy(...Object.keys(signers))];
  const rules = attack.rules ?? [{ name: 'rule', repositories: ['registry.example/team/**'], platforms, require }];
  const configuration = await trusting({ roots, stores, signers, rules });
  return judgeBy(configuration, { ...attack, subjects });
}

export function judgeBy(configuration: TrustConfiguration, attack: Omit<Attack, 'signers'>): Judgement {
  const { repository = REPOSITORY, tag = null, subjects = [IMAGE], now = NOW } = attack;
  const discoveries = subjects.map(({ digest }, at) => ({
    attachments: attack.attachments.filter(({ subject }) => subject === digest),
    problems: at === 0 ? (attack.problems ?? []) : [],
  }));
  const result = evaluate({ configuration, repository, tag, subjects, discoveries, now });
  assert.ok(result.verification !== null);
  return { ...result, verification: result.verification };
}

/** Every reason that a judgement gives: codes with their texts. */
function reasonsOf({ verification, evidence, problems }: Judgement): readonly string[] {
  return [
    ...verification.reasons,
    ...verification.rules.flatMap(({ requirements }) =>
      requirements.flatMap(({ rejected }) => rejected.map(({ code, reason }) => `${code} ${reason}`)),
    ),
    ...evidence.flatMap(({ rejected }) => rejected.map(({ code, reason }) => `${code} ${reason}`)),
    ...problems.map(({ code, reason }) => `${code} ${reason}`),
  ];
}

/** The attack failed, and somebody who reads the refusal learns why: `CODE`, then a text that tells. */
export function assertRefused(judgement: Judgement, fault: RegExp, name = ''): void {
  const reasons = reasonsOf(judgement);
  const shown = `${name}\n${reasons.join('\n')}`;
  assert.notEqual(judgement.verification.outcome, 'accepted', `accepted: ${shown}`);
  assert.ok(judgement.verification.reasons.length > 0, `no reason given: ${shown}`);
  assert.ok(
    reasons.some((reason) => fault.test(reason)),
    `expected ${fault}: ${shown}`,
  );
}

/** That an honest variant is accepted, without which a refusal would show nothing. */
export function assertAccepted(judgement: Judgement): void {
  assert.equal(judgement.verification.outcome, 'accepted', reasonsOf(judgement).join('\n'));
}

/** What cosign hung on an image, and its signer `release`, whose key is `keys/p256.pub` of the fixtures. */
export function signedByCosign(id: string): Pick<Attack, 'attachments' | 'signers' | 'subjects'> {
  assert.ok(SIGNED_FIXTURES.some((fixture) => fixture.id === id && fixture.tool === 'cosign'));
  const attachments = signedAttachments(id);
  const size = attachments.find(({ declaredSubject }) => declaredSubject !== null)?.declaredSubject?.size ?? 1;
  return {
    attachments,
    signers: { release: { key: { file: signerFile('p256'), transparency: 'none' } } },
    subjects: [{ ...IMAGE, digest: SUBJECTS.amd64, size, platform: null }],
  };
}
