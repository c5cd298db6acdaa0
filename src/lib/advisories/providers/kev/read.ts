import { z } from 'zod';
import { quote } from '#base/error.ts';
import type { FeedEntry } from '#model/ports.ts';
import { AdvisoryError } from '../../error.ts';
import type { FeedMember } from '../../feeds/index.ts';
import { readRecord, refreshMembers } from '../../feeds/index.ts';
import { CveId } from '../cve.ts';
import type { Refresh, RefreshRequest } from '../provider.ts';

const PATH = 'known_exploited_vulnerabilities.json';

/** What is read of an entry; it has texts for people besides. */
const Entry = z.object({
  cveID: CveId,
  dateAdded: z.iso.date(),
  dueDate: z.iso.date().or(z.literal('')).nullish(),
  knownRansomwareCampaignUse: z.enum(['Known', 'Unknown']).nullish(),
});

export async function refresh(request: RefreshRequest): Promise<Refresh> {
  return await refreshMembers(request, { path: PATH, place: 'vulnerabilities', read });
}

/** Throws `ADVISORY_FEED_INVALID` when there are more or fewer entries than the document says. */
async function* read(members: AsyncIterable<FeedMember>, object: string): AsyncGenerator<FeedEntry> {
  const seen = new Set<string>();
  let count = 0;
  let promised: unknown = null;
  for await (const member of members) {
    if (member.kind === 'beside') {
      promised = member.name === 'count' ? member.value : promised;
      continue;
    }
    count += 1;
    const entry = member.kind === 'rejected' ? member : toEntry(member.name, member.bytes);
    if (entry.kind === 'signal' && seen.has(entry.id)) {
      yield { kind: 'rejected', name: entry.id, reason: 'it comes a second time' };
      continue;
    }
    if (entry.kind === 'signal') {
      seen.add(entry.id);
    }
    yield entry;
  }
  if (promised !== null && promised !== count) {
    throw new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', {
      object,
      expected: `${quote(JSON.stringify(promised), 40)} vulnerabilities, as its count says`,
      found: String(count),
    });
  }
}

export function toEntry(name: string, bytes: Uint8Array): Extract<FeedEntry, { readonly kind: 'signal' | 'rejected' }> {
  const read = readRecord(name, bytes, Entry);
  if (read.kind === 'rejected') {
    return read;
  }
  const { cveID, dateAdded, dueDate, knownRansomwareCampaignUse } = read.value;
  return {
    kind: 'signal',
    id: cveID,
    signal: {
      kind: 'known-exploited',
      catalogue: 'CISA',
      added: dateAdded,
      due: dueDate === undefined || dueDate === '' ? null : dueDate,
      ransomware: knownRansomwareCampaignUse === 'Known',
    },
  };
}
