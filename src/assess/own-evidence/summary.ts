import type { Digest } from '#base/digest.ts';
import { algorithmOf, hexOf } from '#base/digest.ts';
import type { FailLevel } from '#model/gate.ts';
import { FAIL_LEVELS } from '#model/gate.ts';
import type { ReportTool } from '#model/report.ts';
import type { Decision, VerdictPolicy } from '#model/verdict.ts';
import { GATE_POLICY_URI } from './gate-policy.ts';
import { repositoryPurl } from './products.ts';

/** Whom a trust configuration names to believe these summaries, beside the signer. */
const VERIFIER_ID = 'https://plimsoll.dev/verifier/scan/v1';

export interface SummaryParts {
  readonly tool: ReportTool;
  /** `registry/path`; null for files. */
  readonly repository: string | null;
  /** Of the image, or of every platform of an index. */
  readonly decisions: readonly Decision[];
  readonly policy: VerdictPolicy;
  /** Blobs of the signed statements that it rests on. */
  readonly inputs: readonly Digest[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * A SLSA verification summary 1.0 (slsa.dev/verification_summary/v1). `PASSED` only when every decision lets the image
 * pass: none, or a single other one, is `FAILED`.
 */
export function composeSummary(parts: SummaryParts): object {
  const { tool, repository, decisions, policy, inputs, now } = parts;
  const passed = decisions.length > 0 && decisions.every((decision) => decision === 'pass' || decision === 'warn');
  return {
    verifier: { id: VERIFIER_ID, version: { [tool.name]: tool.version } },
    timeVerified: new Date(now).toISOString(),
    resourceUri: repository === null ? 'oci://local' : repositoryPurl(repository, null),
    policy: { uri: GATE_POLICY_URI, digest: digestSet(policy.digest) },
    inputAttestations: inputs.map((digest) => ({ digest: digestSet(digest) })),
    verificationResult: passed ? 'PASSED' : 'FAILED',
    verifiedLevels: passed ? levelsOf(policy.gate.failOn, decisions) : ['FAILED'],
    slsaVersion: '1.0',
  };
}

/** Nothing is said of how it was built. Who passes a level passes those above it too; nothing excepted nor unknown is one more. */
function levelsOf(failOn: FailLevel, decisions: readonly Decision[]): readonly string[] {
  const levels = FAIL_LEVELS.slice(0, FAIL_LEVELS.indexOf(failOn) + 1);
  return [
    'SLSA_BUILD_LEVEL_UNEVALUATED',
    ...levels.map((level) => `PLIMSOLL_GATE_${level.toUpperCase()}`),
    ...(decisions.every((decision) => decision === 'pass') ? ['PLIMSOLL_UNCONDITIONAL'] : []),
  ];
}

function digestSet(digest: Digest): Readonly<Record<string, string>> {
  return { [algorithmOf(digest)]: hexOf(digest) };
}
