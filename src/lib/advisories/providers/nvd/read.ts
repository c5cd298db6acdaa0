import type { FeedEntry } from '#model/ports.ts';
import { readMembers, readRecord } from '../../feeds/index.ts';
import type { RefreshRequest } from '../provider.ts';
import { toAdvisoryRecord } from './record.ts';
import { NvdRecord } from './schema.ts';

/** Every record of a file of the NVD. */
export async function* readRecords(
  path: string,
  object: string,
  { signal, limits }: Pick<RefreshRequest, 'signal' | 'limits'>,
): AsyncGenerator<FeedEntry> {
  const options = { object, place: ['vulnerabilities'], signal, ...(limits === undefined ? {} : { limits }) };
  for await (const member of readMembers(path, options)) {
    if (member.kind !== 'beside') {
      yield member.kind === 'rejected' ? member : toEntry(member.name, member.bytes);
    }
  }
}

export function toEntry(name: string, bytes: Uint8Array): FeedEntry {
  const read = readRecord(name, bytes, NvdRecord);
  return read.kind === 'rejected' ? read : { kind: 'record', record: toAdvisoryRecord(read.value.cve) };
}
