import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { algorithmOf, type Digest, digestOf, parseDigest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { type BlobKey, type BlobStore, EMPTY_UPLOAD } from '#model/platform/blob-store.ts';
import type { Records } from '#model/platform/records.ts';
import { assertEmptyMetadata, type DumpedRow, loadMetadata } from '#store/metadata/index.ts';
import type { ServerConfig } from '../config/index.ts';
import { openStores } from '../roles/open-stores.ts';
import { sizeOfFile } from './files.ts';
import { MissingAnalyses } from './missing-analyses.ts';
import { type NamedBlob, namedBlob } from './named-blob.ts';
import { readRows } from './rows.ts';
import { type BackupSummary, blobFile, damaged, METADATA_FILE, readSummary } from './summary.ts';

export interface RestoreOptions {
  readonly config: ServerConfig;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/**
 * Brings back what a backup holds, into stores that hold nothing. Bytes first: until the records are there, in one transaction, they are garbage. So
 * whatever interrupts it leaves a store that still holds nothing, and the restore can begin again.
 */
export async function restore(options: RestoreOptions): Promise<BackupSummary> {
  const { config, folder, clock, log, signal } = options;
  const summary = await readSummary(folder);
  const path = join(folder, METADATA_FILE);
  const named = await verifyRecords(path, summary, folder);
  const { store, blobs } = await openStores(config, { clock, log });
  const keys = new Map<Digest, BlobKey>();
  try {
    await assertEmptyMetadata(store);
    await putBlobs(blobs, { named, keys }, options);
    signal.throwIfAborted();
    const analyses = new MissingAnalyses();
    await loadMetadata(store, {
      rows: () => restoredRows(path, summary, keys, analyses),
      after: async (records: Records) => await analyses.enqueue(records, clock.now()),
    });
    return summary;
  } catch (error) {
    await removeBlobs(blobs, keys);
    throw error;
  } finally {
    await store.close();
  }
}

/** Reads all of it once before anything is written. The blobs that have to be there. */
async function verifyRecords(path: string, summary: BackupSummary, folder: string): Promise<readonly NamedBlob[]> {
  const missingByIntent = new Set<Digest>(summary.blobs.damaged);
  const named: NamedBlob[] = [];
  let rows = 0;
  for await (const row of readRows(path, summary.metadata.digest)) {
    rows += 1;
    assertContent(row, path);
    if (row.table === 'blobs') {
      const blob = namedBlob(row);
      if (!missingByIntent.has(blob.digest)) {
        named.push(blob);
      }
    }
  }
  if (rows !== summary.metadata.rows) {
    throw damaged(path, `${summary.metadata.rows} rows`, String(rows));
  }
  for (const { digest, size } of named) {
    const found = await sizeOfFile(blobFile(folder, digest));
    if (found !== size) {
      throw damaged(blobFile(folder, digest), `${size} bytes`, found === null ? 'no file' : `${found} bytes`);
    }
  }
  return named;
}

function assertContent({ table, row }: DumpedRow, path: string): void {
  if (table === 'manifests') {
    const digest = parseDigest(String(row['digest']));
    const content = row['content'];
    const found = content instanceof Uint8Array ? digestOf(content, algorithmOf(digest)) : 'nothing';
    if (found !== digest) {
      throw damaged(path, `a manifest ${digest}`, found);
    }
  }
}

interface Putting {
  readonly named: readonly NamedBlob[];
  readonly keys: Map<Digest, BlobKey>;
}

async function putBlobs(
  blobs: BlobStore,
  { named, keys }: Putting,
  { folder, signal, progress }: RestoreOptions,
): Promise<void> {
  for (const { digest, size } of named) {
    signal.throwIfAborted();
    const path = blobFile(folder, digest);
    const options = { algorithm: algorithmOf(digest), maxBytes: size, signal };
    const upload = await blobs.append(EMPTY_UPLOAD, createReadStream(path, { highWaterMark: 1 << 20 }), options);
    try {
      const stored = await blobs.commit(upload, digest, signal);
      keys.set(digest, stored.key);
    } catch (error) {
      const isOther = isAppError(error) && error.code === 'UPLOAD_DIGEST_MISMATCH';
      throw isOther ? damaged(path, digest, error.found ?? 'other bytes') : error;
    } finally {
      await blobs.discard(upload);
    }
    progress(`${keys.size} of ${named.length} blobs`);
  }
}

/** Rows as they are stored here: blobs under their new keys. */
async function* restoredRows(
  path: string,
  { metadata, blobs, createdAt }: BackupSummary,
  keys: ReadonlyMap<Digest, BlobKey>,
  analyses: MissingAnalyses,
): AsyncGenerator<DumpedRow> {
  const withoutBytes = new Set<string>(blobs.damaged);
  analyses.begin();
  for await (const one of readRows(path, metadata.digest)) {
    analyses.see(one);
    if (one.table !== 'blobs') {
      yield one;
      continue;
    }
    const digest = parseDigest(String(one.row['digest']));
    const damagedAt = withoutBytes.has(digest) ? (one.row['damaged_at'] ?? Date.parse(createdAt)) : null;
    // Of one that is not here the old key stays: a key is never given out twice.
    yield {
      table: 'blobs',
      row: { ...one.row, storage_key: keys.get(digest) ?? one.row['storage_key'] ?? '', damaged_at: damagedAt },
    };
  }
}

/** What cannot be removed is garbage, and collected. */
async function removeBlobs(blobs: BlobStore, keys: ReadonlyMap<Digest, BlobKey>): Promise<void> {
  for (const key of keys.values()) {
    await blobs.remove(key).catch(() => undefined);
  }
}
