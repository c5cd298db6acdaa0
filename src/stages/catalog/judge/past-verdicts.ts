import { loadStoredPolicy } from '#assess/index.ts';
import { type Digest, digestOf } from '#base/digest.ts';
import type { HistoryFact } from '#model/facts.ts';
import type { VerdictRecord, VerdictRecords } from '#model/platform/records.ts';
import type { Environment } from '#model/policy.ts';
import type { Verdict } from '#model/verdict.ts';

const { graceEnd } = await loadStoredPolicy();

/** Records of one environment that are looked at; each says something else than the one before. */
const PAGE = 32;
/** Pages that are read where a grace began before the first one. */
const MOST_PAGES = 16;

/** What was decided of an image in one environment. */
export interface Past {
  /** What was said last; null for nothing, or for a record of another version. */
  readonly newest: PastVerdict | null;
  /** Oldest first. */
  readonly history: readonly HistoryFact[];
}

/** A verdict that was kept. */
export interface PastVerdict {
  readonly verdict: Verdict;
  /** Of its record. */
  readonly digest: Digest;
}

/**
 * The newest records, and so many more as it takes to know since when the rules are broken of which it was said that they are graced: what was announced does not
 * end early, or begin anew, because much was said since. Records of another version are passed over. `now` in milliseconds.
 */
export async function pastOf(
  verdicts: Pick<VerdictRecords, 'history'>,
  { repositoryId, digest }: { readonly repositoryId: string; readonly digest: Digest },
  environment: Environment,
  now: number,
): Promise<Past> {
  const newestFirst: HistoryFact[] = [];
  let newest: PastVerdict | null = null;
  let before: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const records = await verdicts.history(repositoryId, digest, environment.name, PAGE, before);
    const past = records.map(verdictOf);
    newest = page === 0 ? (past[0] ?? null) : newest;
    newestFirst.push(...past.flatMap((one) => (one === null ? [] : [factOf(one)])));
    before = records.at(-1)?.id ?? null;
    if (records.length < PAGE || isGraceKnown(newest, newestFirst, environment, now)) {
      break;
    }
  }
  return { newest, history: newestFirst.toReversed() };
}

function isGraceKnown(
  newest: PastVerdict | null,
  history: readonly HistoryFact[],
  environment: Environment,
  now: number,
): boolean {
  return (newest?.verdict.rules ?? []).every(({ rule, graceUntil }) => {
    const announced = graceUntil === null ? now : Date.parse(graceUntil);
    const end = announced > now ? graceEnd(rule, history, environment, now) : announced;
    return end !== null && end <= announced;
  });
}

/** Null for a record of another version. */
export function verdictOf({ content }: VerdictRecord): PastVerdict | null {
  const verdict = JSON.parse(content) as Partial<Verdict>;
  return verdict.schemaVersion === '2.0' ? { verdict: verdict as Verdict, digest: digestOf(content) } : null;
}

/** Rules that were broken, whatever came of it, and those for which an exception made a difference. */
function factOf({ verdict: { context, decision, rules }, digest }: PastVerdict): HistoryFact {
  const broken = rules
    .filter(({ outcome, exceptions }) => outcome !== 'skipped' && (outcome !== 'passed' || exceptions.length > 0))
    .map(({ rule }) => rule)
    .toSorted();
  return { environment: context.environment, decision, decidedAt: context.time, broken, record: digest };
}
