import type { Digest } from '#base/digest.ts';
import { createDigester } from '#base/digest.ts';
import { readFileBounded } from '#base/limits.ts';
import type { FeedEntry } from '#model/ports.ts';
import type { FeedDocument, HeldRecords, Refresh, RefreshRequest } from '../provider.ts';
import { ARCHIVE_LIMITS } from './archive.ts';
import { type Cursor, writeCursor } from './cursor.ts';
import { readModifiedList } from './modified-list.ts';
import { readEntry } from './read.ts';

/** Past so many the archive is less trouble for both sides. */
const MAX_CHANGES = 500;
const AT_ONCE = 8;

type Fetched = Extract<FeedDocument, { readonly kind: 'document' }>;

export interface ChangedList {
  readonly list: Fetched;
  readonly cursor: Cursor;
}

/** What has become of the records of a shard by the list; null when the archive is to be asked. */
export async function fetchChanges(
  shard: string,
  { list, cursor }: ChangedList,
  request: RefreshRequest,
): Promise<Refresh | null> {
  const { held, now, signal, limits = ARCHIVE_LIMITS } = request;
  const found = held === undefined ? null : await compare(list.path, held, limits.records, now);
  if (found === null) {
    return null;
  }
  const { changed, removed, newest } = found;
  const next = { ...cursor, list: list.validator, newest };
  if (changed.length === 0 && removed.length === 0) {
    return { kind: 'unchanged', cursor: writeCursor(next) };
  }
  const records = await fetchRecords(shard, changed, request);
  if (records === null) {
    return null;
  }
  const revision = revisionOf(cursor.revision, records, removed);
  const entries = readRecords(records, { ecosystem: shard, signal, maxBytes: limits.recordBytes });
  return { kind: 'changes', revision, cursor: writeCursor({ ...next, revision }), entries, removed };
}

interface Differences {
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly newest: number;
}

/**
 * Every record on the list is compared, however old: records come late, with the time at which their source changed them.
 * Null for more than a few, and for a list that most of what is held is not on.
 */
async function compare(path: string, held: HeldRecords, maxRecords: number, now: number): Promise<Differences | null> {
  const known = new Map(held.records());
  const { size } = known;
  const changed = new Set<string>();
  let newest = 0;
  for await (const { id, modified } of readModifiedList(path, maxRecords)) {
    newest = modified > newest && modified <= now ? modified : newest;
    const before = known.get(id);
    known.delete(id);
    if (!changed.has(id) && (before === undefined || modified > before)) {
      changed.add(id);
    }
    if (changed.size > MAX_CHANGES) {
      return null;
    }
  }
  const removed = [...known.keys()];
  if (removed.length > MAX_CHANGES || (size > 1 && removed.length * 2 > size)) {
    return null;
  }
  return { changed: [...changed].toSorted(), removed: removed.toSorted(), newest };
}

interface ChangedRecord {
  readonly id: string;
  readonly path: string;
  readonly digest: Digest;
}

/** The records, a few at a time; null when one is on the list and not there. */
async function fetchRecords(
  shard: string,
  ids: readonly string[],
  { documents, limits = ARCHIVE_LIMITS }: RefreshRequest,
): Promise<readonly ChangedRecord[] | null> {
  const records: ChangedRecord[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const batch = ids.slice(start, start + AT_ONCE).map(async (id) => ({
      id,
      answer: await documents.get(`${shard}/${id}.json`, { maxBytes: limits.recordBytes }),
    }));
    for (const { id, answer } of await Promise.all(batch)) {
      if (answer.kind !== 'document') {
        return null;
      }
      records.push({ id, path: answer.path, digest: answer.digest });
    }
  }
  return records;
}

/** Of the shard that comes of it: over that of the one before and all that changed. */
function revisionOf(before: Digest, records: readonly ChangedRecord[], removed: readonly string[]): Digest {
  const digester = createDigester();
  const lines = [before, ...records.map(({ id, digest }) => `+${id} ${digest}`), ...removed.map((id) => `-${id}`)];
  digester.update(Buffer.from(lines.join('\n')));
  return digester.digest();
}

interface ReadOptions {
  readonly ecosystem: string;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

async function* readRecords(
  records: readonly ChangedRecord[],
  { ecosystem, signal, maxBytes }: ReadOptions,
): AsyncGenerator<FeedEntry> {
  for (const { id, path } of records) {
    signal.throwIfAborted();
    const name = `${id}.json`;
    const entry = readEntry({ name, bytes: await readFileBounded(path, maxBytes) }, ecosystem);
    const other = entry.kind === 'record' && entry.record.advisory.id !== id;
    yield other ? { kind: 'rejected', name, reason: 'expected the record of that id, found another' } : entry;
  }
}
