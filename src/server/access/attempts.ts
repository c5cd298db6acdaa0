import { AccessError } from '#lib/access/index.ts';

/** What one account, or one address, may try in vain: so many at once, and one more after each pause. */
export interface AttemptLimit {
  readonly burst: number;
  readonly pauseMs: number;
  /** Keys that are remembered; of more, those are forgotten that were seen longest ago. */
  readonly remembered: number;
}

interface Bucket {
  left: number;
  at: number;
}

/** Counts attempts that may be wrong. One that was right is given back, so that only wrong ones count. */
export class Attempts {
  readonly #limit: AttemptLimit;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: AttemptLimit) {
    this.#limit = limit;
  }

  /** Takes an attempt before it is known how it ends, since many may be under way at once. Throws `TOO_MANY_ATTEMPTS`. */
  take(key: string, now: number): void {
    const bucket = this.#bucket(key, now);
    if (bucket.left < 1) {
      throw tooMany(Math.ceil(((1 - bucket.left) * this.#limit.pauseMs) / 1000));
    }
    bucket.left -= 1;
  }

  giveBack(key: string, now: number): void {
    const bucket = this.#bucket(key, now);
    bucket.left = Math.min(this.#limit.burst, bucket.left + 1);
  }

  #bucket(key: string, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? { left: this.#limit.burst, at: now };
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.size > this.#limit.remembered ? this.#buckets.keys() : [];
    if (oldest !== undefined) {
      this.#buckets.delete(oldest);
    }
    const gained = Math.max(0, now - bucket.at) / this.#limit.pauseMs;
    bucket.left = Math.min(this.#limit.burst, bucket.left + gained);
    bucket.at = now;
    return bucket;
  }
}

/** Says after how many seconds to try again. */
export function tooMany(retryAfter: number): AccessError {
  const seconds = Math.max(1, retryAfter);
  return new AccessError('TOO_MANY_ATTEMPTS', 'too many attempts to log in', {
    expected: `the next one in ${seconds} s`,
    retryAfter: seconds,
  });
}
