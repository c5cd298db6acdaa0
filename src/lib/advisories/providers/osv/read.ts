import { messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { FeedEntry } from '#model/ports.ts';
import type { ArchiveEntry } from './archive.ts';
import { ARCHIVE_LIMITS, readArchive } from './archive.ts';
import type { ReadFeedOptions } from './index.ts';
import { toAdvisoryRecord } from './record.ts';
import { OsvRecord } from './schema.ts';

/** Every record of an archive in the layout of the OSV bulk export. */
export async function* readFeed(archive: string, options: ReadFeedOptions): AsyncGenerator<FeedEntry> {
  for await (const entry of readArchive(archive, options.limits ?? ARCHIVE_LIMITS, options.signal)) {
    yield readEntry(entry, options.ecosystem);
  }
}

/** A record, or why it is none. */
export function readEntry(entry: ArchiveEntry, ecosystem: string): FeedEntry {
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
  const record = toAdvisoryRecord(parsed.data, ecosystem);
  const others = (parsed.data.affected ?? []).flatMap((item) => item.package?.ecosystem ?? []);
  const [other] = others;
  // A feed that has got into the place of another would have nothing on the packages that are asked for.
  return record.affected.length === 0 && other !== undefined
    ? { kind: 'rejected', name, reason: `expected packages of ${ecosystem}, found those of ${quote(other, 60)}` }
    : { kind: 'record', record };
}
