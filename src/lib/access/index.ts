/** Who may do what: roles, scopes, states, passwords, secrets and tokens. Pure: no store, no clock of its own. */

export {
  isRobotName,
  parseRobotName,
  parseUserName,
  type RobotName,
  robotNameOf,
  subjectIdOf,
} from './account-name.ts';
export { allows, type Decision, decide, may, mayList, namePrefixes, type Resource } from './decide.ts';
export { type AccessCode, AccessError } from './error.ts';
export { administers, isEnvironmentName, isWithinGrant, parseGrant } from './grant.ts';
export { maySee, type Sight } from './may-see.ts';
export { assertPassword, hashPassword, verifyNothing, verifyPassword } from './password.ts';
export { createRobotSecret, hashRobotSecret, isRobotSecret, verifyRobotSecret } from './robot-secret.ts';
export { ROLE_ACTIONS } from './roles.ts';
export { contains, covers, parseScope, type Scope } from './scope.ts';
export {
  readToken,
  type TokenClaims,
  type TokenKey,
  type TokenParties,
  type TokenReading,
  writeToken,
} from './token.ts';
export { heldScopes, parseTokenScopes } from './token-scope.ts';
