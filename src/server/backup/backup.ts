import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { algorithmOf, digestOf, parseDigest } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import { type DumpedRow, type DumpSource, dumpMetadata } from '#store/metadata/index.ts';
import type { ServerConfig } from '../config/index.ts';
import { openBlobStore } from '../roles/open-stores.ts';
import { copyBlobs } from './copy-blobs.ts';
import { BackupError } from './error.ts';
import { syncFolders, writeFileWhole } from './files.ts';
import { type NamedBlob, namedBlob } from './named-blob.ts';
import { rowLine } from './rows.ts';
import { dumpSource } from './source.ts';
import { type BackupSummary, METADATA_FILE, SUMMARY_FILE } from './summary.ts';

export interface BackupOptions {
  readonly config: ServerConfig;
  /** Made when it is not there. */
  readonly folder: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** What was collected while blobs were copied makes a snapshot that cannot be completed; the next one does not name it. */
const MAX_SNAPSHOTS = 3;

/**
 * Copies what the server has, while it runs: first the records of one moment, then every blob that these name. A blob is never changed, so that the
 * copy is of that moment, too.
 */
export async function backup(options: BackupOptions): Promise<BackupSummary> {
  const { folder, config, clock, log } = options;
  await assertEmptyFolder(folder);
  const source = await dumpSource(config);
  const blobs = await openBlobStore(config, { clock, log });
  for (let tries = 1; tries <= MAX_SNAPSHOTS; tries++) {
    const createdAt = new Date(clock.now()).toISOString();
    const { metadata, named } = await writeMetadata(source, options);
    const copied = await copyBlobs(blobs, named, options);
    if (copied.missing.length === 0) {
      const { damaged, bytes } = copied;
      const summary: BackupSummary = {
        schemaVersion: '1',
        version: options.version,
        createdAt,
        metadata,
        blobs: { count: named.length, bytes, damaged: [...damaged] },
      };
      await syncFolders(folder);
      await writeFileWhole(join(folder, SUMMARY_FILE), text(`${JSON.stringify(summary, null, 2)}\n`));
      await syncFolders(folder);
      return summary;
    }
    options.progress(`${copied.missing.length} blobs were collected meanwhile; beginning with another snapshot`);
  }
  throw new BackupError('BACKUP_OVERTAKEN', 'blobs were collected before they could be copied', {
    object: folder,
    expected: 'a collection that leaves time for a backup',
    found: `${MAX_SNAPSHOTS} snapshots, none of them complete`,
    hint: 'collection > grace in plimsoll.yaml says how long blobs are kept; a backup has to be quicker.',
  });
}

async function writeMetadata(
  source: DumpSource,
  { folder, signal }: BackupOptions,
): Promise<{ readonly metadata: BackupSummary['metadata']; readonly named: readonly NamedBlob[] }> {
  const named: NamedBlob[] = [];
  let rows = 0;
  async function* lines(): AsyncGenerator<Uint8Array> {
    for await (const row of dumpMetadata(source)) {
      signal.throwIfAborted();
      assertContent(row);
      rows += 1;
      if (row.table === 'blobs') {
        named.push(namedBlob(row));
      }
      yield Buffer.from(rowLine(row));
    }
  }
  const written = await writeFileWhole(join(folder, METADATA_FILE), lines());
  return { metadata: { ...written, rows }, named };
}

/** A manifest that is not what its digest says would be found only when somebody pulls it, from the restored server. */
function assertContent({ table, row }: DumpedRow): void {
  if (table === 'manifests') {
    const digest = parseDigest(String(row['digest']));
    const content = row['content'];
    const found = content instanceof Uint8Array ? digestOf(content, algorithmOf(digest)) : null;
    if (found !== digest) {
      throw new BackupError('BACKUP_DAMAGED', 'a manifest in the database is damaged', {
        object: `manifest ${digest}`,
        expected: 'content with that digest',
        found: found ?? 'none',
        hint: 'Delete it and push it again; then take the backup.',
      });
    }
  }
}

async function assertEmptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [found] = await readdir(folder);
  if (found !== undefined) {
    throw new BackupError('BACKUP_TARGET_NOT_EMPTY', 'there is something in the folder already', {
      object: folder,
      expected: 'a folder that is empty, or not there yet',
      found,
    });
  }
}

async function* text(value: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(value));
}
