import type { ImageFacts } from '#model/facts.ts';
import type { PolicyContext, PolicyMatch, Stage } from '#model/policy.ts';
import { parsePattern } from '#model/repository-pattern.ts';

/**
 * Why a policy does not speak of an image here, a sentence part; null where it does as far as stage, repository and platform go. Where the
 * platform of an image is not known, it may be any.
 */
export function unmatchedBy(match: PolicyMatch, { repository, platform }: ImageFacts, stage: Stage): string | null {
  if (!isForStage(match.stages, stage)) {
    return `the policy is for the stages ${match.stages.join(', ')}`;
  }
  if (match.repositories.length > 0 && !matchesAny(match.repositories, repository)) {
    return `the policy is for the repositories ${match.repositories.join(', ')}`;
  }
  if (matchesAny(match.excludeRepositories, repository)) {
    return `the policy is not for the repositories ${match.excludeRepositories.join(', ')}`;
  }
  const ofPlatform =
    match.platforms.length === 0 || platform === null || match.platforms.some((named) => isWithin(platform, named));
  return ofPlatform ? null : `the policy is for the platforms ${match.platforms.join(', ')}`;
}

/** An empty list is of all stages. */
export function isForStage(stages: readonly PolicyContext['stage'][], stage: PolicyContext['stage']): boolean {
  return stages.length === 0 || stages.includes(stage);
}

/** A pattern that is none matches nothing. */
export function matchesAny(patterns: readonly string[], repository: string | null): boolean {
  return patterns.some((text) => {
    const pattern = parsePattern(text);
    return typeof pattern !== 'string' && pattern.matches(repository);
  });
}

/** `linux/arm64` is every variant of it. */
function isWithin(platform: string, named: string): boolean {
  return platform === named || platform.startsWith(`${named}/`);
}
