import { isAppError, messageOf } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import type { TrustedSigner } from '../configuration/index.ts';
import { TrustError } from '../error.ts';
import type { SignedContent } from '../signed.ts';
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
  /** Signature checks that are left for this image. */
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
    for (const signer of judging.signers) {
      const outcome = attempt(() =>
        checked(judging, signature.object, () => verifyFor(signer, signature, judging.now)),
      );
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

/** Strangers may hang any number of signatures on an image; what is past the limit is refused, never skipped. */
function checked<T>(judging: Judging, object: string, check: () => T): T {
  if (judging.checksLeft === 0) {
    throw new TrustError('EVIDENCE_TOO_MUCH', 'not looked at', {
      object,
      expected: `at most ${LIMITS.signatureChecks} signatures on an image, counted for each signer`,
      found: 'more before it',
    });
  }
  judging.checksLeft -= 1;
  return check();
}

/** A refusal as a value; errors that are not ours are bugs and go on. */
function attempt<T extends object>(step: () => T): T | Fault {
  try {
    return step();
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return { code: error.code, reason: messageOf(error) };
  }
}
