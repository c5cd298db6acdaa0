import { loadTagPatterns, parseScope, scopeCovers } from '#lib/access/index.ts';
import type { RepositoryDetails } from '#model/platform/judgement.ts';
import type { KeptImage } from '#model/platform/retention.ts';

/** Which images go, when nothing keeps them. All that is said has to hold. */
export interface RetentionRule {
  /** For whoever asks why. */
  readonly name: string;
  /** As of a grant: `*`, `team/app`, `team/*`. */
  readonly repositories: string;
  /** Labels of the repository; none for any. */
  readonly labels: Readonly<Record<string, string>>;
  /** RE2: each tag of an image has to be of one of these; none for any. */
  readonly tags: readonly string[];
  /** Whether images without a tag are meant as well. */
  readonly untagged: boolean;
  /** Annotations of the manifest; none for any. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of those that are meant, so many of each repository stay: the newest, by when they were pushed or tagged. */
  readonly keepLast: number;
  /** Only what was pushed and tagged before so many milliseconds; null for any age. */
  readonly olderThanMs: number | null;
}

/** An image that a rule lets go. */
export interface Candidate {
  readonly image: KeptImage;
  /** The name of the rule. */
  readonly rule: string;
}

export function isForRepository(
  { repositories, labels }: RetentionRule,
  name: string,
  details: Pick<RepositoryDetails, 'labels'> | null,
): boolean {
  const scope = parseScope(repositories);
  return scope !== null && scopeCovers(scope, name) && isLabelled(details?.labels ?? {}, labels);
}

/** The names of rules with a pattern that is none. They let nothing go that has a tag. */
export async function brokenRules(rules: readonly RetentionRule[]): Promise<readonly string[]> {
  const { parseTagPattern } = await loadTagPatterns();
  return rules.filter(({ tags }) => tags.some((text) => parseTagPattern(text) === null)).map(({ name }) => name);
}

/** What rules let go of the images of one repository, each by the first rule that does. Pure but for the patterns. */
export async function candidates(
  images: readonly KeptImage[],
  rules: readonly RetentionRule[],
  now: number,
): Promise<readonly Candidate[]> {
  const found = new Map<string, Candidate>();
  for (const rule of rules) {
    const isMeant = await meaning(rule);
    const meant = images.filter(isMeant).toSorted((a, b) => b.freshAt - a.freshAt || (a.digest < b.digest ? -1 : 1));
    for (const image of meant.slice(rule.keepLast)) {
      const isOld = rule.olderThanMs === null || image.freshAt < now - rule.olderThanMs;
      if (isOld && !found.has(image.digest)) {
        found.set(image.digest, { image, rule: rule.name });
      }
    }
  }
  return [...found.values()];
}

/** A pattern that is none is of no tag: here, what nobody understands stays. */
async function meaning({ tags, untagged, annotations }: RetentionRule): Promise<(image: KeptImage) => boolean> {
  const { parseTagPattern } = await loadTagPatterns();
  const patterns = tags.map((text) => parseTagPattern(text) ?? (() => false));
  return (image) =>
    (image.tags.length > 0 || untagged) &&
    (patterns.length === 0 || image.tags.every((tag) => patterns.some((isOf) => isOf(tag)))) &&
    isLabelled(image.annotations, annotations);
}

function isLabelled(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(found, key) && found[key] === value);
}
