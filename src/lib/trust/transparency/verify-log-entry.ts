import type { LogEntry, VerifiedLogEntry } from '../signed.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';

export interface LogEntryOptions {
  readonly object: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What has to be there; what is there besides has to be right too. */
  readonly evidence: 'proof' | 'promise' | 'either';
  /** Verified instants of the signature (timestamps), for logs that vouch for no time themselves; the log has to be valid at one of them, or now where there are none. */
  readonly times?: readonly number[];
}

export interface VerifiedInclusion extends VerifiedLogEntry {
  /** Milliseconds since 1970, vouched for by the log's signature; null where it is not, whatever the entry says. */
  readonly integratedTime: number | null;
}

/**
 * Shows that an entry is in a log of the trust root: by the log's promise (Rekor v1 SignedEntryTimestamp), by a Merkle
 * proof (RFC 9162 section 2.1.3.2) to a signed checkpoint, or both. Says nothing of what the entry is about: that is
 * `assertLogBody`. Throws `LOG_NOT_TRUSTED`, `LOG_EVIDENCE_MISSING`, `LOG_PROMISE_INVALID`, `LOG_CHECKPOINT_INVALID`,
 * `LOG_PROOF_INVALID`, `LOG_TIME_INVALID`.
 */
export declare function verifyLogEntry(entry: LogEntry, root: TrustRoot, options: LogEntryOptions): VerifiedInclusion;
