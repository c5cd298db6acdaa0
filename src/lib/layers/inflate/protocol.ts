import type { DigestAlgorithm } from '#base/digest.ts';
import { type ErrorDetail, messageOf } from '#base/error.ts';
import { type LimitCode, LimitError } from '#base/limits.ts';
import { type LayersCode, LayersError } from '../error.ts';
import type { Decodable } from './decoder.ts';
import type { RingMemory, RingShape } from './ring.ts';

/** Compressed bytes on their way in, and the tar on its way out: the latter in pieces that make a trip between cores worth it. */
export const INPUT: RingShape = { slots: 16, slotBytes: 256 * 1024 };
export const OUTPUT: RingShape = { slots: 8, slotBytes: 1024 * 1024 };

export interface ThreadMemory {
  readonly input: RingMemory;
  readonly output: RingMemory;
}

/** Kinds of what passes to the thread: one job after the other, each `JOB BYTES* END`. */
export const TO_THREAD = { job: 0, bytes: 1, end: 2 } as const;

/** Kinds of what comes back: `TAR* DONE`, or `FAILED` at any time, after which the thread is of no use any more. */
export const FROM_THREAD = { tar: 0, done: 1, failed: 2 } as const;

/** As JSON. */
export interface Job {
  readonly compression: Decodable;
  readonly algorithm: DigestAlgorithm;
  readonly object: string;
  /** Bytes that may come out at most. */
  readonly limit: number;
}

/** As JSON: what went wrong, one of our errors or another. */
export type Failure = OwnFailure | { readonly kind: 'other'; readonly problem: string };

/** An error of ours in its parts, to be made again on the other side. */
export type OwnFailure =
  | ({ readonly kind: 'layers'; readonly code: LayersCode } & FailureText)
  | ({ readonly kind: 'limit'; readonly code: LimitCode } & FailureText);

interface FailureText extends Pick<ErrorDetail, 'object' | 'expected' | 'found'> {
  readonly problem: string;
}

export function toFailure(error: unknown): Failure {
  return error instanceof LayersError || error instanceof LimitError
    ? toOwnFailure(error)
    : { kind: 'other', problem: messageOf(error) };
}

export function toOwnFailure(error: LayersError | LimitError): OwnFailure {
  const { problem, object, expected, found } = error;
  const text = {
    problem,
    ...(object !== undefined && { object }),
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
  };
  return error instanceof LayersError
    ? { kind: 'layers', code: error.code, ...text }
    : { kind: 'limit', code: error.code, ...text };
}

export function fromFailure(failure: Failure): Error {
  return failure.kind === 'other' ? new Error(failure.problem) : fromOwnFailure(failure);
}

export function fromOwnFailure(failure: OwnFailure): LayersError | LimitError {
  return failure.kind === 'layers'
    ? new LayersError(failure.code, failure.problem, failure)
    : new LimitError(failure.code, failure.problem, failure);
}
