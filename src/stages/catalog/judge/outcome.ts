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
  /** The first instant at which time alone could change the verdict: then it is asked for again. */
  readonly validUntil: number | null;
  /** Until when an approval by it stands, whether somebody asks again or not: the end of a grace, or of an exception that lets the image pass. Null for no end. */
  readonly endsAt: number | null;
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
    endsAt: null,
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
  const graceUntil = firstOf(graced.map((rule) => rule.graceUntil));
  const endsAt = firstOf([...graced.map((rule) => rule.graceUntil), ...endsOfExceptions(verdict)]);
  return { ...shared, reason, outcome, graceUntil, endsAt, isCertain: true };
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

/**
 * Whether a later verdict says the same: then the earlier record stands for both. Every look at the feeds moves the instant at which they get too old, so that
 * it counts no more than that an earlier record promises nothing that is over, or too much.
 */
export function saysTheSame(earlier: Verdict, later: Verdict): boolean {
  return canonicalJson(saidBy(earlier)) === canonicalJson(saidBy(later)) && isValidStill(earlier, later);
}

function isValidStill({ validUntil }: Verdict, later: Verdict): boolean {
  if (validUntil === null || later.validUntil === null) {
    return validUntil === later.validUntil;
  }
  const end = Date.parse(validUntil);
  return Date.parse(later.context.time) < end && end <= Date.parse(later.validUntil);
}

function saidBy({ decision, because, reasons, rules, exceptions, unknowns, score }: Verdict): unknown {
  const told = rules.map(({ rule, outcome, effect, message, graceUntil }) => [
    rule,
    outcome,
    effect,
    message,
    graceUntil,
  ]);
  return [decision, because, reasons, told, exceptions.map(({ digest }) => digest), unknowns, score.value];
}

function readsEvidence({ saw }: RuleResult): boolean {
  return saw.some(({ expression }) => /\bevidence\b|\bsign/.test(expression));
}

/** Of those without which a rule would refuse the image. */
function endsOfExceptions({ exceptions, rules }: Verdict): readonly string[] {
  const denying = new Set(rules.filter(({ action }) => action === 'deny').map(({ rule }) => rule));
  return exceptions.filter((one) => one.rules.some((rule) => denying.has(rule))).map(({ expires }) => expires);
}

function firstOf(instants: readonly (string | null)[]): number | null {
  const ends = instants.flatMap((instant) => (instant === null ? [] : [Date.parse(instant)]));
  return ends.length === 0 ? null : Math.min(...ends);
}

function told(reasons: readonly string[]): string {
  const more = reasons.length - MOST_REASONS;
  const text = `${reasons.slice(0, MOST_REASONS).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1)}…` : text;
}
