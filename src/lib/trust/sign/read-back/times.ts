import { TrustError } from '../../error.ts';
import { type ReadTimestamp, readTimestamp } from '../../timestamps/verify.ts';
import type { Certificate } from '../../x509/certificate.ts';

/**
 * By how much a witness's clock may differ from ours, together with how long signing takes, in milliseconds. As long as a
 * certificate of Fulcio lives: what takes longer is signed too late anyway.
 */
export const CLOCK_DISTANCE = 10 * 60_000;

/** A timestamp that is about `message` and of about now. Throws `TIMESTAMP_INVALID`, and what reading it throws. */
export function assertTimestamp(token: Uint8Array, message: Uint8Array, now: number, object: string): ReadTimestamp {
  const timestamp = readTimestamp(token, message, object);
  assertAboutNow(timestamp.info.time, now, object);
  return timestamp;
}

/** Throws `TIMESTAMP_INVALID` for a time that no clock near ours shows. */
export function assertAboutNow(time: number, now: number, object: string): void {
  if (Math.abs(time - now) > CLOCK_DISTANCE) {
    throw new TrustError('TIMESTAMP_INVALID', 'a time far from ours', {
      object,
      expected: `a time within ${CLOCK_DISTANCE / 60_000} minutes of ${iso(now)}`,
      found: iso(time),
      hint: 'Either clock may be wrong.',
    });
  }
}

/** That a certificate is valid about now; the times of witnesses are held against it exactly. Throws `CERTIFICATE_OUTSIDE_VALIDITY`. */
export function assertValidAboutNow({ notBefore, notAfter, object }: Certificate, now: number): void {
  if (now + CLOCK_DISTANCE < notBefore || now - CLOCK_DISTANCE > notAfter) {
    throw new TrustError('CERTIFICATE_OUTSIDE_VALIDITY', 'a certificate of another time', {
      object,
      expected: `a time from ${iso(notBefore)} to ${iso(notAfter)}`,
      found: iso(now),
    });
  }
}

/** That a format has all that the witnesses said. Throws `ENVELOPE_INVALID`. */
export function assertCount(what: string, expected: number, found: number, object: string): void {
  if (found !== expected) {
    throw new TrustError('ENVELOPE_INVALID', 'not all that the witnesses said', {
      object,
      expected: `${expected} ${what}`,
      found: `${found}`,
    });
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
