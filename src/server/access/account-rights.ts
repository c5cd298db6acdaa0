import { quote } from '#base/error.ts';
import { administers, isRobotName, parseRobotName } from '#lib/access/index.ts';
import type { Grant, Subject } from '#model/platform/access.ts';
import type { Account, Records } from '#model/platform/records.ts';
import { isLive } from './account-cache.ts';
import { AccountError } from './account-error.ts';

const PAGE = 100;

/**
 * Whether somebody may change an account. Users are for those who administer all; a robot of a project for those who administer that project and everything
 * that the robot may do: otherwise a new secret for it would be a way to more rights.
 */
export function mayAdminister(actor: Subject, account: Pick<Account, 'name' | 'grants'>): boolean {
  const project = isRobotName(account.name) ? parseRobotName(account.name).project : null;
  return mayGive(actor, project, account.grants);
}

/** The account; throws `ACCOUNT_DENIED` for whoever administers nothing, `ACCOUNT_UNKNOWN` for what is not theirs or not there. */
export function assertAdministers(
  actor: Subject,
  kind: Account['kind'],
  name: string,
  account: Account | null,
): Account {
  if (account !== null && account.kind === kind && mayAdminister(actor, account)) {
    return account;
  }
  assertAdministersSomething(actor);
  throw new AccountError('ACCOUNT_UNKNOWN', `no such ${kind}`, { object: quote(name) });
}

/** Throws `ACCOUNT_DENIED` unless all of these rights are the actor's to give to an account of this project, or of none. */
export function assertMayGive(actor: Subject, project: string | null, grants: readonly Grant[]): void {
  if (!mayGive(actor, project, grants)) {
    throw denied(
      actor,
      project === null ? 'the role admin for *' : `the role admin for ${project}/* and for every scope that is granted`,
    );
  }
}

/** Throws `ACCOUNT_DENIED` for whoever is administrator of nothing at all. */
export function assertAdministersSomething(actor: Subject): void {
  if (!actor.grants.some(({ scope }) => administers(actor, scope))) {
    throw denied(actor, 'the role admin');
  }
}

/** Throws `ACCOUNT_LAST_ADMINISTRATOR` when after a change, or a removal (null), no user would administer all. */
export async function assertAdministratorLeft(
  records: Records,
  before: Account,
  after: Account | null,
  now: number,
): Promise<void> {
  if (!isAdministrator(before, now) || (after !== null && isAdministrator(after, now))) {
    return;
  }
  for (let last: string | null = null; ; ) {
    const page = await records.accounts.list('user', { after: last, limit: PAGE });
    for (const { id, name } of page.filter((account) => account.id !== before.id && isAdministrator(account, now))) {
      // Finding it holds on to it: two who remove each other at the same moment cannot both succeed.
      const other = await records.accounts.find(name);
      if (other?.id === id && isAdministrator(other, now)) {
        return;
      }
    }
    last = page.at(-1)?.name ?? null;
    if (page.length < PAGE) {
      throw new AccountError('ACCOUNT_LAST_ADMINISTRATOR', 'nobody would be left to administer the server', {
        object: quote(before.name),
        expected: 'another user with the role admin for *',
        found: 'none',
      });
    }
  }
}

function isAdministrator(account: Account, now: number): boolean {
  return (
    account.kind === 'user' &&
    isLive(account, now) &&
    account.grants.some(({ role, scope, environment }) => role === 'admin' && scope === '*' && environment === '*')
  );
}

function mayGive(actor: Subject, project: string | null, grants: readonly Grant[]): boolean {
  const scopes = [project === null ? '*' : `${project}/*`, ...grants.map(({ scope }) => scope)];
  return scopes.every((scope) => administers(actor, scope));
}

function denied(actor: Subject, expected: string): AccountError {
  return new AccountError('ACCOUNT_DENIED', 'not allowed', { object: actor.id, expected, found: 'other roles' });
}
