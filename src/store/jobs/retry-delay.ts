import type { RandomBytes } from '#base/uuid.ts';

const LONGEST_EXPONENT = 10;
const SECOND = 1000;

/**
 * Milliseconds until a job is tried again after so many attempts: e^attempts seconds, from 2.7 seconds to 6 hours, as graphile-worker waits,
 * and up to a quarter more, so that what failed together is not tried together.
 */
export function retryDelay(attempts: number, random: RandomBytes): number {
  const part = (random(1)[0] ?? 0) / 0x100;
  return Math.round(Math.exp(Math.min(attempts, LONGEST_EXPONENT)) * SECOND * (1 + part / 4));
}
