import { isAppError, quote } from '#base/error.ts';
import type { Attachment, AttachmentBlob } from '#model/attachment.ts';
import type { SignedContent } from '../signed.ts';
import type { FormatContents, FormatFailure } from './format.ts';

/** Something of an attachment that is of the format: its bytes and what it is called. */
export interface Part {
  readonly blob: AttachmentBlob;
  readonly bytes: Uint8Array;
  /** `layer 2 of manifest sha256:…`. */
  readonly object: string;
}

/**
 * Reads the blobs of an attachment one by one: those of another type, those that were not fetched and those that cannot be
 * read are failures, each of its own, so that nothing is passed over in silence.
 */
export function readParts(
  attachment: Attachment,
  isWanted: (mediaType: string) => boolean,
  read: (part: Part) => SignedContent,
): FormatContents {
  const contents: SignedContent[] = [];
  const failures: FormatFailure[] = [];
  for (const [index, blob] of attachment.blobs.entries()) {
    const object = `layer ${index + 1} of manifest ${attachment.digest}`;
    if (!isWanted(blob.mediaType)) {
      failures.push(failure(object, `of another type: ${quote(blob.mediaType, 100)}`));
    } else if (blob.content === null) {
      failures.push(failure(object, `not read: ${blob.reason ?? 'no reason given'}`));
    } else {
      try {
        contents.push(read({ blob, bytes: blob.content, object }));
      } catch (error) {
        if (!isAppError(error)) {
          throw error;
        }
        failures.push({ object, code: error.code, reason: error.message });
      }
    }
  }
  return { contents, failures };
}

function failure(object: string, problem: string): FormatFailure {
  return { object, code: 'ENVELOPE_INVALID', reason: `${object}: ${problem}` };
}
