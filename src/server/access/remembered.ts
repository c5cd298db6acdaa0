import { createHmac, randomBytes } from 'node:crypto';
import type { Account } from '#model/platform/records.ts';

/** How long a password need not be hashed again. */
const REMEMBERED_MS = 5 * 60_000;
const MAX_REMEMBERED = 5000;

/**
 * Passwords that were right a moment ago, so that a client which sends one with every request costs one hash. Kept as an HMAC under a key that is only in
 * this process, over what is stored of the account as well: when its password changes, what was remembered is worth nothing.
 */
export class Remembered {
  readonly #key = randomBytes(32);
  readonly #until = new Map<string, number>();

  has(account: Account, secret: string, now: number): boolean {
    const until = this.#until.get(this.#mark(account, secret));
    return until !== undefined && now < until;
  }

  add(account: Account, secret: string, now: number): void {
    const mark = this.#mark(account, secret);
    this.#until.delete(mark);
    this.#until.set(mark, now + REMEMBERED_MS);
    const [oldest] = this.#until.size > MAX_REMEMBERED ? this.#until.keys() : [];
    if (oldest !== undefined) {
      this.#until.delete(oldest);
    }
  }

  #mark(account: Account, secret: string): string {
    const parts = JSON.stringify([account.id, account.secret, account.tokensFrom, secret]);
    return createHmac('sha256', this.#key).update(parts).digest('base64');
  }
}
