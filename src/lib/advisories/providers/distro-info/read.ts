import { z } from 'zod';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded, readFileBounded } from '#base/limits.ts';
import type { LifecycleRelease } from '#model/lifecycle.ts';
import type { FeedEntry } from '#model/ports.ts';
import { AdvisoryError } from '../../error.ts';
import { askDocuments } from '../../feeds/index.ts';
import { firstIssue } from '../cve.ts';
import type { FeedLimits, Refresh, RefreshRequest } from '../provider.ts';

type Row = Readonly<Record<string, string>>;

/**
 * By document: the columns with the days of the regular support, of which the last counts, and with that of what others give or sell. Of Debian that is
 * the Long Term Support that everybody gets, and not the Extended one that is bought from a company.
 */
const DOCUMENTS = {
  'debian.csv': { product: 'debian', regular: ['eol'], extended: 'eol-lts' },
  'ubuntu.csv': { product: 'ubuntu', regular: ['eol', 'eol-server'], extended: 'eol-esm' },
} as const;

const COLUMNS = ['version', 'codename', 'release', 'eol'];
const RECORDS = 10_000;
const Day = z.iso.date().nullable();
const Release = z.object({
  release: z.string().regex(/^[0-9]{1,4}(?:\.[0-9]{1,4})?$/, 'expected a release such as 12 or 24.04'),
  codename: z.string().min(1).max(100).nullable(),
  released: Day,
  endOfLife: Day,
  extendedUntil: Day,
});

export async function refresh({ documents, cursor, signal, limits }: RefreshRequest): Promise<Refresh> {
  const asked = await askDocuments(documents, ['debian.csv', 'ubuntu.csv'], cursor);
  if (asked.kind !== 'documents') {
    return asked;
  }
  const found = asked.documents.map(({ name, path }) => ({ name, path, object: `${documents.label}/${name}` }));
  const { revision, cursor: next } = asked;
  return { kind: 'whole', revision, cursor: next, entries: readAll(found, signal, limits) };
}

interface Found {
  readonly name: string;
  readonly path: string;
  readonly object: string;
}

async function* readAll(
  found: readonly Found[],
  signal: AbortSignal,
  limits: FeedLimits = {
    recordBytes: LIMITS.advisoryBytes,
    totalBytes: LIMITS.feedListBytes,
    records: RECORDS,
  },
): AsyncGenerator<FeedEntry> {
  for (const { name, path, object } of found) {
    signal.throwIfAborted();
    const text = Buffer.from(await readFileBounded(path, limits.totalBytes)).toString('utf8');
    if (name === 'debian.csv' || name === 'ubuntu.csv') {
      yield* entriesOf(text, name, object, limits);
    }
  }
}

/** Throws `ADVISORY_FEED_INVALID` for a document that does not end with a line, or lacks a column. */
export function* entriesOf(
  text: string,
  name: keyof typeof DOCUMENTS,
  object: string,
  limits: FeedLimits,
): Generator<FeedEntry> {
  const lines = text.split('\n');
  const header = lines[0]?.split(',') ?? [];
  const missing = COLUMNS.find((column) => !header.includes(column));
  if (missing !== undefined || lines.at(-1) !== '') {
    throw new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', {
      object,
      expected: missing === undefined ? 'a line feed at its end' : `the column ${missing} in its first line`,
      found: quote((missing === undefined ? lines.at(-1) : lines[0]) ?? '', 80),
    });
  }
  if (lines.length - 2 > limits.records) {
    throw limitExceeded(object, limits.records, 'records', lines.length - 2);
  }
  const seen = new Set<string>();
  for (const [index, line] of lines.slice(1, -1).entries()) {
    const entry = entryOf(line, header, name, limits);
    if (entry.kind === 'lifecycle' && seen.has(entry.release.release)) {
      yield { kind: 'rejected', name: `${name} ${entry.release.release}`, reason: 'it comes a second time' };
    } else if (entry.kind === 'lifecycle') {
      seen.add(entry.release.release);
      yield entry;
    } else if (entry.kind === 'rejected') {
      yield { kind: 'rejected', name: `${name} line ${index + 2}`, reason: entry.reason };
    }
  }
}

type Line =
  | { readonly kind: 'lifecycle'; readonly release: LifecycleRelease }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** `sid` has no release, and will have none. */
  | { readonly kind: 'unreleased' };

function entryOf(line: string, header: readonly string[], name: keyof typeof DOCUMENTS, limits: FeedLimits): Line {
  const fields = line.split(',');
  if (line.length > limits.recordBytes || fields.length > header.length || line.includes('"')) {
    return { kind: 'rejected', reason: `expected at most ${header.length} plain fields, found ${quote(line, 80)}` };
  }
  const row: Row = Object.fromEntries(fields.map((field, at) => [header[at] ?? '', field]));
  if (row['version'] === '') {
    return { kind: 'unreleased' };
  }
  const { product, regular, extended } = DOCUMENTS[name];
  const days = regular.map((column) => row[column] || null).filter((day) => day !== null);
  const parsed = Release.safeParse({
    release: row['version']?.replace(/ LTS$/, ''),
    codename: row['codename'] || null,
    released: row['release'] || null,
    endOfLife: days.toSorted().at(-1) ?? null,
    extendedUntil: row[extended] || null,
  });
  return parsed.success
    ? { kind: 'lifecycle', release: { product, ...parsed.data, ended: false, latest: null } }
    : { kind: 'rejected', reason: firstIssue(parsed.error) };
}
