import { quote } from '#base/error.ts';
import { shownPage } from '#base/shown-page.ts';
import { newId } from '#base/uuid.ts';
import {
  AccessError,
  assertPassword,
  createRobotSecret,
  hashPassword,
  hashRobotSecret,
  isEnvironmentName,
  parseRobotName,
  parseUserName,
  robotNameOf,
  subjectIdOf,
} from '#lib/access/index.ts';
import type { Grant, Subject } from '#model/platform/access.ts';
import type { EventType, PlatformEvent } from '#model/platform/event.ts';
import type { Account, Page, Records } from '#model/platform/records.ts';
import type { AccountCache } from './account-cache.ts';
import { AccountError } from './account-error.ts';
import {
  assertAdministers,
  assertAdministersSomething,
  assertAdministratorLeft,
  assertMayGive,
  mayAdminister,
} from './account-rights.ts';
import type { AccessContext } from './context.ts';
import type { SecretVerifier } from './verify-secret.ts';

const MAX_GRANTS = 100;
/** A robot that nobody looked after for a year is one that nobody knows. */
const MAX_ROBOT_MS = 366 * 24 * 60 * 60 * 1000;

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly grants: readonly Grant[];
  readonly environment: string | null;
}

export interface NewRobot {
  /** Its project, null for none, and its short name. */
  readonly project: string | null;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly environment: string | null;
  /** Milliseconds that it lives, a year at most. */
  readonly lifetimeMs: number;
}

/** An account with the secret that is shown this once. */
export interface WithSecret {
  readonly account: Account;
  readonly secret: string;
}

/** What of an account can be changed by those who administer it; what is left out stays. */
export interface AccountChange {
  readonly grants?: readonly Grant[] | undefined;
  readonly environment?: string | null | undefined;
  readonly isDisabled?: boolean | undefined;
}

/** Users and robots: who may make, change and remove them, each with its event. Throws `AccountError` and `AccessError`. */
export class Accounts {
  readonly #context: AccessContext;
  readonly #cache: AccountCache;
  readonly #secrets: SecretVerifier;

  constructor(context: AccessContext, cache: AccountCache, secrets: SecretVerifier) {
    this.#context = context;
    this.#cache = cache;
    this.#secrets = secrets;
  }

  async createUser(actor: Subject, user: NewUser): Promise<Account> {
    const name = parseUserName(user.name);
    assertMayGive(actor, null, user.grants);
    assertPassword(user.password);
    const secret = await hashPassword(user.password, this.#context.random);
    return await this.#create(actor, { kind: 'user', name, secret, expiresAt: null }, user);
  }

  async createRobot(actor: Subject, robot: NewRobot): Promise<WithSecret> {
    const name = robotNameOf(parseRobotName(robotNameOf(robot)));
    assertMayGive(actor, robot.project, robot.grants);
    const expiresAt = this.#expiry(robot.lifetimeMs);
    const secret = createRobotSecret(this.#context.random);
    const fields = { kind: 'robot', name, secret: hashRobotSecret(secret), expiresAt } as const;
    return { account: await this.#create(actor, fields, robot), secret };
  }

  /** Those that the actor administers; `next` is null at the end. */
  async list(
    actor: Subject,
    kind: Account['kind'],
    page: Page,
  ): Promise<{ readonly accounts: readonly Account[]; readonly next: string | null }> {
    // An empty list would look as if there were none.
    if (kind === 'user') {
      assertMayGive(actor, null, []);
    } else {
      assertAdministersSomething(actor);
    }
    const { accounts } = this.#context.store.records;
    const { items, next } = await shownPage(
      page,
      async (some) => await accounts.list(kind, some),
      (account) => mayAdminister(actor, account),
    );
    return { accounts: items, next };
  }

  async find(actor: Subject, kind: Account['kind'], name: string): Promise<Account> {
    const account = await this.#context.store.records.accounts.find(name);
    return assertAdministers(actor, kind, name, account);
  }

  async change(actor: Subject, kind: Account['kind'], name: string, change: AccountChange): Promise<Account> {
    const changed = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    return await this.#update(actor, kind, name, `${changed.toSorted().join(', ')}`, (account, now) => {
      const { grants, environment, isDisabled } = change;
      if (grants !== undefined) {
        assertMayGive(actor, account.kind === 'user' ? null : parseRobotName(name).project, grants);
        assertGrants(grants);
      }
      if (environment !== undefined) {
        assertEnvironmentOf(environment);
      }
      const disabledAt =
        isDisabled === undefined ? account.disabledAt : isDisabled ? (account.disabledAt ?? now) : null;
      return {
        ...account,
        grants: grants ?? account.grants,
        environment: environment === undefined ? account.environment : environment,
        disabledAt,
        // A token from before does not come back to life when the account does.
        tokensFrom: isDisabled === true ? later(account, now) : account.tokensFrom,
      };
    });
  }

  /** Administrators set the password of others; everybody their own, by saying the present one. All tokens end. */
  async setPassword(
    actor: Subject,
    name: string,
    { password, current }: { readonly password: string; readonly current: string | null },
    address: string,
  ): Promise<Account> {
    const isOwn = actor.id === subjectIdOf({ kind: 'user', name }) && actor.within === undefined;
    if (isOwn) {
      await this.#secrets.verify(name, current ?? '', address);
    } else {
      await this.find(actor, 'user', name);
    }
    assertPassword(password);
    const secret = await hashPassword(password, this.#context.random);
    const change = (account: Account, now: number): Account => ({
      ...account,
      secret,
      tokensFrom: later(account, now),
    });
    return await this.#update(isOwn ? null : actor, 'user', name, 'password', change, actor.id);
  }

  /** Another secret, and another expiry. The old secret ends at once. */
  async rotate(actor: Subject, name: string, lifetimeMs: number): Promise<WithSecret> {
    const expiresAt = this.#expiry(lifetimeMs);
    const secret = createRobotSecret(this.#context.random);
    const account = await this.#update(actor, 'robot', name, 'secret', (old, now) => ({
      ...old,
      secret: hashRobotSecret(secret),
      expiresAt,
      tokensFrom: later(old, now),
    }));
    return { account, secret };
  }

  async remove(actor: Subject, kind: Account['kind'], name: string): Promise<void> {
    await this.#context.store.transaction(async (records) => {
      const account = assertAdministers(actor, kind, name, await records.accounts.find(name));
      await assertAdministratorLeft(records, account, null, this.#context.clock.now());
      await records.accounts.remove(name);
      await records.events.append(this.#event('account.removed.v1', actor.id, account, { kind, name }));
    });
    this.#cache.forget(name);
  }

  async #create(
    actor: Subject,
    fields: Pick<Account, 'kind' | 'name' | 'secret' | 'expiresAt'>,
    { grants, environment }: Pick<NewUser, 'grants' | 'environment'>,
  ): Promise<Account> {
    assertGrants(grants);
    assertEnvironmentOf(environment);
    const { store, clock, random } = this.#context;
    const account = await store.transaction(async (records) => {
      const now = clock.now();
      const made: Account = {
        ...fields,
        id: newId(now, random),
        projectId: await projectIdOf(records, fields),
        environment,
        disabledAt: null,
        tokensFrom: now,
        createdAt: now,
        createdBy: actor.id,
        grants,
      };
      if (!(await records.accounts.create(made))) {
        throw new AccountError('ACCOUNT_NAME_TAKEN', 'another account has this name', { object: quote(made.name) });
      }
      const data = { kind: made.kind, name: made.name };
      await records.events.append(this.#event('account.created.v1', actor.id, made, data));
      return made;
    });
    this.#cache.forget(account.name);
    return account;
  }

  /** Without an actor the right to it was proven before. */
  async #update(
    actor: Subject | null,
    kind: Account['kind'],
    name: string,
    what: string,
    change: (account: Account, now: number) => Account,
    by = actor?.id ?? '',
  ): Promise<Account> {
    const { store, clock } = this.#context;
    const changed = await store.transaction(async (records) => {
      const found = await records.accounts.find(name);
      const account = actor === null ? assertThere(found, name) : assertAdministers(actor, kind, name, found);
      const next = change(account, clock.now());
      await assertAdministratorLeft(records, account, next, clock.now());
      if (!(await records.accounts.update(next))) {
        throw new AccountError('ACCOUNT_UNKNOWN', 'no such account', { object: quote(name) });
      }
      await records.events.append(this.#event('account.changed.v1', by, next, { name, change: what }));
      return next;
    });
    this.#cache.forget(name);
    return changed;
  }

  #expiry(lifetimeMs: number): number {
    if (!(lifetimeMs > 0 && lifetimeMs <= MAX_ROBOT_MS)) {
      throw new AccountError('ACCOUNT_INVALID', 'a robot does not live so long', {
        expected: 'at most 366 days',
        found: `${Math.ceil(lifetimeMs / (24 * 60 * 60 * 1000))} days`,
      });
    }
    return this.#context.clock.now() + lifetimeMs;
  }

  #event(type: EventType, actor: string, account: Account, data: PlatformEvent['data']): PlatformEvent {
    const time = this.#context.clock.now();
    const id = newId(time, this.#context.random);
    return { id, type, subject: subjectIdOf(account), actor, time, projectId: account.projectId, data };
  }
}

/** After every token that there is, also when the clock stands still or goes back. */
function later({ tokensFrom }: Account, now: number): number {
  return Math.max(now, tokensFrom + 1);
}

function assertThere(account: Account | null, name: string): Account {
  if (account === null) {
    throw new AccountError('ACCOUNT_UNKNOWN', 'no such account', { object: quote(name) });
  }
  return account;
}

function assertGrants(grants: readonly Grant[]): void {
  const different = new Set(grants.map(({ role, scope, environment }) => `${role} ${scope} ${environment}`));
  if (grants.length > MAX_GRANTS || different.size < grants.length) {
    throw new AccessError('GRANT_INVALID', 'too many grants', {
      object: 'grants',
      expected: `at most ${MAX_GRANTS}, each once`,
      found: `${grants.length}, of which ${different.size} different`,
    });
  }
}

function assertEnvironmentOf(environment: string | null): void {
  if (environment !== null && !isEnvironmentName(environment)) {
    throw new AccountError('ACCOUNT_INVALID', 'not the name of an environment', {
      object: 'environment',
      expected: 'lower-case letters, digits and dashes',
      found: quote(environment),
    });
  }
}

/** A robot may be made before anybody pushed to its project: then that has no id yet. */
async function projectIdOf(records: Records, { kind, name }: Pick<Account, 'kind' | 'name'>): Promise<string | null> {
  const project = kind === 'robot' ? parseRobotName(name).project : null;
  if (project === null) {
    return null;
  }
  const [repository] = await records.repositories.list([`${project}/`], { after: null, limit: 1 });
  return (repository ?? (await records.repositories.find(project)))?.projectId ?? null;
}
