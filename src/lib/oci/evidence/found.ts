import type { Digest } from '#base/digest.ts';
import type { AppError } from '#base/error.ts';
import type { AttachmentProblem, AttachmentRoute, EvidenceSubject } from '#model/attachment.ts';

/** A manifest that somebody says hangs on a subject; nothing of it is believed yet. */
export interface Found {
  readonly route: AttachmentRoute;
  readonly digest: Digest;
  readonly size: number;
  /** The manifest, where looking for it brought it: of a tag, whose digest is the one that these bytes have. */
  readonly bytes: Uint8Array | null;
}

/** All that was found to hang on a subject, most trustworthy order of reading first, and what kept more from being found. */
export interface Findings {
  readonly found: readonly Found[];
  readonly problems: readonly AttachmentProblem[];
}

export function problemOf(
  subject: EvidenceSubject,
  route: AttachmentRoute,
  digest: Digest | null,
  error: AppError,
): AttachmentProblem {
  return { subject: subject.digest, route, digest, code: error.code, reason: error.message };
}
