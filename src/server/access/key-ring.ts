import { newId } from '#base/uuid.ts';
import type { TokenKey } from '#lib/access/index.ts';
import type { ServerKey } from '#model/platform/records.ts';
import type { AccessContext } from './context.ts';

const PURPOSE = 'registry-token';
const KEY_BYTES = 32;
const DAY_MS = 24 * 60 * 60 * 1000;
/** After so long a new key signs. */
const ROTATED_AFTER_MS = 30 * DAY_MS;
/** For so long tokens of a key are read: far longer than any token lives. */
const READ_FOR_MS = ROTATED_AFTER_MS + DAY_MS;
/** How long the list of keys is believed. */
const FRESH_MS = 60_000;
/** A token of a key that is not known lets the list be read again, so often at most: anybody can make one. */
const UNKNOWN_PAUSE_MS = 1000;

/** The keys that sign tokens, shared by all processes: made by whoever needs one first. Two that are made at once are both good. */
export class KeyRing {
  readonly #context: AccessContext;
  #keys: readonly ServerKey[] = [];
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(context: AccessContext) {
    this.#context = context;
  }

  /** The newest key; a new one when it is 30 days old. */
  async signing(): Promise<TokenKey> {
    const { store, clock, random } = this.#context;
    const now = clock.now();
    const newest = (await this.#current(FRESH_MS)).at(0);
    if (newest !== undefined && now - newest.createdAt < ROTATED_AFTER_MS) {
      return toTokenKey(newest);
    }
    const secret = Buffer.from(random(KEY_BYTES)).toString('base64url');
    const key: ServerKey = { id: newId(now, random), secret, createdAt: now };
    await store.transaction(async (records) => await records.accounts.addKey(PURPOSE, key));
    this.#readAt = Number.NEGATIVE_INFINITY;
    return toTokenKey(key);
  }

  /** Keys whose tokens are good. */
  async reading(): Promise<readonly TokenKey[]> {
    return this.#readable(await this.#current(FRESH_MS));
  }

  /** As `reading`, with what other processes made a moment ago. */
  async readingAgain(): Promise<readonly TokenKey[]> {
    return this.#readable(await this.#current(UNKNOWN_PAUSE_MS));
  }

  #readable(keys: readonly ServerKey[]): readonly TokenKey[] {
    const now = this.#context.clock.now();
    return keys.filter(({ createdAt }) => now - createdAt < READ_FOR_MS).map(toTokenKey);
  }

  async #current(freshMs: number): Promise<readonly ServerKey[]> {
    const now = this.#context.clock.now();
    if (now < this.#readAt || now - this.#readAt >= freshMs) {
      this.#keys = await this.#context.store.records.accounts.keys(PURPOSE);
      this.#readAt = now;
    }
    return this.#keys;
  }
}

function toTokenKey({ id, secret }: ServerKey): TokenKey {
  return { id, secret: Buffer.from(secret, 'base64url') };
}
