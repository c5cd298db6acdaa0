import type { Digest } from '#base/digest.ts';
import { canonicalDigest } from '#base/json/canonical.ts';
import { FAIL_LEVELS, type FailLevel } from '#model/gate.ts';
import type { GateDecision, GateVerdictPolicy } from '#model/gate-verdict.ts';
import type { SummaryBasis } from './summary.ts';

/** What is asked of the image: `--fail-on` and what goes with it. */
export interface GateRequest {
  readonly failOn: FailLevel;
  /** Why unknowns pass; absent where they do not. */
  readonly allowUnknown: string | undefined;
}

/** Names the form of the document whose digest is beside it. */
const GATE_POLICY_URI = 'https://plimsoll.dev/policy/gate/v1';

/** What was asked as a document, with the digest of its canonical form. `documents` are those of exceptions. */
export function policyOf({ failOn, allowUnknown }: GateRequest, documents: readonly Digest[]): GateVerdictPolicy {
  const exceptions = [...new Set(documents)].toSorted();
  const gate = { failOn, allowUnknown: allowUnknown ?? null, exceptions };
  return { digest: canonicalDigest(gate), gate };
}

/** What summaries say of an answer to `--fail-on`: who passes a level passes those above it too. */
export function gateBasis({ gate, digest }: GateVerdictPolicy, decisions: readonly GateDecision[]): SummaryBasis {
  const levels = FAIL_LEVELS.slice(0, FAIL_LEVELS.indexOf(gate.failOn) + 1);
  return {
    verifier: 'https://plimsoll.dev/verifier/scan/v1',
    policy: { uri: GATE_POLICY_URI, digest },
    levels: levels.map((level) => `PLIMSOLL_GATE_${level.toUpperCase()}`),
    unconditional: decisions.every((decision) => decision === 'pass'),
  };
}
