import { createReadStream } from 'node:fs';
import { type Digest, digestOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded, readFileBounded } from '#base/limits.ts';
import { loadCsaf } from '#lib/vex/index.ts';
import type { FeedEntry } from '#model/ports.ts';
import { AdvisoryError } from '../../error.ts';
import { readTarDocuments } from '../../feeds/index.ts';
import type { FeedDocument, FeedLimits, Refresh, RefreshRequest } from '../provider.ts';
import { documentOf, nameOf } from './advisory-id.ts';
import { type Cursor, readCursor, writeCursor } from './cursor.ts';
import { type CsafReader, isDocumentPath, readDocument } from './document.ts';
import { type ListedDocument, readListing } from './listing.ts';
import { openSignatures, type Signatures } from './signatures.ts';

type Fetched = Extract<FeedDocument, { readonly kind: 'document' }>;

const LATEST = 'archive_latest.txt';
const CHANGES = 'changes.csv';
const DELETIONS = 'deletions.csv';
const SMALL_BYTES = 4096;

/** A line of a list may come later than others with a later time. */
const MARGIN_MS = 12 * 3_600_000;

/** Where more have changed the archive is taken anew; where more have changed since the archive, it is too old to be of use. */
const MAX_CHANGED = 2000;
const MAX_CHANGED_SINCE_ARCHIVE = 20_000;

const USUAL: FeedLimits = {
  recordBytes: LIMITS.csafDocumentBytes,
  totalBytes: LIMITS.csafArchiveBytes,
  records: LIMITS.feedRecords,
};

export async function refresh(request: RefreshRequest): Promise<Refresh> {
  const signatures = await openSignatures(request);
  const cursor = readCursor(request.cursor);
  // What was taken over by other keys, or by none, is taken anew.
  if (cursor !== null && cursor.key === signatures.key) {
    const changed = await refreshChanged(request, cursor, signatures);
    if (changed !== null) {
      return changed;
    }
  }
  return await refreshWhole(request, signatures);
}

/** Null when so much has changed that the archive is less to fetch. */
async function refreshChanged(
  request: RefreshRequest,
  cursor: Cursor,
  signatures: Signatures,
): Promise<Refresh | null> {
  const { documents } = request;
  const answers = [
    await documents.get(CHANGES, { validator: cursor.changes }),
    await documents.get(DELETIONS, { validator: cursor.deletions }),
  ] as const;
  if (answers.every(({ kind }) => kind === 'unchanged')) {
    return { kind: 'unchanged', cursor: request.cursor ?? '' };
  }
  const lists = await readLists(request, answers);
  const since = newer(lists, cursor.newest - MARGIN_MS);
  const held = heldDocuments(request);
  const isNew = ({ path, time }: ListedDocument): boolean => (held.get(nameOf(path))?.modified ?? 0) < time;
  const changed = since.changed.filter(isNew);
  if (changed.length > MAX_CHANGED) {
    return null;
  }
  const revision = revisionOf([cursor.revision, ...lists.digests]);
  return {
    kind: 'changes',
    revision,
    cursor: writeCursor({ ...cursorOf(lists, cursor), revision }),
    removed: since.deleted.flatMap(({ path }) => held.get(nameOf(path))?.ids ?? []),
    entries: readChanged(changed, request, { held, signatures }),
  };
}

interface HeldDocument {
  /** Of the advisories that came of it. */
  readonly ids: readonly string[];
  readonly modified: number;
}

/** What the shard has, by the document that it came from. */
function heldDocuments({ held }: RefreshRequest): ReadonlyMap<string, HeldDocument> {
  const documents = new Map<string, HeldDocument>();
  for (const [id, modified] of held?.records() ?? []) {
    const name = documentOf(id);
    const { ids, modified: known } = documents.get(name) ?? { ids: [], modified: 0 };
    documents.set(name, { ids: [...ids, id], modified: Math.max(known, modified) });
  }
  return documents;
}

async function refreshWhole(request: RefreshRequest, signatures: Signatures): Promise<Refresh> {
  const { documents } = request;
  const latest = await documents.get(LATEST, { maxBytes: SMALL_BYTES });
  if (latest.kind !== 'document') {
    return { kind: 'missing' };
  }
  const name = (await textOf(latest)).trim();
  const day = dayOf(name, `${documents.label}/${LATEST}`);
  const archive = await needed(request, name);
  await verifyChecksum(request, name, archive);
  await signatures.verify(name, bytesOf(archive.path));
  const lists = await readLists(request, [await documents.get(CHANGES), await documents.get(DELETIONS)]);
  const since = newer(lists, day - MARGIN_MS);
  if (since.changed.length > MAX_CHANGED_SINCE_ARCHIVE) {
    throw limitExceeded(
      `${documents.label}/${name}`,
      MAX_CHANGED_SINCE_ARCHIVE,
      'documents that are newer',
      since.changed.length,
    );
  }
  const { key } = signatures;
  const revision = revisionOf([archive.digest, ...lists.digests, ...(key === null ? [] : [key])]);
  return {
    kind: 'whole',
    revision,
    cursor: writeCursor({ ...cursorOf(lists, { changes: null, deletions: null, newest: day, key }), revision }),
    entries: readWhole(archive, since, request, signatures),
  };
}

async function* readWhole(
  archive: Fetched,
  since: { readonly changed: readonly ListedDocument[]; readonly deleted: readonly ListedDocument[] },
  request: RefreshRequest,
  signatures: Signatures,
): AsyncGenerator<FeedEntry> {
  const reader = await loadCsaf();
  const replaced = new Set([...since.changed, ...since.deleted].map(({ path }) => path));
  const options = {
    object: `${request.documents.label}/archive`,
    limits: request.limits ?? USUAL,
    signal: request.signal,
    isWanted: (name: string) => name.endsWith('.json') && !replaced.has(pathOf(name)),
  };
  for await (const found of readTarDocuments(archive.path, options)) {
    if (found.kind === 'rejected') {
      yield found;
    } else if (isDocumentPath(pathOf(found.name))) {
      yield* readDocument(pathOf(found.name), found.bytes, reader);
    } else {
      const reason = 'expected a name such as 2024/cve-2024-24786.json';
      yield { kind: 'rejected', name: quote(found.name, 100), reason };
    }
  }
  yield* readChanged(since.changed, request, { reader, signatures });
}

function pathOf(name: string): string {
  return name.startsWith('./') ? name.slice(2) : name;
}

async function* readChanged(
  changed: readonly ListedDocument[],
  { documents, signal, limits = USUAL }: RefreshRequest,
  known: {
    readonly reader?: CsafReader;
    readonly held?: ReadonlyMap<string, HeldDocument>;
    readonly signatures: Signatures;
  },
): AsyncGenerator<FeedEntry> {
  const reader = known.reader ?? (await loadCsaf());
  for (const { path, time } of changed) {
    signal.throwIfAborted();
    const found = await documents.get(path, { maxBytes: limits.recordBytes });
    if (found.kind === 'document') {
      const bytes = await readFileBounded(found.path, limits.recordBytes);
      await known.signatures.verify(path, [bytes]);
      const entries = readDocument(path, bytes, reader);
      yield* entries;
      yield* withdrawn(entries, known.held?.get(nameOf(path))?.ids ?? [], time);
      // Thousands of them would fill the disk before the refresh ends.
      await documents.discard?.(found.path);
    } else {
      yield { kind: 'rejected', name: path, reason: 'expected the document that is listed as changed, found none' };
    }
  }
}

/** What an update's document does not speak of any more gives way to nothing. One that cannot be read leaves all as it is. */
function withdrawn(entries: readonly FeedEntry[], held: readonly string[], time: number): readonly FeedEntry[] {
  const ids = new Set(entries.map((entry) => (entry.kind === 'record' ? entry.record.advisory.id : null)));
  const modified = new Date(time).toISOString();
  const nothing = { aliases: [], upstream: [], summary: '', details: '', ratings: [], references: [] };
  return ids.has(null)
    ? []
    : held
        .filter((id) => !ids.has(id))
        .map((id) => ({
          kind: 'record',
          record: { advisory: { ...nothing, id, modified, withdrawn: modified }, affected: [] },
        }));
}

interface Lists {
  readonly changes: readonly ListedDocument[];
  readonly deletions: readonly ListedDocument[];
  readonly digests: readonly Digest[];
  readonly validators: { readonly changes: string | null; readonly deletions: string | null };
}

/** Both lists, whichever has changed. A feed without deletions has none. */
async function readLists(request: RefreshRequest, answers: readonly [FeedDocument, FeedDocument]): Promise<Lists> {
  const changes = answers[0].kind === 'document' ? answers[0] : await needed(request, CHANGES);
  const deletions = answers[1].kind === 'unchanged' ? await request.documents.get(DELETIONS) : answers[1];
  const found = deletions.kind === 'document' ? deletions : null;
  const { label } = request.documents;
  return {
    changes: await readListing(changes.path, `${label}/${CHANGES}`),
    deletions: found === null ? [] : await readListing(found.path, `${label}/${DELETIONS}`),
    digests: found === null ? [changes.digest] : [changes.digest, found.digest],
    validators: { changes: changes.validator, deletions: found?.validator ?? null },
  };
}

/** The last word on each document since a time: it has changed, or it is gone. */
function newer(
  { changes, deletions }: Lists,
  since: number,
): { readonly changed: readonly ListedDocument[]; readonly deleted: readonly ListedDocument[] } {
  const last = new Map<string, ListedDocument & { readonly deleted: boolean }>();
  const said = [
    ...changes.map((one) => ({ ...one, deleted: false })),
    ...deletions.map((one) => ({ ...one, deleted: true })),
  ];
  for (const one of said) {
    if (one.time >= since && one.time > (last.get(one.path)?.time ?? -1)) {
      last.set(one.path, one);
    }
  }
  const all = [...last.values()];
  return { changed: all.filter(({ deleted }) => !deleted), deleted: all.filter(({ deleted }) => deleted) };
}

function cursorOf({ changes, deletions, validators }: Lists, last: Omit<Cursor, 'revision'>): Omit<Cursor, 'revision'> {
  const newest = [...changes, ...deletions].reduce((time, one) => Math.max(time, one.time), last.newest);
  return { ...validators, newest, key: last.key };
}

function revisionOf(digests: readonly Digest[]): Digest {
  return digestOf(digests.join('\n'));
}

/** `csaf_vex_2026-05-01.tar.zst`, of updates `csaf_advisories_…`; anything else is no name that is asked for. */
function dayOf(name: string, object: string): number {
  const day = Date.parse(/^csaf_(?:vex|advisories)_(\d{4}-\d{2}-\d{2})\.tar\.zst$/.exec(name)?.[1] ?? '');
  if (!Number.isFinite(day)) {
    throw invalid(object, 'a name such as csaf_vex_2026-05-01.tar.zst', quote(name, 80));
  }
  return day;
}

/** The archive has to be the one that its `.sha256` is of: a line of 64 digits, and behind them its name. */
async function verifyChecksum(request: RefreshRequest, name: string, archive: Fetched): Promise<void> {
  const object = `${request.documents.label}/${name}`;
  const text = await textOf(await needed(request, `${name}.sha256`));
  const [digits = '', of = name] = text.trim().split(/\s+\*?/);
  if (!/^[0-9a-fA-F]{64}$/.test(digits) || of !== name) {
    throw invalid(`${object}.sha256`, `64 digits and ${name}`, quote(text.trim(), 120));
  }
  if (archive.digest !== `sha256:${digits.toLowerCase()}`) {
    throw invalid(object, `sha256:${digits.toLowerCase()}`, archive.digest);
  }
}

async function needed({ documents }: RefreshRequest, path: string): Promise<Fetched> {
  const found = await documents.get(path);
  if (found.kind !== 'document') {
    throw invalid(`${documents.label}/${path}`, 'a document', 'none');
  }
  return found;
}

/** Opened when it is read. */
async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file);
}

async function textOf(document: Fetched): Promise<string> {
  return Buffer.from(await readFileBounded(document.path, SMALL_BYTES)).toString('latin1');
}

function invalid(object: string, expected: string, found: string): AdvisoryError {
  return new AdvisoryError('ADVISORY_FEED_INVALID', 'not what the feed promises', { object, expected, found });
}
