/** Who may do what: roles, scopes, states, passwords, secrets and tokens. Pure: no store, no clock of its own. */

export { allows, type Decision, decide, may, namePrefixes, type Resource } from './decide.ts';
export { type AccessCode, AccessError } from './error.ts';
export { isEnvironmentName, isWithinGrant, parseGrant } from './grant.ts';
export { maySee, type Sight } from './may-see.ts';
export { ROLE_ACTIONS } from './roles.ts';
export { contains, covers, parseScope, type Scope } from './scope.ts';
