/** The only source of the present time. Passed as a parameter, so that pure code stays pure and tests choose the time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
