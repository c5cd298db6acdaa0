import { algorithmOf, type Digest, digestOf, hexOf } from '#base/digest.ts';
import { limitExceeded, readBounded } from '#base/limits.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { OciError } from '../error.ts';
import type { StoredFile } from '../files/file-set.ts';
import type { Integrity } from './integrity.ts';

export interface Blob {
  readonly bytes: Uint8Array;
  /** Of the bytes that were read; the descriptor's own unless a mismatch was reported. */
  readonly digest: Digest;
}

/** Where a layout keeps a blob (image-layout.md). Made of the checked digest alone, never of text from a document. */
export function blobPath(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
}

/** The bytes of a manifest, index or config, verified against its descriptor. */
export async function readBlob(
  file: StoredFile,
  descriptor: Descriptor,
  limit: number,
  object: string,
  integrity: Integrity,
  signal?: AbortSignal,
): Promise<Blob> {
  const bytes = await readStored(file, limit, object, signal);
  const digest = digestOf(bytes, algorithmOf(descriptor.digest));
  if (digest !== descriptor.digest) {
    integrity.report(
      new OciError('BLOB_DIGEST_MISMATCH', 'content is not what its digest says', {
        object,
        expected: `${descriptor.digest} of ${descriptor.size} bytes`,
        found: `${digest} of ${bytes.length} bytes`,
      }),
    );
  } else if (bytes.length !== descriptor.size) {
    integrity.report(sizeMismatch(object, descriptor.size, bytes.length));
  }
  return { bytes, digest };
}

/** A whole small file; throws `LIMIT_EXCEEDED` before reading one that is too large. */
export function readStored(file: StoredFile, limit: number, object: string, signal?: AbortSignal): Promise<Uint8Array> {
  if (file.size > limit) {
    throw limitExceeded(object, limit, 'bytes', file.size);
  }
  return readBounded(copied(file.open(signal)), limit, object);
}

/** What a source hands out is valid only until its next chunk. */
async function* copied(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    yield new Uint8Array(chunk);
  }
}

export function sizeMismatch(object: string, expected: number, found: number): OciError {
  return new OciError('BLOB_SIZE_MISMATCH', 'another size than its descriptor says', {
    object,
    expected: `${expected} bytes`,
    found: `${found} bytes`,
  });
}

export function missingBlob(object: string, source: { readonly object: string }, hint?: string): OciError {
  return new OciError('BLOB_MISSING', 'not in the source', {
    object,
    expected: `a blob in ${source.object}`,
    found: 'nothing',
    ...(hint === undefined ? {} : { hint }),
  });
}
