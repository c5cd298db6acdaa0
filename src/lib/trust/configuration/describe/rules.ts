import { quote } from '#base/error.ts';
import type {
  AttestationRequirement,
  Freshness,
  PlatformCoverage,
  ProvenanceRequirement,
  Requirement,
  SignatureRequirement,
  SignedReference,
  SummaryRequirement,
  TrustedSigner,
  TrustRule,
} from '../configuration.ts';
import type { Described } from './described.ts';
import { matcherText } from './matchers.ts';

const PLATFORMS: Readonly<Record<PlatformCoverage, string>> = {
  index: 'signed on the index, which covers all that it lists',
  each: 'signed on the manifest of each platform',
  both: 'signed on the index and on the manifest of each platform',
  either: 'signed on the index or on the manifest of each platform',
};

/** What a rule asks of which repositories, one fact for each requirement. */
export function describeRule({ name, repositories, except, platforms, requirements }: TrustRule): Described {
  return {
    title: name,
    facts: [
      { label: 'images', value: repositories.map(({ text }) => text).join(', ') },
      ...(except.length === 0 ? [] : [{ label: 'except', value: except.map(({ text }) => text).join(', ') }]),
      { label: 'platforms', value: PLATFORMS[platforms] },
      ...requirements.map((requirement) => ({ label: 'require', value: requirementText(requirement) })),
    ],
  };
}

function requirementText(requirement: Requirement): string {
  if (requirement.kind === 'refuse') {
    return `nothing passes: ${requirement.reason}`;
  }
  const parts =
    requirement.kind === 'signature'
      ? [`a signature ${signersText(requirement)}`, referenceText(requirement.signedReference)]
      : [
          `an attestation of ${requirement.predicateType.text} ${signersText(requirement)}`,
          ...provenanceTexts(requirement.provenance),
          ...summaryTexts(requirement.summary),
          listText('for', requirement.environments),
        ];
  return [...parts, freshnessText(requirement.freshness)].filter((part) => part !== '').join('; ');
}

function signersText({ signers, threshold }: SignatureRequirement | AttestationRequirement): string {
  if (threshold > 1) {
    const names = signers.map(({ name, operator }) => (name === operator ? name : `${name} (${operator})`));
    return `by ${threshold} different operators of ${names.join(', ')}`;
  }
  return `by ${namesOf(signers)}`;
}

function namesOf(signers: readonly TrustedSigner[]): string {
  return signers.map(({ name }) => name).join(' or ');
}

function referenceText(reference: SignedReference | null): string {
  switch (reference?.kind) {
    case undefined:
      return '';
    case 'same-repository':
      return 'over a payload that names the repository of the image';
    case 'same-reference':
      return 'over a payload that names the image as it is asked for';
    case 'repository':
      return `over a payload that names ${reference.repository}`;
  }
}

function freshnessText(freshness: Freshness | null): string {
  if (freshness === null) {
    return '';
  }
  const minutes = freshness.maxAge / 60_000;
  const age =
    minutes % 1440 === 0
      ? `${minutes / 1440} days`
      : minutes % 60 === 0
        ? `${minutes / 60} hours`
        : `${minutes} minutes`;
  const by = freshness.ageFrom === 'verified-time' ? 'a verified time' : 'the time in the statement';
  return `at most ${age} old by ${by}`;
}

function provenanceTexts(provenance: ProvenanceRequirement | null): readonly string[] {
  if (provenance === null) {
    return [];
  }
  const { builders, minimumLevel, buildTypes, sources, refs, externalParameters } = provenance;
  return [
    `built by ${builders.map(({ id, level, signers }) => `${quote(id)} (SLSA level ${level}, says ${namesOf(signers)})`).join(' or ')}`,
    minimumLevel === null ? '' : `SLSA level ${minimumLevel} at least`,
    listText('build type', buildTypes),
    listText('from', sources),
    listText('at', refs),
    externalParameters === null
      ? ''
      : `external parameters: ${externalParameters.length === 0 ? 'none' : `no others than ${quoted(externalParameters)}`}`,
  ];
}

function summaryTexts(summary: SummaryRequirement | null): readonly string[] {
  if (summary === null) {
    return [];
  }
  const { verifiers, levels, resourceUri } = summary;
  return [
    `PASSED says ${verifiers.map(({ id, signers }) => `${quote(id)} (signed by ${namesOf(signers)})`).join(' or ')}`,
    `with ${levels.join(' and ')}`,
    `about ${matcherText(resourceUri)}`,
  ];
}

function listText(label: string, texts: readonly string[] | null): string {
  return texts === null ? '' : `${label} ${quoted(texts)}`;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => quote(text)).join(' or ');
}
