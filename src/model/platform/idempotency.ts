import type { Digest } from '#base/digest.ts';

/** What became of a request that is not to be done twice. */
export type IdempotentRequest =
  /** It is the caller's to do, until the time that was given. */
  | { readonly kind: 'new' }
  /** The same request is being done. */
  | { readonly kind: 'under-way' }
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** Another request had this key. */
  | { readonly kind: 'conflict' };

/** Requests by the keys that clients gave them, each for its account alone. */
export interface IdempotencyRecords {
  /**
   * Of many at once one is told `new`. What is past its `expiresAt` is as if it had never been: here it says how long whoever does it may take, which is the
   * time for which nobody else does after a crash.
   */
  begin(
    account: string,
    key: string,
    requestDigest: Digest,
    now: number,
    expiresAt: number,
  ): Promise<IdempotentRequest>;
  /** Keeps the answer until then. False when it is not, or no more, under way with this request. */
  finish(account: string, key: string, requestDigest: Digest, answer: IdempotentAnswer): Promise<boolean>;
  /** What failed may be tried again with the same key. */
  forget(account: string, key: string, requestDigest: Digest): Promise<void>;
  /** Forgets at most so many that are past their time. How many. */
  expire(now: number, limit: number): Promise<number>;
}

export interface IdempotentAnswer {
  readonly status: number;
  readonly body: string;
  readonly expiresAt: number;
}
