/** What one of us is allowed: so many at once, and then one each so many milliseconds. */
export interface RateRule {
  readonly burst: number;
  readonly everyMs: number;
}

/** Those who are remembered. Of more, those that were seen longest ago are forgotten, and begin anew. */
const MAX_REMEMBERED = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** A bucket of tokens for each of those who have something fetched; of this process alone. */
export class RequestRate {
  readonly #rule: RateRule;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rule: RateRule) {
    this.#rule = rule;
  }

  /** How many seconds somebody has to wait; 0 when it is counted and may go on. */
  take(who: string, now: number): number {
    const { burst, everyMs } = this.#rule;
    const bucket = this.#buckets.get(who) ?? { tokens: burst, at: now };
    this.#buckets.delete(who);
    this.#buckets.set(who, bucket);
    this.#forgetOldest();
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / everyMs);
    bucket.at = now;
    if (bucket.tokens < 1) {
      return Math.max(1, Math.ceil(((1 - bucket.tokens) * everyMs) / 1000));
    }
    bucket.tokens -= 1;
    return 0;
  }

  /** It came to nothing that costs. */
  giveBack(who: string): void {
    const bucket = this.#buckets.get(who);
    if (bucket !== undefined) {
      bucket.tokens = Math.min(this.#rule.burst, bucket.tokens + 1);
    }
  }

  #forgetOldest(): void {
    if (this.#buckets.size > MAX_REMEMBERED) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        return;
      }
    }
  }
}
