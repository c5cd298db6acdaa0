import { messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { FeedEntry } from '#model/ports.ts';
import type { ArchiveEntry, ArchiveLimits } from './archive.ts';
import { ARCHIVE_LIMITS, readArchive } from './archive.ts';
import type { CvssScorer } from './cvss.ts';
import { loadCvssScorer } from './cvss.ts';
import { toAdvisoryRecord } from './record.ts';
import { OsvRecord } from './schema.ts';

export interface OsvArchiveOptions {
  /** Without suffix; packages of other ecosystems are left out. */
  readonly ecosystem: string;
  readonly signal: AbortSignal;
  readonly limits?: ArchiveLimits;
}

/**
 * The records of one archive of the OSV bulk export (`<ecosystem>/all.zip`, a JSON file per record). A record that cannot
 * be read is `rejected` by name and the rest goes on; a broken archive throws `ADVISORY_ARCHIVE_INVALID`, one that
 * expands past its limits `LIMIT_EXCEEDED`.
 */
export async function* readOsvArchive(path: string, options: OsvArchiveOptions): AsyncGenerator<FeedEntry> {
  const score = await loadCvssScorer();
  for await (const entry of readArchive(path, options.limits ?? ARCHIVE_LIMITS, options.signal)) {
    yield toFeedEntry(entry, options.ecosystem, score);
  }
}

function toFeedEntry(entry: ArchiveEntry, ecosystem: string, score: CvssScorer): FeedEntry {
  const { name } = entry;
  if ('problem' in entry) {
    return { kind: 'rejected', name, reason: entry.problem };
  }
  let value: unknown;
  try {
    value = parseStrictJson(entry.bytes, 'record');
  } catch (error) {
    return { kind: 'rejected', name, reason: messageOf(error) };
  }
  const parsed = OsvRecord.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = quote((issue?.path ?? []).map(String).join('.'), 100);
    return { kind: 'rejected', name, reason: `${place}: ${quote(issue?.message ?? 'not an OSV record')}` };
  }
  return { kind: 'record', record: toAdvisoryRecord(parsed.data, ecosystem, score) };
}
