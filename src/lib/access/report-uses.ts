import type { Subject } from '#model/platform/access.ts';
import { covers, parseScope } from './scope.ts';

/**
 * Whether somebody may say what runs in an environment (null: in none in particular) out of a repository: who deploys there, and who administers. Never by a token of the
 * registry.
 */
export function reportsUses(subject: Subject, repository: string, environment: string | null): boolean {
  return (
    subject.within === undefined &&
    subject.grants.some((grant) => {
      const scope = parseScope(grant.scope);
      const isFor = grant.environment === '*' || grant.environment === environment;
      const isRole = grant.role === 'admin' || (grant.role === 'deployer' && isFor);
      return isRole && scope !== null && covers(scope, repository);
    })
  );
}
