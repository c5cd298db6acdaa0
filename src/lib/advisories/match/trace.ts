import type { Comparison } from '#lib/versions/index.ts';
import type { Affected, AffectedRange, RangeEvent } from '#model/advisory.ts';

/** What was looked at on the way to an answer, for whoever explains it. Matching passes none, and then nothing is kept. */
export interface Trace {
  readonly rows: RowTrace[];
}

export interface RowTrace {
  readonly row: Affected;
  readonly ranges: RangeTrace[];
  /** Whether the version is among those listed one by one; null where none are. */
  listed: boolean | null;
}

export interface RangeTrace {
  readonly type: AffectedRange['type'];
  /** In the order of the events. */
  readonly bounds: BoundTrace[];
  affected: boolean | null;
}

/** The version against one bound; null for a bound before or behind every version. */
export interface BoundTrace {
  readonly event: RangeEvent;
  readonly compared: Comparison | null;
}
