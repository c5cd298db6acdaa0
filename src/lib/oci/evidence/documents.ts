import { LIMITS } from '#base/limits.ts';
import { type AttachmentDocument, parseAttachment } from '../documents/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { missingBlob, readBlob, sizeMismatch } from '../images/blobs.ts';
import type { ContentSource } from '../images/content-source.ts';
import { Integrity } from '../images/integrity.ts';

/** A manifest or index whose bytes have the digest and the size of its descriptor. */
export interface VerifiedDocument {
  readonly descriptor: Descriptor;
  readonly document: AttachmentDocument;
}

/** Throws `BLOB_MISSING`, `BLOB_DIGEST_MISMATCH`, `BLOB_SIZE_MISMATCH`, and what reading and parsing throw. */
export async function readVerified(
  source: ContentSource,
  descriptor: Descriptor,
  signal?: AbortSignal,
): Promise<VerifiedDocument> {
  const object = `manifest ${descriptor.digest}`;
  const file = await source.manifest(descriptor);
  if (file === null) {
    throw missingBlob(object, source);
  }
  if (file.size !== descriptor.size) {
    throw sizeMismatch(object, descriptor.size, file.size);
  }
  const { bytes } = await readBlob(file, descriptor, LIMITS.manifestBytes, object, new Integrity('require'), signal);
  return { descriptor, document: parseAttachment(bytes, descriptor.mediaType, object) };
}

/** A descriptor with nothing but what identifies the content: whatever else a listing says is not used. */
export function bareDescriptor({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Descriptor {
  return { digest, size, mediaType: null, annotations: new Map(), artifactType: null, platform: null };
}
