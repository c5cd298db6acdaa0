import { compareText } from '#base/compare.ts';
import type { IdleException, UsedException } from '#model/verdict.ts';
import type { JudgedRule } from '../rule-result.ts';
import type { ConsideredException } from './consider.ts';

/** Which exceptions made a difference to a rule, and which did not and why. Both sorted as they are given. */
export function reportExceptions(
  considered: readonly ConsideredException[],
  rules: readonly JudgedRule[],
): { readonly used: readonly UsedException[]; readonly idle: readonly IdleException[] } {
  const rulesOf = new Map<ConsideredException, string[]>();
  for (const { touching, result } of rules) {
    for (const one of touching) {
      rulesOf.set(one, [...(rulesOf.get(one) ?? []), result.rule]);
    }
  }
  const used: UsedException[] = [];
  const idle: IdleException[] = [];
  for (const one of considered) {
    const { name, digest, expires, approver, ticket } = one.exception;
    const changed = one.state === 'in-force' ? (rulesOf.get(one) ?? []) : [];
    if (changed.length > 0) {
      used.push({
        name,
        digest,
        expires,
        approver,
        ticket,
        rules: changed.toSorted(compareText),
        findings: [...new Set([...one.findings].map(({ id }) => id))].toSorted(compareText),
      });
    } else {
      idle.push({ name, digest, why: one.state === 'in-force' ? 'unused' : one.state, expires });
    }
  }
  return { used, idle };
}
