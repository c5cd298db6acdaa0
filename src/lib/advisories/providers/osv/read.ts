import { messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { FeedEntry } from '#model/ports.ts';
import type { ReadFeedOptions } from '../provider.ts';
import type { ArchiveEntry } from './archive.ts';
import { ARCHIVE_LIMITS, readArchive } from './archive.ts';
import type { CvssScorer } from './cvss.ts';
import { loadCvssScorer } from './cvss.ts';
import { toAdvisoryRecord } from './record.ts';
import { OsvRecord } from './schema.ts';

/** Every record of an archive in the layout of the OSV bulk export. */
export async function* readFeed(archive: string, options: ReadFeedOptions): AsyncGenerator<FeedEntry> {
  const score = await loadCvssScorer();
  for await (const entry of readArchive(archive, options.limits ?? ARCHIVE_LIMITS, options.signal)) {
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
