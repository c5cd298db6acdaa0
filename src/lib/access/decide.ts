import type { Action, Grant, Subject, TokenScope } from '#model/platform/access.ts';
import { ROLE_ACTIONS } from './roles.ts';
import { contains, covers, parseScope, type Scope } from './scope.ts';

/** What is asked about. */
export interface Resource {
  /** Null for what belongs to no repository: accounts, upkeep, the events of all. Only grants with the scope `*` reach that. */
  readonly repository: string | null;
  /** The environment that it is decided for; left out, the one that the subject is for. */
  readonly environment?: string | null;
}

export type Decision = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly message: string };

const YES: Decision = { kind: 'yes' };

/** Whether somebody may do something. What no grant allows is refused. */
export function decide(subject: Subject, action: Action, resource: Resource): Decision {
  const environment = resource.environment ?? subject.environment;
  if (!isWithin(subject.within, action, resource.repository)) {
    return { kind: 'no', message: `the token of ${subject.id} is not for ${described(action, resource.repository)}` };
  }
  return subject.grants.some((grant) => allows(grant, action, resource.repository, environment))
    ? YES
    : { kind: 'no', message: `${subject.id} has no role for ${described(action, resource.repository)}` };
}

/** As `decide`, for whoever needs no reason. */
export function may(subject: Subject, action: Action, repository: string | null): boolean {
  return decide(subject, action, { repository }).kind === 'yes';
}

/**
 * Whether somebody may do something with all that a scope holds, for an environment; `*` for every one. Never by a token of the registry. False for
 * what is no scope.
 */
export function mayAll(subject: Subject, action: Action, scope: string, environment: string): boolean {
  const asked = parseScope(scope);
  return (
    asked !== null &&
    subject.within === undefined &&
    subject.grants.some((grant) => {
      const own = parseScope(grant.scope);
      return own !== null && contains(own, asked) && reaches(grant, action, environment);
    })
  );
}

/** Whether somebody may be shown the name of a repository in the list of all. */
export function mayList(subject: Subject, repository: string): boolean {
  const isListed = subject.within === undefined || subject.within.some((scope) => scope.repository === null);
  return isListed && subject.grants.some((grant) => allows(grant, 'pull', repository, subject.environment));
}

/**
 * The repositories that somebody may do something with: names, and names with a slash at the end for all below; null when there is no limit. What a token of
 * the registry is limited to besides is still to be decided about for each.
 */
export function namePrefixes(subject: Subject, action: Action): readonly string[] | null {
  if (subject.within !== undefined && NEEDED[action] === undefined) {
    return [];
  }
  const scopes = subject.grants
    .filter((grant) => reaches(grant, action, subject.environment))
    .flatMap(({ scope }) => parseScope(scope) ?? []);
  return scopes.some(({ kind }) => kind === 'all') ? null : [...new Set(scopes.map(prefixOf))].toSorted();
}

/** Whether a grant reaches so far; without a repository only one for all of them does. */
function allows(grant: Grant, action: Action, repository: string | null, environment: string | null): boolean {
  const scope = parseScope(grant.scope);
  if (scope === null || !reaches(grant, action, environment)) {
    return false;
  }
  return repository === null ? scope.kind === 'all' : covers(scope, repository);
}

function reaches(grant: Grant, action: Action, environment: string | null): boolean {
  const reach = ROLE_ACTIONS[grant.role][action];
  return reach === 'everywhere' || (reach === 'in-environment' && isFor(grant, environment));
}

function isFor(grant: Grant, environment: string | null): boolean {
  return grant.environment === '*' || grant.environment === environment;
}

/** A token of the registry is for what it names, and never for anything but the registry. */
function isWithin(within: readonly TokenScope[] | undefined, action: Action, repository: string | null): boolean {
  if (within === undefined) {
    return true;
  }
  const needed = NEEDED[action];
  return (
    needed !== undefined && within.some((scope) => scope.repository === repository && scope.actions.includes(needed))
  );
}

const NEEDED: Readonly<Partial<Record<Action, TokenScope['actions'][number]>>> = {
  pull: 'pull',
  inspect: 'pull',
  push: 'push',
  delete: 'delete',
};

function prefixOf(scope: Scope): string {
  switch (scope.kind) {
    case 'all':
      return '';
    case 'repository':
      return scope.name;
    case 'below':
      return `${scope.prefix}/`;
  }
}

function described(action: Action, repository: string | null): string {
  return repository === null ? action : `${action} of ${repository}`;
}
