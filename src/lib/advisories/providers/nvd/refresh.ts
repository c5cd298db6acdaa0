import type { Digest } from '#base/digest.ts';
import { createDigester, digestOf, hexOf } from '#base/digest.ts';
import type { FeedEntry } from '#model/ports.ts';
import { AdvisoryError } from '../../error.ts';
import { FEED_LIMITS, readDecompressed } from '../../feeds/index.ts';
import type { FeedDocument, Refresh, RefreshRequest } from '../provider.ts';
import type { Cursor } from './cursor.ts';
import { parseCursor } from './cursor.ts';
import type { FeedMeta } from './meta.ts';
import { readMeta } from './meta.ts';
import { readRecords } from './read.ts';

const FIRST_YEAR = 2002;
const MODIFIED = 'modified';
const CHANGES = 'nvdcve-2.0-modified.meta';
const DAY_MS = 86_400_000;

/** What changed in the last eight days is in the file of changes; a day is left for clocks and for files that are being written. */
const WINDOW_MS = 7 * DAY_MS;

/**
 * Takes over what has changed since the last time while the file of changes goes back that far, else reads all years. What
 * is fetched is held against the checksum beside it before anything of it is read.
 */
export async function refresh(request: RefreshRequest): Promise<Refresh> {
  const cursor = parseCursor(request.cursor);
  if (cursor === null) {
    return await everything(request);
  }
  const found = await request.documents.get(CHANGES, { validator: cursor.validator });
  switch (found.kind) {
    case 'unchanged':
      return { kind: 'unchanged', cursor: JSON.stringify(cursor) };
    case 'missing':
      return await everything(request);
    case 'document':
  }
  const meta = await readMeta(found.path, objectOf(request, CHANGES));
  const next: Cursor = { ...cursor, validator: found.validator };
  if (meta.sha256 === cursor.modified) {
    return { kind: 'unchanged', cursor: JSON.stringify(next) };
  }
  if (cursor.until < meta.modified - WINDOW_MS) {
    return await everything(request);
  }
  const revision = digestOf(`${cursor.revision} ${meta.sha256}`);
  return {
    kind: 'changes',
    revision,
    cursor: JSON.stringify({ ...next, revision, until: meta.modified, modified: meta.sha256 } satisfies Cursor),
    entries: readFile(request, MODIFIED, meta),
    removed: [],
  };
}

/** All years up to this one. The file of the year may not be there on its first days; any other that is missing is an error. */
async function everything(request: RefreshRequest): Promise<Refresh> {
  const thisYear = new Date(request.now).getUTCFullYear();
  const years: (readonly [name: string, meta: FeedMeta])[] = [];
  for (let year = FIRST_YEAR; year <= thisYear; year += 1) {
    const path = `${nameOf(String(year))}.meta`;
    const found = await request.documents.get(path);
    if (found.kind === 'document') {
      years.push([String(year), await readMeta(found.path, objectOf(request, path))]);
    } else if (year === FIRST_YEAR) {
      return { kind: 'missing' };
    } else if (year < thisYear) {
      throw invalid(objectOf(request, path), `a file for each year from ${FIRST_YEAR} on`, 'none');
    }
  }
  const revision: Digest = digestOf(years.map(([year, { sha256 }]) => `${year} ${sha256}\n`).join(''));
  // Years in which nothing changes are not written again; the newest of all is of the last time that all were looked at.
  const newest = Math.max(...years.map(([, { modified }]) => modified));
  const changes = await request.documents.get(CHANGES);
  // What it has now may not be in the years yet; it stays in there for days, and is taken over with what comes next.
  const validator = changes.kind === 'document' ? changes.validator : null;
  const cursor: Cursor = { revision, until: newest - DAY_MS, modified: '', validator };
  return { kind: 'whole', revision, cursor: JSON.stringify(cursor), entries: readYears(request, years) };
}

async function* readYears(
  request: RefreshRequest,
  years: readonly (readonly [name: string, meta: FeedMeta])[],
): AsyncGenerator<FeedEntry> {
  for (const [year, meta] of years) {
    yield* readFile(request, year, meta);
  }
}

async function* readFile(request: RefreshRequest, name: string, meta: FeedMeta): AsyncGenerator<FeedEntry> {
  const path = `${nameOf(name)}.json.gz`;
  const object = objectOf(request, path);
  const found = await request.documents.get(path);
  if (found.kind !== 'document') {
    throw invalid(object, 'the file that the one beside it speaks of', 'none');
  }
  await verify(found, object, meta, request);
  yield* readRecords(found.path, object, request);
}

async function verify(
  document: FeedDocument & { readonly kind: 'document' },
  object: string,
  meta: FeedMeta,
  { limits = FEED_LIMITS, signal }: RefreshRequest,
): Promise<void> {
  const digester = createDigester();
  let size = 0;
  for await (const chunk of readDecompressed(document.path, object, limits.totalBytes, signal)) {
    digester.update(chunk);
    size += chunk.length;
  }
  const found = hexOf(digester.digest());
  if (found !== meta.sha256 || size !== meta.size) {
    const expected = `sha256 ${meta.sha256} and ${meta.size} bytes, as the file beside it says`;
    throw invalid(object, expected, `${found} and ${size} bytes`);
  }
}

function nameOf(feed: string): string {
  return `nvdcve-2.0-${feed}`;
}

function objectOf({ documents }: RefreshRequest, path: string): string {
  return `${documents.label}/${path}`;
}

function invalid(object: string, expected: string, found: string): AdvisoryError {
  return new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', { object, expected, found });
}
