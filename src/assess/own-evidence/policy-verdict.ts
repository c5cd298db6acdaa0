import type { GateDecision } from '#model/gate-verdict.ts';
import type { Report } from '#model/report.ts';
import type { Verdict } from '#model/verdict.ts';
import type { SummaryBasis } from './summary.ts';

/** A report with what the policies of an environment say of it. */
export type PolicyJudgedReport = Report & { readonly verdict: Verdict };

export function isPolicyJudged(report: Report): report is PolicyJudgedReport {
  return report.verdict !== undefined;
}

/** A verdict in the words that all statements of a scan have: what only is not known is no refusal. */
export function decisionOfVerdict({ decision, because }: Verdict): GateDecision {
  switch (decision) {
    case 'admit':
      return 'pass';
    case 'warn':
      return 'warn';
    case 'refuse':
      return because === 'unknowns' ? 'error' : 'refuse';
  }
}

/**
 * What summaries say of verdicts for one environment, that of all of them; null for none. Each environment is a verifier of its own: a
 * refusal by one takes back nothing that another has said, and whoever asks for one is not given another's.
 */
export function policyBasis(verdicts: readonly Verdict[]): SummaryBasis | null {
  const [first] = verdicts;
  if (first === undefined) {
    return null;
  }
  const name = encodeURIComponent(first.context.environment);
  return {
    verifier: `https://plimsoll.dev/verifier/policy/v1/${name}`,
    policy: { uri: `https://plimsoll.dev/policy/revision/v1/${name}`, digest: first.inputs.revision },
    levels: ['PLIMSOLL_POLICY_ADMITTED'],
    unconditional: verdicts.every(
      ({ decision, exceptions, unknowns }) =>
        decision === 'admit' && exceptions.length === 0 && unknowns.tolerated === 0 && unknowns.allowed === null,
    ),
  };
}
