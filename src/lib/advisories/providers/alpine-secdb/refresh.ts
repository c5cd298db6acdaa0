import { quote } from '#base/error.ts';
import { limitExceeded } from '#base/limits.ts';
import type { Affected } from '#model/advisory.ts';
import type { FeedEntry } from '#model/ports.ts';
import { askDocuments, FEED_LIMITS, readMembers, readRecord, UNDATED } from '../../feeds/index.ts';
import type { Refresh, RefreshRequest } from '../provider.ts';
import type { Fix } from './package.ts';
import { fixesOf, laterFix, SecdbPackage } from './package.ts';

/** One shard of a security database in Alpine's form. */
export interface Secdb {
  readonly ecosystem: string;
  /** The documents that make it; the first has to be there. */
  readonly paths: readonly [string, ...string[]];
  /** In front of a CVE it makes the id of a record, as OSV does it. */
  readonly prefix: string;
  /** The address of the page of a vulnerability, without its id; null when there are none. */
  readonly page: string | null;
}

/** A database is read as a whole, since it is ordered by package and a record is of a vulnerability. */
const MAX_BYTES = 256 * 1024 * 1024;

export async function refreshSecdb(request: RefreshRequest, secdb: Secdb): Promise<Refresh> {
  const asked = await askDocuments(request.documents, secdb.paths, request.cursor);
  if (asked.kind !== 'documents') {
    return asked;
  }
  const files = asked.documents.map(({ name, path }) => ({ name, path }));
  return { kind: 'whole', revision: asked.revision, cursor: asked.cursor, entries: readSecdb(files, request, secdb) };
}

/** What is known of one vulnerability, over all packages and documents. */
interface Known {
  /** The version that repairs it; null when the package never had it. */
  readonly packages: Map<string, string | null>;
  readonly others: Set<string>;
}

async function* readSecdb(
  files: readonly { readonly name: string; readonly path: string }[],
  { documents, signal, limits = FEED_LIMITS }: RefreshRequest,
  secdb: Secdb,
): AsyncGenerator<FeedEntry> {
  const known = new Map<string, Known>();
  let fixes = 0;
  for (const { name, path } of files) {
    const object = `${documents.label}/${name}`;
    const capped = { ...limits, totalBytes: Math.min(limits.totalBytes, MAX_BYTES) };
    for await (const member of readMembers(path, { object, place: ['packages'], signal, limits: capped })) {
      if (member.kind === 'beside') {
        continue;
      }
      const where = `${name} package ${member.name}`;
      const record =
        member.kind === 'rejected' ? { ...member, name: where } : readRecord(where, member.bytes, SecdbPackage);
      if (record.kind === 'rejected') {
        yield record;
        continue;
      }
      const read = fixesOf(record.value);
      const { name: packageName } = record.value.pkg;
      for (const text of read.unreadable) {
        const reason = `expected the id of a vulnerability, found ${quote(text, 100)}`;
        yield { kind: 'rejected', name: `${packageName} ${quote(text, 60)}`, reason };
      }
      fixes += read.fixes.length;
      if (fixes > limits.records) {
        throw limitExceeded(object, limits.records, 'fixes');
      }
      read.fixes.forEach((fix) => keep(known, packageName, fix));
    }
  }
  for (const [id, { packages, others }] of known) {
    yield toRecord(id, packages, others, secdb);
  }
}

/** A package may be in both repositories of a release, or twice in one: the later fix counts. */
function keep(known: Map<string, Known>, packageName: string, fix: Fix): void {
  const entry = known.get(fix.id) ?? { packages: new Map<string, string | null>(), others: new Set<string>() };
  known.set(fix.id, entry);
  fix.others.forEach((other) => entry.others.add(other));
  const before = entry.packages.get(packageName);
  entry.packages.set(packageName, before === undefined ? fix.fixed : laterFix(before, fix.fixed));
}

function toRecord(
  id: string,
  packages: ReadonlyMap<string, string | null>,
  others: ReadonlySet<string>,
  secdb: Secdb,
): FeedEntry {
  const isCve = id.startsWith('CVE-');
  const advisory = {
    id: isCve ? `${secdb.prefix}-${id}` : id,
    aliases: [],
    upstream: isCve ? [id, ...others] : [],
    summary: '',
    details: '',
    modified: UNDATED,
    ratings: [],
    references: secdb.page === null || !isCve ? [] : [{ type: 'ADVISORY', url: `${secdb.page}${id}` }],
  };
  const affected = [...packages].map(([name, fixed]): Affected => {
    const events = fixed === null ? [{ introduced: '0' }] : [{ introduced: '0' }, { fixed }];
    return {
      advisory,
      ecosystem: secdb.ecosystem,
      name,
      ranges: [{ type: 'ECOSYSTEM', events }],
      versions: [],
      ratings: [],
      ...(fixed === null ? { state: 'not_affected' } : {}),
    };
  });
  return { kind: 'record', record: { advisory, affected } };
}
