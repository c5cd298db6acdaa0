import { quote } from '#base/error.ts';
import type { TagRule } from '#model/policy.ts';
import { CelError } from '../language/error.ts';
import { createMeter } from '../language/index.ts';
import { groupsOf, matchesWhole } from '../language/library/regex-door.ts';
import { isInRange, parseRange, RANGE_FORMS } from './semver-range.ts';

/** Of one pattern over one tag: a tag has 128 characters at most, so that this is more than any pattern needs that is not too large. */
const BUDGET = 1_000_000_000;

/** OCI distribution specification, "Pulling manifests". */
function isTag(text: string): boolean {
  return /^[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}$/.test(text);
}

/** Whether one of the rules takes the tag. Without a rule none is taken. */
export function acceptsTag(rules: readonly TagRule[], tag: string): boolean {
  return isTag(tag) && rules.some((rule) => accepts(rule, tag));
}

/** What was expected in place of the value of a rule; null for one that is sound. */
export function tagRuleFault(rule: TagRule): string | null {
  switch (rule.kind) {
    case 'exact':
      return isTag(rule.tag) ? null : 'a tag: letters, digits, . _ and -, at most 128 of them';
    case 'semver':
      return parseRange(rule.range) === null ? RANGE_FORMS : null;
    case 'matches':
      return patternFault(rule.pattern);
  }
}

/** As a part of a message: `latest, versions >=1.2 <2`. */
export function describeTagRules(rules: readonly TagRule[]): string {
  const texts = rules.map((rule) => {
    switch (rule.kind) {
      case 'exact':
        return rule.tag;
      case 'semver':
        return `versions ${rule.range}`;
      case 'matches':
        return `tags that match ${quote(rule.pattern, 80)}`;
    }
  });
  return texts.length === 0 ? 'no tag, only digests' : texts.join(', ');
}

function accepts(rule: TagRule, tag: string): boolean {
  switch (rule.kind) {
    case 'exact':
      return tag === rule.tag;
    case 'semver': {
      const range = parseRange(rule.range);
      return range !== null && isInRange(range, tag);
    }
    case 'matches':
      return matchesWhole(tag, rule.pattern, createMeter(BUDGET, 0n));
  }
}

function patternFault(pattern: string): string | null {
  try {
    groupsOf(pattern, createMeter(BUDGET, 0n));
    return null;
  } catch (error) {
    if (error instanceof CelError) {
      return `a pattern in RE2 syntax (${error.message})`;
    }
    throw error;
  }
}
