const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** Of the last instant that ISO 8601 writes with four digits of a year. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** Collects instants at which something could come out otherwise, and knows the earliest after now. Milliseconds since 1970. */
export class Horizon {
  readonly #now: number;
  #earliest: number | null = null;

  constructor(now: number) {
    this.#now = now;
  }

  turns(at: number): void {
    if (at > this.#now && at <= LAST_INSTANT && (this.#earliest === null || at < this.#earliest)) {
      this.#earliest = at;
    }
  }

  /** What a meter has learnt; the instant of a context has milliseconds, so that the first one after it counts. */
  turnsAtNanosecond(at: bigint | null): void {
    if (at !== null) {
      this.turns(Number((at + NANOSECONDS_PER_MILLISECOND - 1n) / NANOSECONDS_PER_MILLISECOND));
    }
  }

  /** Null for never. */
  get earliest(): number | null {
    return this.#earliest;
  }
}

export function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function toNanoseconds(milliseconds: number): bigint {
  return BigInt(milliseconds) * NANOSECONDS_PER_MILLISECOND;
}
