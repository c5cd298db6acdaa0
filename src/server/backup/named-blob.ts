import { type Digest, parseDigest } from '#base/digest.ts';
import type { BlobKey } from '#model/platform/blob-store.ts';
import type { DumpedRow } from '#store/metadata/index.ts';

/** Of a blob, what its row says. */
export interface NamedBlob {
  readonly digest: Digest;
  readonly key: BlobKey;
  readonly size: number;
  readonly isDamaged: boolean;
}

/** The blob that a row of `blobs` is about. */
export function namedBlob({ row }: DumpedRow): NamedBlob {
  return {
    digest: parseDigest(String(row['digest'])),
    key: String(row['storage_key']) as BlobKey,
    size: Number(row['size']),
    isDamaged: row['damaged_at'] !== null,
  };
}
