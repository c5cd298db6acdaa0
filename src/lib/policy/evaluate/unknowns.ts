import { compareText } from '#base/compare.ts';
import type { AdvisoriesFact, Facts, UnknownFact } from '#model/facts.ts';
import type { Environment } from '#model/policy.ts';
import { matchesGlob } from './path-glob.ts';
import { oneLine } from './text.ts';

const REASONS = 10;
const REASON_CHARS = 300;
const SIGNALS: ReadonlySet<string> = new Set(['EPSS', 'KEV']);

/** What is not known and may hide a finding. */
export interface JudgedUnknowns {
  readonly tolerated: number;
  readonly refused: number;
  /** Of those refused, the first. */
  readonly reasons: readonly string[];
  /** When advisories that are still good get too old to be tolerated, milliseconds. */
  readonly turnsAt: readonly number[];
}

type Unknown = Pick<UnknownFact, 'kind' | 'path' | 'reason'>;

/** `now` in milliseconds. */
export function judgeUnknowns(facts: Facts, environment: Environment, now: number): JudgedUnknowns {
  const told = facts.unknowns.filter(({ hidesFindings }) => hidesFindings);
  // Said by the scan already: of the same feeds, and tolerated or not for the same reason.
  const staleFeeds = told.some(({ kind }) => kind === 'stale-advisories') ? [] : feedsOf(facts, environment);
  const stale = staleFeeds.filter(({ from }) => now >= from).map(({ ecosystem }) => staleUnknown(ecosystem));
  const unknowns: readonly Unknown[] = [...told, ...stale];
  const refused = unknowns.filter((unknown) => !isTolerated(unknown, environment));
  const reasons = refused.map(({ path, reason }) => oneLine(path === '' ? reason : `${path}: ${reason}`, REASON_CHARS));
  const matters = !isTolerated(staleUnknown(''), environment);
  return {
    tolerated: unknowns.length - refused.length,
    refused: refused.length,
    reasons: reasons.toSorted(compareText).slice(0, REASONS),
    turnsAt: matters ? staleFeeds.map(({ from }) => from) : [],
  };
}

function isTolerated({ kind, path }: Pick<Unknown, 'kind' | 'path'>, { tolerated }: Environment): boolean {
  return tolerated.some(
    (one) =>
      one.kind === kind &&
      (one.paths.length === 0 || (path !== '' && one.paths.some((glob) => matchesGlob(glob, path)))),
  );
}

interface AgeingFeed {
  readonly ecosystem: string;
  /** From when on it is too old, milliseconds; an instant that is none is in the past. */
  readonly from: number;
}

/** What is known of exploitation hides no finding, however old it is; what does not age (dates of support) is no advisory. */
function feedsOf({ advisories }: Facts, { advisoryMaximumAgeMs }: Environment): readonly AgeingFeed[] {
  return advisories.flatMap(({ ecosystem, staleFrom, checked }: AdvisoriesFact) => {
    if (staleFrom === null || SIGNALS.has(ecosystem)) {
      return [];
    }
    const tooLongAgo = advisoryMaximumAgeMs === null ? [] : [instantOf(checked) + advisoryMaximumAgeMs + 1];
    return [{ ecosystem, from: Math.min(instantOf(staleFrom), ...tooLongAgo) }];
  });
}

function instantOf(text: string): number {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? 0 : milliseconds;
}

function staleUnknown(ecosystem: string): Unknown {
  return { kind: 'stale-advisories', path: '', reason: `what is known of advisories for ${ecosystem} is too old` };
}
