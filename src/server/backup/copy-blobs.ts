import { unlink } from 'node:fs/promises';
import { algorithmOf, type Digest } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import type { BlobStore } from '#model/platform/blob-store.ts';
import { sizeOfFile, writeFileWhole } from './files.ts';
import type { NamedBlob } from './named-blob.ts';
import { blobFile } from './summary.ts';

export interface CopiedBlobs {
  readonly bytes: number;
  /** Bytes that are not what the digest says. They are not in the backup. */
  readonly damaged: readonly Digest[];
  /** Gone since the snapshot. */
  readonly missing: readonly Digest[];
}

export interface CopyOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly log: Log;
}

type Outcome = 'copied' | 'damaged' | 'missing';

/** Copies every blob under its digest, verified. Those that an earlier snapshot brought are there already. */
export async function copyBlobs(
  blobs: BlobStore,
  named: readonly NamedBlob[],
  options: CopyOptions,
): Promise<CopiedBlobs> {
  const outcomes: Record<Outcome, NamedBlob[]> = { copied: [], damaged: [], missing: [] };
  let done = 0;
  for (const blob of named) {
    options.signal.throwIfAborted();
    outcomes[await copyOne(blobs, blob, options)].push(blob);
    done += 1;
    options.progress(`${done} of ${named.length} blobs`);
  }
  return {
    bytes: outcomes.copied.reduce((sum, { size }) => sum + size, 0),
    damaged: outcomes.damaged.map(({ digest }) => digest),
    missing: outcomes.missing.map(({ digest }) => digest),
  };
}

async function copyOne(blobs: BlobStore, blob: NamedBlob, { folder, signal, log }: CopyOptions): Promise<Outcome> {
  const path = blobFile(folder, blob.digest);
  if ((await sizeOfFile(path)) === blob.size) {
    return 'copied';
  }
  const content = await blobs.read(blob.key, { signal });
  if (content === null) {
    // Known to be damaged: it may be that there is nothing left of it.
    return blob.isDamaged ? 'damaged' : 'missing';
  }
  const { digest, bytes } = await writeFileWhole(path, content.bytes, algorithmOf(blob.digest));
  if (digest === blob.digest && bytes === blob.size) {
    return 'copied';
  }
  await unlink(path);
  log.error('a blob is damaged and not in the backup', { digest: blob.digest, found: digest });
  return 'damaged';
}
