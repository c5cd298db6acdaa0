import { isAppError } from '#base/error.ts';
import { type GivenVex, readVexIn } from '#lib/vex/index.ts';
import type { Evidence } from '#model/evidence.ts';
import type { ExceptionSource } from '#model/exception.ts';

/** Something that is attested on an image and may be a VEX document. */
export interface AttestedVex {
  readonly evidence: Evidence;
  /** As parsed. */
  readonly predicate: unknown;
}

/** One that counts for nothing, and why. */
export interface PassedOverVex {
  readonly from: ExceptionSource;
  /** A sentence part. */
  readonly reason: string;
}

/**
 * Null for what is no VEX document. Only what has been accepted for a signer of the trust configuration counts, and only its last word: anybody may attach
 * a statement.
 */
export async function attestedVex({ evidence, predicate }: AttestedVex): Promise<GivenVex | PassedOverVex | null> {
  const { attachment, blob, trusted, signed, supersededBy } = evidence;
  const from: ExceptionSource = { kind: 'attestation', name: attachment, digest: blob };
  try {
    const document = await readVexIn(predicate, { name: `attestation ${blob}`, id: blob });
    if (document === null) {
      return null;
    }
    if (!trusted) {
      const found = signed ? 'signatures of others alone' : 'none';
      return { from, reason: `expected a signature that the trust configuration accepts, found ${found}` };
    }
    return supersededBy === null
      ? { document, from }
      : { from, reason: `its signer has said otherwise since, in ${supersededBy.blob}` };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return { from, reason: error.message };
  }
}
