import { TrustError } from '../error.ts';
import type { InclusionProof, LogEntry, VerifiedLogEntry } from '../signed.ts';
import { verifyByLog } from '../trust-root/log-key.ts';
import { isValidAt, type Log, type TrustRoot } from '../trust-root/trust-root.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { verifyInclusion } from './inclusion.ts';

export interface LogEntryOptions {
  readonly object: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What has to be there; what is there besides has to be right too. */
  readonly evidence: 'proof' | 'promise' | 'either';
  /**
   * Verified instants of the signature (timestamps), for an entry without a promise: its log vouches for no time, and has
   * to be valid at one of these, or now where there are none.
   */
  readonly times?: readonly number[];
}

export interface VerifiedInclusion extends VerifiedLogEntry {
  /** Milliseconds since 1970, vouched for by the log's signature; null where it is not, whatever the entry says. */
  readonly integratedTime: number | null;
}

/**
 * Shows that an entry is in a log of the trust root: by the log's promise (Rekor v1 SignedEntryTimestamp), by a Merkle
 * proof (RFC 9162 section 2.1.3.2) to a checkpoint that the log signed, or both. Says nothing of what the entry is about:
 * that is `assertLogBody`. The index is the one that was shown: the promise's over all shards of a Rekor v1, else the
 * proof's in its tree. Throws `LOG_NOT_TRUSTED`, `LOG_EVIDENCE_MISSING`, `LOG_PROMISE_INVALID`,
 * `LOG_CHECKPOINT_INVALID`, `LOG_PROOF_INVALID`, `LOG_TIME_INVALID`.
 */
export function verifyLogEntry(entry: LogEntry, root: TrustRoot, options: LogEntryOptions): VerifiedInclusion {
  const { object, now, evidence } = options;
  const { inclusionPromise: promise, inclusionProof: proof } = entry;
  const proofCounts = proof !== null && proof.checkpoint !== null;
  assertEvidence(evidence, promise !== null, proofCounts, object);
  const log = findLog(entry, root, options);
  const integratedTime = promise === null ? null : verifyPromise(entry, promise, log, object);
  if (integratedTime !== null && integratedTime > now) {
    throw new TrustError('LOG_TIME_INVALID', 'the log entry is from the future', {
      object,
      expected: `a time up to ${iso(now)}`,
      found: iso(integratedTime),
    });
  }
  if (proof !== null) {
    verifyProof(entry, proof, log, object);
  }
  return {
    log: log.baseUrl ?? hex(log.logId),
    operator: log.operator,
    index: promise === null && proof !== null ? proof.logIndex : entry.logIndex,
    integratedTime,
  };
}

function assertEvidence(evidence: LogEntryOptions['evidence'], promise: boolean, proof: boolean, object: string): void {
  const there = { promise, proof, either: promise || proof };
  if (!there[evidence]) {
    throw new TrustError('LOG_EVIDENCE_MISSING', 'nothing shows that the entry is in the log', {
      object,
      expected: {
        promise: 'an inclusion promise',
        proof: 'an inclusion proof with a checkpoint',
        either: 'an inclusion promise, or an inclusion proof with a checkpoint',
      }[evidence],
      found: promise ? 'only an inclusion promise' : proof ? 'only an inclusion proof' : 'neither',
    });
  }
}

function findLog(entry: LogEntry, root: TrustRoot, options: LogEntryOptions): Log {
  const { object, now, times = [] } = options;
  const known = root.transparencyLogs.filter((log) => Buffer.compare(log.logId, entry.logId) === 0);
  if (known.length === 0) {
    throw notTrusted(
      object,
      `one of ${root.transparencyLogs.map((log) => log.baseUrl ?? hex(log.logId)).join(', ') || 'no logs at all'}`,
      `log ${hex(entry.logId)}`,
    );
  }
  const instants = instantsOf(entry, times, now);
  const log = known.find(({ validFor }) => instants.some((instant) => isValidAt(validFor, instant)));
  if (log === undefined) {
    throw notTrusted(
      object,
      `a time at which ${known[0]?.baseUrl ?? 'the log'} is trusted (${known.map(({ validFor }) => `${bound(validFor.start)} to ${bound(validFor.end)}`).join('; ')})`,
      instants.map(iso).join(', ') || 'none',
    );
  }
  return log;
}

/** A promise vouches for its own time, once it is verified under the log that is found here. */
function instantsOf(entry: LogEntry, times: readonly number[], now: number): readonly number[] {
  if (entry.inclusionPromise !== null) {
    return entry.integratedTime === null ? [] : [entry.integratedTime];
  }
  return times.length > 0 ? times : [now];
}

/** Rekor v1 signs the canonical JSON (RFC 8785) of what is here written out; no text in it needs escaping. */
function verifyPromise(entry: LogEntry, promise: Uint8Array, log: Log, object: string): number {
  const { integratedTime, logIndex, canonicalizedBody, logId } = entry;
  if (integratedTime === null || !Number.isSafeInteger(integratedTime / 1000) || integratedTime < 0 || logIndex < 0n) {
    throw new TrustError('LOG_PROMISE_INVALID', 'not an entry that a log can promise', {
      object,
      expected: 'a time in whole seconds and an index that is not negative',
      found: `time ${integratedTime ?? 'missing'}, index ${logIndex}`,
    });
  }
  const body = Buffer.from(canonicalizedBody).toString('base64');
  const signed = `{"body":"${body}","integratedTime":${integratedTime / 1000},"logID":"${hex(logId)}","logIndex":${logIndex}}`;
  try {
    verifyByLog(log.key, Buffer.from(signed), promise, object);
  } catch (error) {
    throw new TrustError('LOG_PROMISE_INVALID', 'the log did not promise this entry', {
      object,
      expected: `a signature of ${log.baseUrl ?? 'the log'} over body, time, index and log id`,
      found: 'one that does not verify',
      cause: error,
    });
  }
  return integratedTime;
}

/** A proof without a checkpoint ends at a root that nobody signed: it has to hold, and shows nothing. */
function verifyProof(entry: LogEntry, proof: InclusionProof, log: Log, object: string): void {
  if (proof.checkpoint !== null) {
    const { treeSize, rootHash } = verifyCheckpoint(proof.checkpoint, log, `checkpoint of ${object}`);
    if (treeSize !== proof.treeSize || Buffer.compare(rootHash, proof.rootHash) !== 0) {
      throw new TrustError('LOG_CHECKPOINT_INVALID', 'the checkpoint is of another tree than the proof', {
        object: `checkpoint of ${object}`,
        expected: `size ${proof.treeSize}, root hash ${hex(proof.rootHash)}`,
        found: `size ${treeSize}, root hash ${hex(rootHash)}`,
      });
    }
  }
  verifyInclusion(entry.canonicalizedBody, proof, object);
}

function notTrusted(object: string, expected: string, found: string): TrustError {
  return new TrustError('LOG_NOT_TRUSTED', 'not a log of the trust root', { object, expected, found });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Any number, also one that no calendar has. */
function iso(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `${time} ms` : date.toISOString();
}

function bound(time: number | null): string {
  return time === null ? 'any time' : iso(time);
}
