import { newId } from '#base/uuid.ts';
import {
  AccessError,
  hashRobotSecret,
  isRobotName,
  subjectIdOf,
  verifyNothing,
  verifyPassword,
  verifyRobotSecret,
} from '#lib/access/index.ts';
import type { Account } from '#model/platform/records.ts';
import { networkOf } from '../http/rate-limit.ts';
import { type AccountCache, isLive } from './account-cache.ts';
import { Attempts } from './attempts.ts';
import type { AccessContext } from './context.ts';
import { HashingQueue } from './hashing.ts';
import { Remembered } from './remembered.ts';

/** Wrong passwords of one account, from wherever: 10, and then one in half a minute. */
const OF_ACCOUNT = { burst: 10, pauseMs: 30_000, remembered: 50_000 };
/** Wrong credentials from one address, of whomever: 30, and then one in ten seconds. */
const OF_ADDRESS = { burst: 30, pauseMs: 10_000, remembered: 50_000 };
const MAX_NAME_CHARS = 256;
const NO_SECRET = hashRobotSecret('');

/** Verifies names with passwords or secrets. */
export class SecretVerifier {
  readonly #context: AccessContext;
  readonly #accounts: AccountCache;
  readonly #hashing = new HashingQueue();
  readonly #remembered = new Remembered();
  readonly #ofAccount = new Attempts(OF_ACCOUNT);
  readonly #ofAddress = new Attempts(OF_ADDRESS);

  constructor(context: AccessContext, accounts: AccountCache) {
    this.#context = context;
    this.#accounts = accounts;
  }

  /**
   * The account with this name and secret. What is wrong is not said, and takes the same time whether there is no such account, it has another
   * password, or it is past its time. Throws `CREDENTIALS_REFUSED` and `TOO_MANY_ATTEMPTS`.
   */
  async verify(name: string, secret: string, address: string): Promise<Account> {
    const now = this.#context.clock.now();
    // PostgreSQL has no text with a NUL, and would answer with an error.
    const isName = name.length <= MAX_NAME_CHARS && !name.includes('\0');
    const account = isName ? await this.#accounts.find(name) : null;
    if (account !== null && isLive(account, now) && this.#remembered.has(account, secret, now)) {
      return account;
    }
    const network = networkOf(address);
    this.#ofAddress.take(network, now);
    // The secret of a robot cannot be guessed, and who tries must not keep the robot out.
    const isCounted = !isRobotName(name);
    if (isCounted) {
      this.#ofAccount.take(name.slice(0, MAX_NAME_CHARS), now);
    }
    const isRight = await this.#isRight(account, name, secret);
    if (account === null || !isRight || !isLive(account, now)) {
      await this.#refused(account, address);
      throw refusal();
    }
    this.#ofAddress.giveBack(network, now);
    if (isCounted) {
      this.#ofAccount.giveBack(name, now);
    }
    this.#remembered.add(account, secret, now);
    return account;
  }

  async #isRight(account: Account | null, name: string, secret: string): Promise<boolean> {
    if (isRobotName(name)) {
      return verifyRobotSecret(secret, account?.secret ?? NO_SECRET);
    }
    return await this.#hashing.run(async () => {
      if (account !== null) {
        return await verifyPassword(secret, account.secret);
      }
      await verifyNothing(secret);
      return false;
    });
  }

  /** A name that nobody has is not written down: it may be a password that was typed in the wrong place. */
  async #refused(account: Account | null, address: string): Promise<void> {
    const { store, clock, log, random } = this.#context;
    const subject = account === null ? 'unknown' : subjectIdOf(account);
    log.warn('credentials refused', { subject, address });
    const time = clock.now();
    await store.records.events.append({
      id: newId(time, random),
      type: 'access.denied.v1',
      subject,
      actor: 'anonymous',
      time,
      projectId: account?.projectId ?? null,
      data: { action: 'login', resource: address, reason: 'credentials refused' },
    });
  }
}

/** The same for all credentials that are not good. */
export function refusal(): AccessError {
  return new AccessError('CREDENTIALS_REFUSED', 'the credentials are not good', {
    expected: 'a user and its password, a robot and its secret, or a token that is good now',
  });
}
