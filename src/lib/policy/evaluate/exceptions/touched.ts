import type { RuleRun } from '../policy-run.ts';
import type { ConsideredException } from './consider.ts';

/**
 * Those of a rule's exceptions, in force or to begin, that make a difference to it: what they take it looks at, or what they let pass it
 * breaks. An error is not let pass.
 */
export function touching({ skipped, decided, exceptions }: RuleRun): readonly ConsideredException[] {
  if (skipped !== null) {
    return [];
  }
  return exceptions.filter(({ state, kind, changes }) => {
    const counts = state === 'in-force' || state === 'not-yet';
    return counts && (kind === 'rule' ? decided.answer === false : changes.some((name) => decided.reads.has(name)));
  });
}
