import { quote } from '#base/error.ts';
import type { Advisory, Affected } from '#model/advisory.ts';
import type { FeedEntry } from '#model/ports.ts';
import { askDocuments, readMembers, readRecord, UNDATED } from '../../feeds/index.ts';
import type { Refresh, RefreshRequest } from '../provider.ts';
import { TrackedEntry } from './entry.ts';
import { RELEASES, UNSTABLE } from './releases.ts';
import { ratingsOf, unstableFix, verdictOf } from './verdict.ts';

const DOCUMENT = 'data/json';

export async function refresh(request: RefreshRequest): Promise<Refresh> {
  const asked = await askDocuments(request.documents, [DOCUMENT], request.cursor);
  if (asked.kind !== 'documents') {
    return asked;
  }
  const path = asked.documents[0]?.path ?? '';
  return { kind: 'whole', revision: asked.revision, cursor: asked.cursor, entries: readTracker(path, request) };
}

/** `{package: {vulnerability: {…}}}`: 80 MB, of which one vulnerability of one package is looked at at a time. */
async function* readTracker(path: string, { documents, signal, limits }: RefreshRequest): AsyncGenerator<FeedEntry> {
  const object = `${documents.label}/${DOCUMENT}`;
  const options = { object, place: [null], signal, ...(limits === undefined ? {} : { limits }) };
  for await (const member of readMembers(path, options)) {
    if (member.kind === 'rejected') {
      yield member;
    }
    if (member.kind === 'member') {
      yield* toEntries(member.names, member.bytes, member.name);
    }
  }
}

/** `CVE-2024-1234`, and `TEMP-0290435-0B57B5` for what has none. */
const ID = /^(?:CVE-\d{4}-\d{4,19}|TEMP-[0-9A-F-]{1,60})$/;

export function* toEntries(
  [packageName = '', id = '']: readonly string[],
  bytes: Uint8Array,
  name: string,
): Generator<FeedEntry> {
  if (!ID.test(id) || packageName === '' || packageName.length > 512) {
    yield { kind: 'rejected', name, reason: `expected a package and a CVE or TEMP id, found ${quote(id, 60)}` };
    return;
  }
  const read = readRecord(name, bytes, TrackedEntry);
  if (read.kind === 'rejected') {
    yield read;
    return;
  }
  const advisory = toAdvisory(id, packageName, read.value);
  const affected = toAffected(advisory, packageName, read.value);
  if (affected.length > 0) {
    yield { kind: 'record', record: { advisory, affected } };
  }
}

/**
 * The document is ordered by package, so that a record is of one vulnerability in one package. It has OSV's id of the
 * vulnerability for an alias.
 */
function toAdvisory(id: string, packageName: string, { description }: TrackedEntry): Advisory {
  const isCve = id.startsWith('CVE-');
  const osvId = isCve ? `DEBIAN-${id}` : id;
  return {
    id: `${osvId}-${packageName}`,
    aliases: [osvId],
    upstream: isCve ? [id] : [],
    summary: '',
    details: description ?? '',
    modified: UNDATED,
    ratings: [],
    references: [{ type: 'ADVISORY', url: `https://security-tracker.debian.org/tracker/${id}` }],
  };
}

function toAffected(advisory: Advisory, packageName: string, { releases }: TrackedEntry): readonly Affected[] {
  if (Array.isArray(releases)) {
    return [];
  }
  const unstable = unstableFix(releases[UNSTABLE]);
  return Object.entries(releases).flatMap(([codename, release]) => {
    const ecosystem = RELEASES.get(codename);
    if (ecosystem === undefined) {
      return [];
    }
    const { events, ...state } = verdictOf(release, unstable);
    const ratings = ratingsOf(release, advisory.id);
    return [
      {
        advisory,
        ecosystem,
        name: packageName,
        ranges: [{ type: 'ECOSYSTEM', events }],
        versions: [],
        ratings,
        ...state,
      },
    ];
  });
}
