import type { Target } from './connection.ts';

/** What one process of load does. */
export type Job = PullJob | PushJob | RateJob;

/** GETs as fast as the server gives. */
export interface PullJob {
  readonly kind: 'pull';
  readonly target: Target;
  /** One after the other, then from the start. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly requests: number;
}

/** Blobs that the registry has not seen, each by POST and one PUT. */
export interface PushJob {
  readonly kind: 'push';
  readonly target: Target;
  readonly repository: string;
  /** Of each blob. */
  readonly bytes: number;
  readonly connections: number;
  readonly requests: number;
  /** From the beginning of one request of a connection to that of the next; at once when not said. */
  readonly everyMs?: number;
}

/** GETs at moments that are fixed before, whatever the server does: an answer that is late delays none of the next. */
export interface RateJob {
  readonly kind: 'rate';
  readonly target: Target;
  readonly path: string;
  /** Whole header lines: what clients accept. */
  readonly headers: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Milliseconds from the moment at which a request was to be sent to the last byte of its answer. */
  readonly latency: Quantiles;
  /** Milliseconds by which this process itself was late to send: contained in the latencies. */
  readonly late: Quantiles;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** NaN of nothing. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
