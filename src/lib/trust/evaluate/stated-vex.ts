import { parseStatement } from '../attestations/statement.ts';
import type { Judged } from './judged.ts';

/** A statement on the image, about it, whose predicate may be a VEX document in any format. */
export interface StatedVex {
  /** Which one: an index into the evidence. */
  readonly evidence: number;
  /** As parsed from the very bytes that were judged. */
  readonly predicate: unknown;
}

/** OpenVEX; CycloneDX, whose type does not tell statements about vulnerabilities from inventories; CSAF has no type of its own. */
const MAY_HOLD: ReadonlySet<string> = new Set(['vex', 'sbom', 'other']);

/** Whoever signed them, if anybody did. */
export function statedVex(judged: readonly Judged[]): readonly StatedVex[] {
  return judged.flatMap(({ claim, content }, evidence) => {
    const { kind, bytes } = content.content;
    return claim?.kind === 'attestation' && kind === 'statement' && MAY_HOLD.has(claim.predicate.kind)
      ? [{ evidence, predicate: parseStatement(bytes, content.object).predicate }]
      : [];
  });
}
