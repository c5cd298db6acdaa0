import type { RangeEvent } from '#model/advisory.ts';
import type { ExplainedComparison, ExplainedRow, ExplainedStatement } from '#model/explanation.ts';
import type { Package } from '#model/package.ts';
import type { Evaluation, Schemes } from '../match/evaluate.ts';
import type { Statement } from '../match/statements.ts';
import { evaluateStatement } from '../match/statements.ts';
import type { BoundTrace, RowTrace, Trace } from '../match/trace.ts';

/** What matching says of a statement, and how it got there: the same evaluation with its steps kept. */
export function traceStatement(
  statement: Statement,
  item: Package,
  schemes: Schemes,
): { readonly evaluation: Evaluation; readonly explained: ExplainedStatement } {
  const trace: Trace = { rows: [] };
  const evaluation = evaluateStatement(statement, item, schemes, trace);
  const { advisory, ecosystem, subject } = statement;
  const explained: ExplainedStatement = {
    advisory: advisory.id,
    ecosystem,
    name: subject.name,
    version: subject.version,
    outcome: evaluation.kind === 'denied' ? 'not-affected' : evaluation.kind,
    reason: reasonOf(evaluation, trace),
    fixedIn: evaluation.kind === 'affected' ? evaluation.match.fixedIn : null,
    rows: trace.rows.map(describeRow),
  };
  return { evaluation, explained };
}

function reasonOf(evaluation: Evaluation, trace: Trace): string | null {
  if (evaluation.kind === 'unknown') {
    return evaluation.reason;
  }
  return trace.rows.length === 0 ? 'it speaks of another module, architecture or package of the same source' : null;
}

function describeRow({ row, ranges, listed }: RowTrace): ExplainedRow {
  return {
    state: row.state ?? null,
    status: row.status ?? null,
    ranges: ranges.map(({ type, affected, bounds }) => ({
      type,
      affected: affected === true,
      comparisons: bounds.map(describeBound),
    })),
    listed,
  };
}

const SIGNS = ['<', '=', '>'] as const;

function describeBound({ event, compared }: BoundTrace): ExplainedComparison {
  const named = nameBound(event);
  if (compared === null) {
    return { ...named, order: named.event === 'introduced' ? '>' : '<', reason: null };
  }
  return compared.ok
    ? { ...named, order: SIGNS[compared.order + 1] ?? null, reason: null }
    : { ...named, order: null, reason: compared.reason };
}

function nameBound(event: RangeEvent): Pick<ExplainedComparison, 'event' | 'bound'> {
  if ('introduced' in event) {
    return { event: 'introduced', bound: event.introduced };
  }
  if ('fixed' in event) {
    return { event: 'fixed', bound: event.fixed };
  }
  return 'last_affected' in event
    ? { event: 'last_affected', bound: event.last_affected }
    : { event: 'limit', bound: event.limit };
}
