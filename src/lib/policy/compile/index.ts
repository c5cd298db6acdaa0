import type { PolicySet } from '#model/policy.ts';
import { sourceConflicts } from '../sources/conflicts.ts';
import type { CompiledEnvironment, CompiledOrNot, DocumentIssue } from './compiled.ts';
import { compileEnvironment } from './environment.ts';
import { compilePolicy, type PolicyPrograms } from './policy.ts';

/**
 * Reads and checks every expression of a set against the facts, and what environments say of policies: names that there are, parameters of
 * their types. All that is wrong is told at once; where anything is, nothing is compiled.
 */
export function compileSet(set: PolicySet): CompiledOrNot {
  const { environments, issues } = compileAll(set);
  return issues.length === 0 ? { ok: true, compiled: { set, environments }, issues } : { ok: false, issues };
}

/** What there is of a set when it is compiled, errors or not. */
export interface CompiledParts {
  readonly policies: ReadonlyMap<string, PolicyPrograms>;
  readonly environments: ReadonlyMap<string, CompiledEnvironment>;
  readonly issues: readonly DocumentIssue[];
}

/** The same, for those who look further. */
export function compileAll(set: PolicySet): CompiledParts {
  const policies = new Map(set.policies.map((policy) => [policy.name, compilePolicy(policy)]));
  const environments = set.environments.map((environment) => compileEnvironment(environment, policies));
  return {
    policies,
    environments: new Map(environments.map(({ compiled }) => [compiled.environment.name, compiled])),
    issues: [
      ...[...policies.values()].flatMap(({ issues }) => issues),
      ...environments.flatMap(({ issues }) => issues),
      ...sourceConflicts(set.sources),
    ],
  };
}
