import type { JudgedFacts } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Report } from '#model/report.ts';
import type { RuleResult, Verdict } from '#model/verdict.ts';

/** What a verdict comes to. */
export interface Outcome {
  readonly environment: string;
  readonly outcome: Judgement['outcome'];
  /** A sentence part; empty for what is admitted without a word. */
  readonly reason: string;
  /** A rule is broken, and only the environment's grace lets the image pass: until then, milliseconds. */
  readonly graceUntil: number | null;
  /** Whether rules refuse it for certain. What stands in the way otherwise is that something is not known. */
  readonly isCertain: boolean;
  readonly validUntil: number | null;
  /** Of the record. */
  readonly verdict: Digest;
}

/** Reasons that are told. */
const MOST_REASONS = 3;
const MOST_CHARS = 600;

/**
 * A broken rule that reads evidence has no grace where the trust configuration refuses the image: what was signed by somebody else than before is not
 * the same any more.
 */
export function outcomeOf({ verdict, record }: Pick<JudgedFacts, 'verdict' | 'record'>, report: Report): Outcome {
  const { decision, because, reasons, context, rules } = verdict;
  const graced = rules.filter(({ graceUntil, effect }) => graceUntil !== null && effect === 'warn');
  const isForged = report.trust?.verification?.outcome === 'refused' && graced.some(readsEvidence);
  const shared = {
    environment: context.environment,
    reason: decision === 'admit' ? '' : told(reasons),
    validUntil: verdict.validUntil === null ? null : Date.parse(verdict.validUntil),
    verdict: record,
  };
  if (decision === 'refuse' || isForged) {
    const isUnknown = because === 'unknowns';
    return { ...shared, outcome: isUnknown ? 'unknown' : 'refused', graceUntil: null, isCertain: isForged || because === 'rules' };
  }
  const outcome = decision === 'warn' ? 'warned' : 'admitted';
  return { ...shared, outcome, graceUntil: firstEnd(graced), isCertain: true };
}

/** Whether another verdict says the same: then the earlier record stands for both. */
export function saysTheSame(one: Verdict, other: Verdict): boolean {
  return JSON.stringify(saidBy(one)) === JSON.stringify(saidBy(other));
}

function saidBy({ decision, because, reasons, rules, exceptions, unknowns, validUntil, score }: Verdict): unknown {
  const told = rules.map(({ rule, outcome, effect, message, graceUntil }) => [rule, outcome, effect, message, graceUntil]);
  return [decision, because, reasons, told, exceptions.map(({ digest }) => digest), unknowns, validUntil, score.value];
}

function readsEvidence({ saw }: RuleResult): boolean {
  return saw.some(({ expression }) => /\bevidence\b|\bsign/.test(expression));
}

function firstEnd(graced: readonly RuleResult[]): number | null {
  const ends = graced.flatMap(({ graceUntil }) => (graceUntil === null ? [] : [Date.parse(graceUntil)]));
  return ends.length === 0 ? null : Math.min(...ends);
}

function told(reasons: readonly string[]): string {
  const more = reasons.length - MOST_REASONS;
  const text = `${reasons.slice(0, MOST_REASONS).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1)}…` : text;
}
