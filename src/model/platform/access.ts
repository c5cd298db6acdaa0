/** What somebody is to a project. */
export const ROLES = ['viewer', 'developer', 'publisher', 'approver', 'deployer', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What may be asked for. */
export const ACTIONS = [
  /** Read what is served: manifests, blobs, tags, referrers. */
  'pull',
  /** Upload, tag, mount into. */
  'push',
  /** Delete, and restore what was deleted. */
  'delete',
  /** Look at records: inventories, findings, verdicts, states. */
  'read',
  /** Change the state of an image. */
  'approve',
  /** Read what is in quarantine or revoked. */
  'inspect',
  /** Read the events and the records of all. */
  'audit',
  /** Accounts, grants, garbage collection, configuration. */
  'administer',
] as const;
export type Action = (typeof ACTIONS)[number];

/** A role for the repositories of a scope, in an environment. */
export interface Grant {
  readonly role: Role;
  /** `*`, a repository, or a prefix of whole path segments with `/*`: `team/*`. */
  readonly scope: string;
  /** `*`, or the one environment that a deployer is for. */
  readonly environment: string;
}

/** Whoever asks: an account, or nobody in particular. */
export interface Subject {
  /** `user:alice`, `robot:ci`, `worker`, `anonymous`. */
  readonly id: string;
  /** The identifier of the account; left out for those that are none. */
  readonly account?: string;
  readonly grants: readonly Grant[];
  /** The environment that this puller pulls for; null for people. */
  readonly environment: string | null;
  /** What a token was made for: nothing else is allowed, whatever the grants say. Without it they alone count. */
  readonly within?: readonly TokenScope[];
}

/** What a token is good for (distribution, "Token Scope Documentation"). */
export interface TokenScope {
  /** A repository, or null for the list of all of them. */
  readonly repository: string | null;
  readonly actions: readonly ('pull' | 'push' | 'delete')[];
}

export const ANONYMOUS: Subject = { id: 'anonymous', grants: [], environment: null };
/** Our own background work. */
export const WORKER: Subject = {
  id: 'worker',
  grants: [{ role: 'admin', scope: '*', environment: '*' }],
  environment: null,
};
