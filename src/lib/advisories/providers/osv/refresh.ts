import type { Digest } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import type { FeedEntry } from '#model/ports.ts';
import type { FeedDocument, Refresh, RefreshRequest } from '../provider.ts';
import type { fetchChanges } from './changes.ts';
import type { Cursor } from './cursor.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ReadFeedOptions } from './index.ts';
import { newestOf } from './modified-list.ts';

/** The list may miss what an archive has, and the other way round: now and then both are looked at. */
const WHOLE_EVERY_MS = 7 * 86_400_000;

/**
 * An ecosystem by the list of its modified records, `modified_id.csv`: what is on it and not in the shard, or newer there,
 * is fetched record by record. A source without that list, a first look and many changes are for the archive, `all.zip`.
 */
export async function refresh(shard: string, request: RefreshRequest): Promise<Refresh> {
  request.signal.throwIfAborted();
  const cursor = readCursor(request.cursor);
  const list = await request.documents.get(`${shard}/modified_id.csv`, {
    validator: cursor === null || isBehind(cursor, request) ? null : cursor.list,
    maxBytes: LIMITS.feedListBytes,
  });
  if (cursor !== null && request.now - cursor.whole < WHOLE_EVERY_MS) {
    if (list.kind === 'unchanged') {
      return unchanged(cursor);
    }
    const changes = list.kind === 'document' ? await changesOf(shard, { list, cursor }, request) : null;
    if (changes !== null) {
      return changes;
    }
  }
  return await lookAtArchive(shard, { list, cursor }, request);
}

/** The list promised more than the archive had, which is made at another time: it has to be read again. */
function isBehind(cursor: Cursor, { held }: RefreshRequest): boolean {
  return held !== undefined && held.newest < cursor.newest;
}

function unchanged(cursor: Cursor): Refresh {
  return { kind: 'unchanged', cursor: writeCursor(cursor) };
}

interface Known {
  readonly list: FeedDocument;
  readonly cursor: Cursor | null;
}

async function lookAtArchive(shard: string, { list, cursor }: Known, request: RefreshRequest): Promise<Refresh> {
  const { documents, signal, limits, now } = request;
  const archive = await documents.get(`${shard}/all.zip`, { validator: cursor?.archive ?? null });
  if (archive.kind === 'missing') {
    return archive;
  }
  if (archive.kind === 'unchanged') {
    // What the list says and the archive does not yet have is asked for again: the list is as unread as before.
    return cursor === null ? { kind: 'missing' } : unchanged({ ...cursor, whole: now });
  }
  const listed =
    list.kind === 'document'
      ? { list: list.validator, newest: await newestOf(list.path, limits?.records ?? LIMITS.feedRecords, now) }
      : { list: cursor?.list ?? null, newest: cursor?.newest ?? 0 };
  const revision: Digest = archive.digest;
  return {
    kind: 'whole',
    revision,
    cursor: writeCursor({ revision, archive: archive.validator, whole: now, ...listed }),
    entries: read(archive.path, { ecosystem: shard, signal, ...(limits === undefined ? {} : { limits }) }),
  };
}

// A folder is looked at by every scan, and nearly always nothing has changed: what reading takes is loaded when something has.

async function* read(archive: string, options: ReadFeedOptions): AsyncGenerator<FeedEntry> {
  const { readFeed } = await import('./read.ts');
  yield* readFeed(archive, options);
}

async function changesOf(...known: Parameters<typeof fetchChanges>): ReturnType<typeof fetchChanges> {
  const { fetchChanges: fetch } = await import('./changes.ts');
  return await fetch(...known);
}
