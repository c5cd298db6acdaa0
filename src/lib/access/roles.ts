import type { Action, Role } from '#model/platform/access.ts';

/**
 * How far a role allows an action: `everywhere` in its scope, or only in the environment of the grant. Grants for all environments (`*`)
 * make no difference between them.
 */
export type Reach = 'everywhere' | 'in-environment';

type RoleActions = Readonly<Partial<Record<Action, Reach>>>;

const ALL = 'everywhere';
const BOUND = 'in-environment';

/** What each role may do. What is not named is not allowed. `docs/guides/accounts.md` shows it. */
export const ROLE_ACTIONS: Readonly<Record<Role, RoleActions>> = {
  viewer: { pull: ALL, read: ALL },
  developer: { pull: ALL, read: ALL },
  publisher: { pull: ALL, push: ALL, delete: ALL, read: ALL },
  // Whoever decides for one environment has to see what is decided about.
  approver: { pull: ALL, read: ALL, inspect: ALL, approve: BOUND },
  deployer: { pull: BOUND },
  auditor: { read: ALL, audit: ALL },
  admin: {
    pull: ALL,
    push: ALL,
    delete: ALL,
    read: ALL,
    approve: ALL,
    inspect: ALL,
    audit: ALL,
    administer: ALL,
  },
};

/** Roles that may be given for one environment. */
export const ENVIRONMENT_ROLES: readonly Role[] = ['approver', 'deployer'];
