import { algorithmOf, createDigester, type Digest } from '#base/digest.ts';
import type { BlobStore, StoredBlob } from '#model/platform/blob-store.ts';
import { BlobError } from './error.ts';

/** What reading all of a blob found. */
export type BlobCheck =
  | { readonly kind: 'intact' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly digest: Digest; readonly size: number };

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes read so far, and waited for: reading goes no faster than that. */
  readonly pace?: (read: number) => Promise<void>;
}

/** Reads a blob to its end and says whether it is what its row says. What the store cannot do right now is thrown: that says nothing of the blob. */
export async function verifyBlob(
  store: BlobStore,
  blob: StoredBlob,
  { signal, pace }: VerifyOptions = {},
): Promise<BlobCheck> {
  const content = await store.read(blob.key, { lend: true, ...(signal === undefined ? {} : { signal }) });
  if (content === null) {
    return { kind: 'missing' };
  }
  const digester = createDigester(algorithmOf(blob.digest));
  let size = 0;
  try {
    for await (const chunk of content.bytes) {
      digester.update(chunk);
      size += chunk.length;
      await pace?.(size);
    }
  } catch (error) {
    if (!(error instanceof BlobError && error.code === 'BLOB_TRUNCATED')) {
      throw error;
    }
  }
  const digest = digester.digest();
  return digest === blob.digest && size === blob.size ? { kind: 'intact' } : { kind: 'damaged', digest, size };
}
