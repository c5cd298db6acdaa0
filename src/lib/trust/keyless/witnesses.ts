import { isAppError } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { LogEntry, SigstoreSignature, VerifiedLogEntry, VerifiedTime } from '../signed.ts';
import { verifyTimestamp } from '../timestamps/verify.ts';
import { assertLogBody } from '../transparency/assert-log-body.ts';
import { type LogVerifier, parseLogBody } from '../transparency/log-body.ts';
import { type VerifiedInclusion, verifyLogEntry } from '../transparency/verify-log-entry.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';

/** Who saw a signature, and when. */
export interface Witnesses {
  /** Earliest first. */
  readonly times: readonly VerifiedTime[];
  readonly logs: readonly VerifiedLogEntry[];
}

export interface WitnessOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What becomes of an entry of a log that the root does not have. */
  readonly unknownLogs: 'refuse' | 'ignore';
}

/**
 * Verifies every timestamp and every log entry of a signature against a trust root, the content of entries included. One
 * that is wrong refuses the signature, so that what is left never depends on what a stranger broke. Timestamps are not
 * looked at when the root knows no authority for them. A time of a log counts only when the log signed it.
 */
export function verifyWitnesses(
  signature: SigstoreSignature,
  verifier: LogVerifier,
  root: TrustRoot,
  options: WitnessOptions,
): Witnesses {
  const times = verifyTimestamps(signature, root, options.now);
  const logs: VerifiedLogEntry[] = [];
  const instants = times.map(({ time }) => time);
  const seen = new Set<string>();
  for (const [index, entry] of signature.logEntries.entries()) {
    const object = `log entry ${index + 1} of ${signature.object}`;
    const inclusion = included(entry, object, signature, root, instants, options);
    if (inclusion !== null) {
      assertLogBody(parseLogBody(entry, object), { ...signature, object, verifier });
      const { log, operator, index: place, integratedTime } = inclusion;
      assertNew(seen, `${place} of ${log}`, object);
      logs.push({ log, operator, index: place });
      if (integratedTime !== null) {
        times.push({ source: 'transparency-log', time: integratedTime, authority: log });
      }
    }
  }
  return { times: times.toSorted((a, b) => a.time - b.time), logs };
}

function verifyTimestamps(signature: SigstoreSignature, root: TrustRoot, now: number): VerifiedTime[] {
  if (root.timestampAuthorities.length === 0) {
    return [];
  }
  return signature.timestamps.map((token, index) => {
    const object = `timestamp ${index + 1} of ${signature.object}`;
    const { time, authority } = verifyTimestamp(token, signature.timestamped, root.timestampAuthorities, object);
    if (time > now) {
      throw new TrustError('TIMESTAMP_INVALID', 'a time that is still to come', {
        object,
        expected: `at most ${new Date(now).toISOString()}`,
        found: new Date(time).toISOString(),
      });
    }
    return { source: 'timestamp-authority', time, authority };
  });
}

function included(
  entry: LogEntry,
  object: string,
  signature: SigstoreSignature,
  root: TrustRoot,
  times: readonly number[],
  { now, unknownLogs }: WitnessOptions,
): VerifiedInclusion | null {
  try {
    return verifyLogEntry(entry, root, { object, now, evidence: signature.logEvidence, times });
  } catch (error) {
    if (unknownLogs === 'ignore' && isAppError(error) && error.code === 'LOG_NOT_TRUSTED') {
      return null;
    }
    throw error;
  }
}

/** Counting one entry twice would make one log two witnesses. */
function assertNew(seen: Set<string>, name: string, object: string): void {
  if (seen.has(name)) {
    throw new TrustError('ENVELOPE_INVALID', 'the same log entry again', {
      object,
      expected: 'every entry once',
      found: `entry ${name}`,
    });
  }
  seen.add(name);
}
