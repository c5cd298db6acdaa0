import type { Comparison, VersionScheme } from '#lib/versions/index.ts';
import type { AffectedRange, RangeEvent } from '#model/advisory.ts';
import type { RangeTrace } from './trace.ts';

/** Whether a version is in a range. `fixedIn` is the lowest fixed bound above it. */
export type RangeResult =
  | { readonly kind: 'affected'; readonly fixedIn: string | null }
  | { readonly kind: 'unaffected' }
  /** A bound or the version itself is none that the scheme can read. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What an event does to the state of the versions from its bound on. */
interface Turn {
  readonly bound: string;
  readonly opens: boolean;
}

const UNAFFECTED: RangeResult = { kind: 'unaffected' };

/**
 * The evaluation algorithm of the OSV schema: of the events that lie at or below the version, the highest decides, and
 * `introduced: 0` lies below every version. Events may come in any order. Where an interval ends and another begins at
 * the same bound, or begins and ends there, the state stays as it was.
 */
export function evaluateRange(
  range: AffectedRange,
  version: string,
  scheme: VersionScheme,
  trace?: RangeTrace,
): RangeResult {
  const against = scheme.against(version);
  const turns: Turn[] = [];
  const limits: boolean[] = [];
  let startsAffected = false;
  let fixedIn: string | null = null;
  for (const event of range.events) {
    const bound = boundOf(event);
    if ('introduced' in event && bound === '0') {
      startsAffected = true;
      trace?.bounds.push({ event, compared: null });
      continue;
    }
    if ('limit' in event && bound === '*') {
      limits.push(true);
      trace?.bounds.push({ event, compared: null });
      continue;
    }
    const compared = against(bound);
    trace?.bounds.push({ event, compared });
    if (!compared.ok) {
      return { kind: 'unknown', reason: compared.reason };
    }
    if ('limit' in event) {
      limits.push(compared.order < 0);
    } else if ('last_affected' in event ? compared.order > 0 : compared.order >= 0) {
      turns.push({ bound, opens: 'introduced' in event });
    } else if ('fixed' in event && (fixedIn === null || isBelow(scheme.compare(bound, fixedIn)))) {
      fixedIn = bound;
    }
  }
  const withinLimits = limits.length === 0 || limits.includes(true);
  const affected = withinLimits && stateAfter(turns, startsAffected, scheme);
  if (trace !== undefined) {
    trace.affected = affected;
  }
  return affected ? { kind: 'affected', fixedIn } : UNAFFECTED;
}

function boundOf(event: RangeEvent): string {
  if ('introduced' in event) {
    return event.introduced;
  }
  if ('fixed' in event) {
    return event.fixed;
  }
  return 'last_affected' in event ? event.last_affected : event.limit;
}

function stateAfter(turns: readonly Turn[], startsAffected: boolean, scheme: VersionScheme): boolean {
  let affected = startsAffected;
  let run: { readonly bound: string; opens: number; closes: number } | null = null;
  // All bounds were read as versions above, so that comparing them cannot fail.
  for (const turn of turns.toSorted((a, b) => orderOf(scheme.compare(a.bound, b.bound)))) {
    if (run === null || orderOf(scheme.compare(run.bound, turn.bound)) !== 0) {
      affected = settle(run, affected);
      run = { bound: turn.bound, opens: 0, closes: 0 };
    }
    run.opens += turn.opens ? 1 : 0;
    run.closes += turn.opens ? 0 : 1;
  }
  return settle(run, affected);
}

/** Intervals that end where another begins, or that are empty, cancel out at their bound. */
function settle(run: { readonly opens: number; readonly closes: number } | null, before: boolean): boolean {
  return run === null || run.opens === run.closes ? before : run.opens > run.closes;
}

function orderOf(compared: Comparison): number {
  return compared.ok ? compared.order : 0;
}

function isBelow(compared: Comparison): boolean {
  return compared.ok && compared.order < 0;
}
