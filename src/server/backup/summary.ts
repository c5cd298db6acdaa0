import { join } from 'node:path';
import { z } from 'zod';
import { type Digest, hexOf, isDigest } from '#base/digest.ts';
import { messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { BackupError } from './error.ts';

const digestText = z.string().refine(isDigest);

/** `backup.json`, written last: without it a backup is not finished. */
const summary = z.strictObject({
  schemaVersion: z.literal('1'),
  /** Of the program. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  metadata: z.strictObject({ digest: digestText, bytes: z.int().min(0), rows: z.int().min(0) }),
  blobs: z.strictObject({
    count: z.int().min(0),
    bytes: z.int().min(0),
    /** Those whose bytes were lost or changed before the backup: their rows are in it and their bytes are not. */
    damaged: z.array(digestText),
  }),
});
export type BackupSummary = z.infer<typeof summary>;

export const SUMMARY_FILE = 'backup.json';
export const METADATA_FILE = 'metadata.jsonl';

/** Where the bytes of a blob are in a backup. */
export function blobFile(folder: string, digest: Digest): string {
  const hex = hexOf(digest);
  return join(folder, 'blobs', digest.slice(0, digest.indexOf(':')), hex.slice(0, 2), hex);
}

/** Throws `BACKUP_MISSING` and `BACKUP_DAMAGED`. */
export async function readSummary(folder: string): Promise<BackupSummary> {
  const path = join(folder, SUMMARY_FILE);
  const bytes = await readFileBounded(path, LIMITS.backupSummaryBytes).catch((cause: unknown) => {
    throw new BackupError('BACKUP_MISSING', 'there is no finished backup', {
      object: folder,
      expected: `a folder that plimsoll backup has written, with ${SUMMARY_FILE}`,
      found: messageOf(cause),
      cause,
    });
  });
  const parsed = summary.safeParse(parseStrictJson(bytes, path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(path, 'the summary of a backup', quote(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`));
  }
  return parsed.data;
}

export function damaged(object: string, expected: string, found: string): BackupError {
  return new BackupError('BACKUP_DAMAGED', 'the backup is damaged', {
    object,
    expected,
    found,
    hint: 'Nothing was restored. Take another backup, or a copy of this one from elsewhere.',
  });
}
