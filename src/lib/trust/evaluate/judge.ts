import { isAppError, messageOf } from '#base/error.ts';
import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import type { TrustedSigner } from '../configuration/index.ts';
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

/** Tries every signature of the content for every signer. Throws nothing for what a stranger wrote: refusals are in the result. */
export function judgeContent(found: FoundContent, signers: readonly TrustedSigner[], now: number): Judged {
  const claim = attempt(() => readClaim(found.content, found.subject));
  if ('code' in claim) {
    return { ...found, claim: null, accepted: [], rejected: [{ signer: null, ...claim }] };
  }
  const accepted: Accepted[] = [];
  const rejected: Rejected[] = [];
  for (const signature of found.content.signatures) {
    for (const signer of signers) {
      const outcome = attempt(() => verifyFor(signer, signature, now));
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
