import { malformed } from './malformed.ts';

/**
 * Whoever asks fixes the time first and fetches then: an answer made for it is a little younger, and clocks differ. Only
 * the beginning is treated so.
 */
const CLOCK_SKEW = 5 * 60 * 1000;

/** That an answer is of now and a later one is not yet due. Without a next update nothing shows that. Throws `REVOCATION_INVALID`. */
export function assertCurrent(object: string, thisUpdate: number, nextUpdate: number | null, now: number): void {
  if (!(thisUpdate - CLOCK_SKEW <= now) || nextUpdate === null || !(now <= nextUpdate)) {
    const until = nextUpdate === null ? 'no next update' : new Date(nextUpdate).toISOString();
    const expected = `an answer for ${Number.isFinite(now) ? new Date(now).toISOString() : String(now)}`;
    throw malformed(object, expected, `one from ${new Date(thisUpdate).toISOString()} to ${until}`);
  }
}
