import type { Digest } from '#base/digest.ts';
import { algorithmOf, hexOf } from '#base/digest.ts';
import { repositoryPurl } from '#lib/vex/index.ts';
import type { GateDecision } from '#model/gate-verdict.ts';
import type { ReportTool } from '#model/report.ts';

export interface SummaryParts {
  readonly tool: ReportTool;
  /** `registry/path`; null for files. */
  readonly repository: string | null;
  /** Of the image, or of every platform of an index. */
  readonly decisions: readonly GateDecision[];
  readonly by: SummaryBasis;
  /** Blobs of the signed statements that it rests on. */
  readonly inputs: readonly Digest[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a summary says of how it came about. */
export interface SummaryBasis {
  /** Whom a trust configuration names to believe these summaries, beside the signer: what one verifier refuses, another may let pass. */
  readonly verifier: string;
  readonly policy: { readonly uri: string; readonly digest: Digest };
  /** Of an image that passes. Nothing is said of how it was built. */
  readonly levels: readonly string[];
  /** Whether nothing was excepted, and all is known. */
  readonly unconditional: boolean;
}

/**
 * A SLSA verification summary 1.0 (slsa.dev/verification_summary/v1). `PASSED` only when every decision lets the image
 * pass: none, or a single other one, is `FAILED`.
 */
export function composeSummary({ tool, repository, decisions, by, inputs, now }: SummaryParts): object {
  const passed = decisions.length > 0 && decisions.every((decision) => decision === 'pass' || decision === 'warn');
  const more = by.unconditional ? ['PLIMSOLL_UNCONDITIONAL'] : [];
  return {
    verifier: { id: by.verifier, version: { [tool.name]: tool.version } },
    timeVerified: new Date(now).toISOString(),
    resourceUri: repository === null ? 'oci://local' : repositoryPurl(repository, null),
    policy: { uri: by.policy.uri, digest: digestSet(by.policy.digest) },
    inputAttestations: inputs.map((digest) => ({ digest: digestSet(digest) })),
    verificationResult: passed ? 'PASSED' : 'FAILED',
    verifiedLevels: passed ? ['SLSA_BUILD_LEVEL_UNEVALUATED', ...by.levels, ...more] : ['FAILED'],
    slsaVersion: '1.0',
  };
}

function digestSet(digest: Digest): Readonly<Record<string, string>> {
  return { [algorithmOf(digest)]: hexOf(digest) };
}
