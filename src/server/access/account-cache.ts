import type { Clock } from '#base/clock.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Account } from '#model/platform/records.ts';

/** How long what an account was is believed: so long does one that is removed, disabled or changed live on in other processes. */
const FRESH_MS = 2000;
const MAX_ACCOUNTS = 2000;

interface Entry {
  readonly account: Promise<Account | null>;
  readonly at: number;
}

/** Accounts by name, read once in two seconds at most. What is not there is asked for each time. */
export class AccountCache {
  readonly #store: MetadataStore;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(store: MetadataStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async find(name: string): Promise<Account | null> {
    const now = this.#clock.now();
    const known = this.#entries.get(name);
    if (known !== undefined && now >= known.at && now - known.at < FRESH_MS) {
      return await known.account;
    }
    const account = this.#store.records.accounts.find(name);
    const entry: Entry = { account, at: now };
    this.#keep(name, entry);
    try {
      const found = await account;
      if (found === null) {
        this.#drop(name, entry);
      }
      return found;
    } catch (error) {
      this.#drop(name, entry);
      throw error;
    }
  }

  /** What it was is not believed any more in this process. */
  forget(name: string): void {
    this.#entries.delete(name);
  }

  #keep(name: string, entry: Entry): void {
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    const [oldest] = this.#entries.size > MAX_ACCOUNTS ? this.#entries.keys() : [];
    if (oldest !== undefined) {
      this.#entries.delete(oldest);
    }
  }

  #drop(name: string, entry: Entry): void {
    if (this.#entries.get(name) === entry) {
      this.#entries.delete(name);
    }
  }
}

/** Whether an account may do anything now. */
export function isLive(account: Account, now: number): boolean {
  return account.disabledAt === null && (account.expiresAt === null || now < account.expiresAt);
}
