import { isAppError, messageOf } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import type { TrustedSigner } from '../configuration/index.ts';
import type { SignatureBlock, SignedContent } from '../signed.ts';
import { readClaim } from './claim.ts';
import type { Accepted, Fault, Judged, Rejected } from './judged.ts';
import { verifyFor } from './verify-for.ts';

/** Content as one attachment holds it. */
export interface FoundContent {
  readonly subject: EvidenceSubject;
  readonly attachment: Attachment;
  readonly content: SignedContent;
}

export interface Judging {
  readonly signers: readonly TrustedSigner[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Checks that are left for this image. */
  checksLeft: number;
}

/** Tries every signature of the content for every signer. Throws nothing for what a stranger wrote: refusals are in the result. */
export function judgeContent(found: FoundContent, judging: Judging): Judged {
  const claim = attempt(() => readClaim(found.content, found.subject));
  if ('code' in claim) {
    return { ...found, claim: null, accepted: [], rejected: [{ signer: null, ...claim }] };
  }
  const accepted: Accepted[] = [];
  const rejected: Rejected[] = [];
  for (const signature of found.content.signatures) {
    const checks = checksOf(signature);
    for (const signer of judging.signers) {
      if (judging.checksLeft < checks) {
        // One refusal for all that is left: one for each would be as much work as the checks.
        rejected.push({ signer: null, ...tooManyBefore(signature.object) });
        return { ...found, claim, accepted, rejected };
      }
      judging.checksLeft -= checks;
      const outcome = attempt(() => verifyFor(signer, signature, judging.now));
      if ('code' in outcome) {
        rejected.push({ signer, ...outcome });
      } else {
        accepted.push({ signer, ...outcome });
      }
    }
  }
  if (found.content.signatures.length === 0) {
    rejected.push({
      signer: null,
      code: 'UNSIGNED',
      reason: `${found.content.object}: expected a signature, found content that nobody signed`,
    });
  }
  return { ...found, claim, accepted, rejected };
}

/** How many signatures are verified for one: its own, and those of whoever vouches for its time, place or name. */
function checksOf(signature: SignatureBlock): number {
  return signature.kind === 'sigstore'
    ? 1 + signature.timestamps.length + signature.logEntries.length
    : signature.certificates.length + 1;
}

/** Strangers may hang any number of signatures on an image; what is past the limit is refused, never skipped. */
function tooManyBefore(object: string): Fault {
  const expected = `at most ${LIMITS.signatureChecks} signatures, timestamps and log entries on an image, counted for each signer`;
  return { code: 'EVIDENCE_TOO_MUCH', reason: `${object}: not looked at: expected ${expected}, found more before it` };
}

/** A refusal as a value; errors that are not ours are bugs and go on. */
function attempt<T extends object>(step: () => T): T | Fault {
  try {
    return step();
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    const hint = error.hint === undefined ? '' : `. ${error.hint}`;
    return { code: error.code, reason: messageOf(error) + hint };
  }
}
