import type * as TagPatterns from './tag-pattern.ts';

/** Who may do what: roles, scopes, states, passwords, secrets and tokens. Pure: no store, no clock of its own. */

export {
  isRobotName,
  parseRobotName,
  parseUserName,
  robotNameOf,
  subjectIdOf,
} from './account-name.ts';
export { decide, may, mayAll, namePrefixes } from './decide.ts';
export { AccessError } from './error.ts';
export { administers, isEnvironmentName, parseGrant } from './grant.ts';
export { maySee } from './may-see.ts';
export { isOwner, nameOfOwner, ownerOf, robotOf } from './owner.ts';
export { assertPassword, hashPassword, verifyNothing, verifyPassword } from './password.ts';
export { reportsUses } from './report-uses.ts';
export { createRobotSecret, hashRobotSecret, verifyRobotSecret } from './robot-secret.ts';
export { covers as scopeCovers, parseScope, SCOPE_FORMS } from './scope.ts';
export {
  readToken,
  type TokenClaims,
  type TokenKey,
  type TokenReading,
  writeToken,
} from './token.ts';
export { heldScopes, parseTokenScopes } from './token-scope.ts';

/** See `isTagOf`: loaded where there are patterns. */
export async function loadTagPatterns(): Promise<typeof TagPatterns> {
  return await import('./tag-pattern.ts');
}
