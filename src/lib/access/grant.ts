import { quote } from '#base/error.ts';
import { type Grant, ROLES, type Role, type Subject } from '#model/platform/access.ts';
import { AccessError } from './error.ts';
import { ENVIRONMENT_ROLES } from './roles.ts';
import { contains, parseScope, SCOPE_FORMS } from './scope.ts';

const MAX_ENVIRONMENT_CHARS = 63;

/** A grant of what somebody wrote; throws `GRANT_INVALID` saying what of it is wrong. */
export function parseGrant(role: string, scope: string, environment: string): Grant {
  const known = ROLES.find((candidate) => candidate === role);
  if (known === undefined) {
    throw invalid('role', `one of ${ROLES.join(', ')}`, role);
  }
  if (parseScope(scope) === null) {
    throw invalid('scope', SCOPE_FORMS, scope);
  }
  assertEnvironment(environment, known);
  return { role: known, scope, environment };
}

/** True for the name of an environment: as labels of DNS are, so that it can stand in URLs and file names. */
export function isEnvironmentName(text: string): boolean {
  return (
    text.length <= MAX_ENVIRONMENT_CHARS && /^[a-z0-9-]+$/.test(text) && !text.startsWith('-') && !text.endsWith('-')
  );
}

/** Whether one grant gives nothing that the other does not. */
export function isWithinGrant(inner: Grant, outer: Grant): boolean {
  const scopes = [parseScope(outer.scope), parseScope(inner.scope)] as const;
  return (
    (outer.role === inner.role || outer.role === 'admin') &&
    scopes[0] !== null &&
    scopes[1] !== null &&
    contains(scopes[0], scopes[1]) &&
    (outer.environment === '*' || outer.environment === inner.environment)
  );
}

/** Whether somebody may give away, and take, every right in a scope. Never by a token of the registry. */
export function administers(subject: Subject, scope: string): boolean {
  const all: Grant = { role: 'admin', scope, environment: '*' };
  return (
    subject.within === undefined && subject.grants.some((grant) => grant.role === 'admin' && isWithinGrant(all, grant))
  );
}

function assertEnvironment(environment: string, role: Role): void {
  if (environment === '*') {
    return;
  }
  if (!isEnvironmentName(environment)) {
    throw invalid('environment', '* or a name of lower-case letters, digits and dashes', environment);
  }
  if (!ENVIRONMENT_ROLES.includes(role)) {
    throw invalid('environment', `*: only ${ENVIRONMENT_ROLES.join(' and ')} are for an environment`, environment);
  }
}

function invalid(object: string, expected: string, found: string): AccessError {
  return new AccessError('GRANT_INVALID', 'not a grant', { object, expected, found: quote(found) });
}
