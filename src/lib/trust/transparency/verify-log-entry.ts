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
  const promised = promise === null ? null : { promise, ...promisable(entry, object) };
  const log = findLog(entry, root, promised === null ? timesBesides(options) : [promised.time], object);
  const integratedTime = promised === null ? null : verifyPromise(entry, promised, log, object);
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
    log: nameOf(log),
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

/** Of an entry whose log vouches for no time. */
function timesBesides({ times = [], now }: LogEntryOptions): readonly number[] {
  return times.length > 0 ? times : [now];
}

function findLog(entry: LogEntry, root: TrustRoot, instants: readonly number[], object: string): Log {
  const known = root.transparencyLogs.filter((log) => Buffer.compare(log.logId, entry.logId) === 0);
  if (known.length === 0) {
    throw notTrusted(
      object,
      `one of ${root.transparencyLogs.map(nameOf).join(', ') || 'no logs at all'}`,
      `log ${hex(entry.logId)}`,
    );
  }
  const log = known.find(({ validFor }) => instants.some((instant) => isValidAt(validFor, instant)));
  if (log === undefined) {
    throw notTrusted(
      object,
      known.map((one) => `${nameOf(one)} from ${bound(one.validFor.start)} to ${bound(one.validFor.end)}`).join(', '),
      `an entry of ${instants.map(iso).join(', ')}`,
    );
  }
  return log;
}

function nameOf(log: Log): string {
  return log.baseUrl ?? hex(log.logId);
}

/** The time that a promise is about, in milliseconds as ever and in seconds as it is signed. Not yet verified. */
function promisable(entry: LogEntry, object: string): { readonly time: number; readonly seconds: number } {
  const { integratedTime: time, logIndex } = entry;
  if (time === null || time < 0 || !Number.isSafeInteger(time / 1000) || logIndex < 0n) {
    throw new TrustError('LOG_PROMISE_INVALID', 'not an entry that a log can promise', {
      object,
      expected: 'a time in whole seconds and an index that is not negative',
      found: `time ${time ?? 'missing'}, index ${logIndex}`,
    });
  }
  return { time, seconds: time / 1000 };
}

interface Promised {
  readonly promise: Uint8Array;
  readonly time: number;
  readonly seconds: number;
}

/** Rekor v1 signs the canonical JSON (RFC 8785) of what is here written out; no text in it needs escaping. */
function verifyPromise(entry: LogEntry, { promise, time, seconds }: Promised, log: Log, object: string): number {
  const body = Buffer.from(entry.canonicalizedBody).toString('base64');
  const signed = `{"body":"${body}","integratedTime":${seconds},"logID":"${hex(entry.logId)}","logIndex":${entry.logIndex}}`;
  try {
    verifyByLog(log.key, Buffer.from(signed), promise, object);
  } catch (error) {
    throw new TrustError('LOG_PROMISE_INVALID', 'the log did not promise this entry', {
      object,
      expected: `a signature of ${nameOf(log)} over body, time, index and log id`,
      found: 'one that does not verify',
      cause: error,
    });
  }
  return time;
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
