import type { Digest } from '#base/digest.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { EvidenceProblem, Verification, VerifiedRule } from '#model/evidence.ts';
import { formatPlatform } from '#model/platform.ts';
import { type PlatformCoverage, rulesFor, type TrustConfiguration, type TrustRule } from '../configuration/index.ts';
import type { Judged } from './judged.ts';
import { type Asked, checkRequirement, type RequirementAnswer } from './requirements.ts';

export interface JudgedImage extends Asked {
  readonly subjects: readonly EvidenceSubject[];
}

/** Every rule for every image: all have to be met, and where there is no rule nothing is. */
export function verifyRules(
  configuration: TrustConfiguration,
  image: JudgedImage,
  judged: readonly Judged[],
  problems: readonly EvidenceProblem[],
): Verification {
  const rules = rulesFor(configuration, image.repository);
  const targets = targetsOf(image.subjects);
  const answers = targets.flatMap((target) => rules.map((rule) => answerRule(rule, target, judged, image)));
  const reasons = [
    ...(rules.length === 0 ? [noRule(configuration, image.repository)] : []),
    ...(targets.length === 0 ? ['no image to judge'] : []),
    ...answers.flatMap(({ rule }) => rule.reasons),
  ];
  const turns = answers.flatMap(({ validUntil }) => validUntil ?? []);
  const accepted = reasons.length === 0;
  return {
    outcome: accepted ? 'accepted' : problems.some(isUnanswered) && rules.length > 0 ? 'unknown' : 'refused',
    reasons,
    rules: answers.map(({ rule }) => rule),
    validUntil: accepted && turns.length > 0 ? new Date(Math.min(...turns)).toISOString() : null,
  };
}

/** A question that was not answered, as against an attachment that is bad: what it would have brought is not known. */
function isUnanswered({ attachment, code }: EvidenceProblem): boolean {
  return attachment === null && code !== 'REFERRERS_TOO_MANY';
}

interface Target {
  /** The manifest that would run, or the index where nothing below it was chosen. */
  readonly image: EvidenceSubject;
  /** The index that lists it. */
  readonly index: EvidenceSubject | null;
}

function targetsOf(subjects: readonly EvidenceSubject[]): readonly Target[] {
  const index = subjects.find(({ kind }) => kind === 'index') ?? null;
  const manifests = subjects.filter(({ kind }) => kind === 'manifest');
  if (manifests.length === 0) {
    return index === null ? [] : [{ image: index, index: null }];
  }
  // An index speaks for what it lists and for nothing else.
  return manifests.map((image) => ({ image, index: index?.children.includes(image.digest) === true ? index : null }));
}

interface RuleAnswer {
  readonly rule: VerifiedRule;
  readonly validUntil: number | null;
}

function answerRule(rule: TrustRule, target: Target, judged: readonly Judged[], asked: Asked): RuleAnswer {
  const requirements = rule.requirements.flatMap((requirement) =>
    coveringOf(rule.platforms, target).map(({ covering, where }) => {
      const answer = checkRequirement(requirement, judged, covering, asked);
      const words = requirement.kind === 'refuse' ? '' : where;
      return { ...answer, requirement: { ...answer.requirement, requirement: answer.requirement.requirement + words } };
    }),
  );
  const met = requirements.length > 0 && requirements.every(({ requirement }) => requirement.outcome === 'accepted');
  const platform = target.image.platform === null ? null : formatPlatform(target.image.platform);
  return {
    rule: {
      rule: rule.name,
      image: target.image.digest,
      platform,
      outcome: met ? 'accepted' : 'refused',
      reasons: reasonsOf(rule, platform, requirements),
      requirements: requirements.map(({ requirement }) => requirement),
    },
    validUntil: earliest(requirements),
  };
}

interface Covering {
  readonly covering: ReadonlySet<Digest>;
  /** Behind the words of the requirement, where it has to be met in one of several places. */
  readonly where: string;
}

/** The sets of manifests of which each has to meet a requirement. */
function coveringOf(platforms: PlatformCoverage, { image, index }: Target): readonly Covering[] {
  const own = new Set([image.digest]);
  if (index === null) {
    return [{ covering: own, where: '' }];
  }
  const onIndex = { covering: new Set([index.digest]), where: ' on the index' };
  const onManifest = { covering: own, where: ' on the manifest' };
  switch (platforms) {
    case 'index':
      return [onIndex];
    case 'each':
      return [onManifest];
    case 'both':
      return [onIndex, onManifest];
    case 'either':
      return [{ covering: new Set([index.digest, image.digest]), where: '' }];
  }
}

function earliest(answers: readonly RequirementAnswer[]): number | null {
  const turns = answers.flatMap(({ validUntil }) => validUntil ?? []);
  return turns.length === 0 ? null : Math.min(...turns);
}

function reasonsOf(
  { name }: TrustRule,
  platform: string | null,
  answers: readonly RequirementAnswer[],
): readonly string[] {
  const where = platform === null ? '' : ` (${platform})`;
  if (answers.length === 0) {
    return [`rule ${name}${where} asks for nothing`];
  }
  return answers
    .map(({ requirement }) => requirement)
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ requirement, needed, found }) => {
      const count = needed === 0 ? '' : `: ${found} of ${needed} found`;
      return `rule ${name}${where}: ${requirement}${count}`;
    });
}

function noRule(configuration: TrustConfiguration, repository: string | null): string {
  const what = repository === null ? 'images without a repository' : repository;
  return `no rule of ${configuration.name} is for ${what}`;
}
