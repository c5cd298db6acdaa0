import type { Digest } from '#base/digest.ts';
import type { OwnFailure } from '../inflate/protocol.ts';
import type { RingShape } from '../inflate/ring.ts';
import type { LayerTable } from '../table/codec.ts';
import type { Columns } from '../table/file-table.ts';
import type { AnalyserFacts } from '../walk/results.ts';
import type { ActualDigests } from '../walk/tar-walk.ts';

/** Stored bytes on their way to a thread: large enough that its core need not wait for the feeding one. */
export const INPUT: RingShape = { slots: 8, slotBytes: 256 * 1024 };
export const BYTES = 0;
export const END = 1;

/** One layer, all of its stored bytes to follow through the ring. */
export interface ThreadJob {
  readonly diffId: Digest | null;
  /** Ids of analysers that the thread has too. */
  readonly analysers: readonly string[];
  readonly withTable: boolean;
}

export type ThreadAnswer =
  | { readonly kind: 'walk'; readonly walk: SentWalk }
  /** What only a fault of the program can cause. */
  | { readonly kind: 'fault'; readonly message: string };

/** A walk as plain data. */
export interface SentWalk extends Omit<LayerTable, 'table'> {
  readonly columns: Columns;
  /** In the order of the job. */
  readonly facts: readonly AnalyserFacts[];
  /** Ids of analysers that failed in a way that another run may not repeat. */
  readonly internal: readonly string[];
  readonly actual: Omit<ActualDigests, 'stored'> | null;
  readonly failure: OwnFailure | null;
}
