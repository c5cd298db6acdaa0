import { canonicalDigest } from '#base/json/canonical.ts';
import type { FailLevel } from '#model/gate.ts';
import type { VerdictPolicy } from '#model/verdict.ts';
import type { ExceptionDocument } from './exceptions.ts';

/** What is asked of the image: `--fail-on` and what goes with it. */
export interface GateRequest {
  readonly failOn: FailLevel;
  /** Why unknowns pass; absent where they do not. */
  readonly allowUnknown: string | undefined;
}

/** Names the form of the document whose digest is beside it. */
export const GATE_POLICY_URI = 'https://plimsoll.dev/policy/gate/v1';

/** What was asked as a document, with the digest of its canonical form. */
export function policyOf(
  { failOn, allowUnknown }: GateRequest,
  documents: readonly ExceptionDocument[],
): VerdictPolicy {
  const exceptions = [...new Set(documents.map(({ digest }) => digest))].toSorted();
  const gate = { failOn, allowUnknown: allowUnknown ?? null, exceptions };
  return { digest: canonicalDigest(gate), gate };
}
