import type { JudgedFacts, StoredOrigin } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
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

/** How the reason begins where it is not policy that refuses. */
export const NOT_TRUSTED = 'what hangs on it is refused by the trust document';

/**
 * What a source says whom to trust counts besides what policies ask: what is not signed as that wants is refused, whatever they say. A broken rule that reads
 * evidence has no grace where the trust configuration refuses the image: what was signed by somebody else than before is not the same any more.
 */
export function outcomeOf(
  { verdict, record }: Pick<JudgedFacts, 'verdict' | 'record'>,
  report: Report,
  origin: Pick<StoredOrigin, 'source' | 'trust'>,
): Outcome {
  const { decision, because, reasons, context, rules } = verdict;
  const graced = rules.filter(({ graceUntil, effect }) => graceUntil !== null && effect === 'warn');
  const shared = {
    environment: context.environment,
    validUntil: verdict.validUntil === null ? null : Date.parse(verdict.validUntil),
    verdict: record,
    graceUntil: null,
  };
  const doubt = origin.source === null ? null : doubtOf(report, origin.trust);
  if (doubt !== null && (doubt.outcome === 'refused' || decision !== 'refuse')) {
    return { ...shared, ...doubt };
  }
  const reason = decision === 'admit' ? '' : told(reasons);
  const isForged = report.trust?.verification?.outcome === 'refused' && graced.some(readsEvidence);
  if (decision === 'refuse' || isForged) {
    const outcome = because === 'unknowns' ? 'unknown' : 'refused';
    return { ...shared, reason, outcome, isCertain: isForged || because === 'rules' };
  }
  const outcome = decision === 'warn' ? 'warned' : 'admitted';
  return { ...shared, reason, outcome, graceUntil: firstEnd(graced), isCertain: true };
}

/** Null where nobody has to be trusted, or what has to be there is. */
function doubtOf({ trust }: Report, document: string | null): Pick<Outcome, 'outcome' | 'reason' | 'isCertain'> | null {
  const verification = trust?.verification ?? null;
  if (document === null || verification?.outcome === 'accepted') {
    return null;
  }
  if (verification?.outcome === 'refused') {
    const reason = `${NOT_TRUSTED} ${document}: ${told(verification.reasons)}`;
    return { outcome: 'refused', reason, isCertain: true };
  }
  const why = verification === null ? (trust?.notLookedAt ?? 'nobody looked') : told(verification.reasons);
  const reason = `whether what hangs on it is as the trust document ${document} wants is not known: ${why}`;
  return { outcome: 'unknown', reason, isCertain: false };
}

/** Whether another verdict says the same: then the earlier record stands for both. */
export function saysTheSame(one: Verdict, other: Verdict): boolean {
  return canonicalJson(saidBy(one)) === canonicalJson(saidBy(other));
}

function saidBy({ decision, because, reasons, rules, exceptions, unknowns, validUntil, score }: Verdict): unknown {
  const told = rules.map(({ rule, outcome, effect, message, graceUntil }) => [
    rule,
    outcome,
    effect,
    message,
    graceUntil,
  ]);
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
