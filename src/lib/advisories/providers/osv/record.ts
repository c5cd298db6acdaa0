import type { Advisory, Affected, AffectedRange, RangeEvent } from '#model/advisory.ts';
import type { AdvisoryRecord } from '#model/ports.ts';
import { comparedEcosystem, comparedName } from '../../package-name.ts';
import { collectRatings } from './ratings.ts';
import type { OsvAffected, OsvRange, OsvRecord } from './schema.ts';

/**
 * An OSV record as the model has it, with the packages that it names in one ecosystem: a record of several ecosystems is
 * in the archive of each. GIT ranges are left out, since a package's version is never a commit.
 */
export function toAdvisoryRecord(record: OsvRecord, ecosystem: string): AdvisoryRecord {
  const advisory: Advisory = {
    id: record.id,
    aliases: record.aliases ?? [],
    upstream: record.upstream ?? [],
    summary: record.summary ?? '',
    details: record.details ?? '',
    modified: record.modified,
    ...optional('published', record.published),
    ...optional('withdrawn', record.withdrawn),
    ratings: collectRatings(record.id, record.severity, record),
    references: (record.references ?? []).map(({ type, url }) => ({ type, url })),
  };
  const affected: Affected[] = [];
  for (const item of record.affected ?? []) {
    if (item.package !== undefined && baseOf(item.package.ecosystem) === ecosystem) {
      affected.push(toAffected(advisory, item.package, item));
    }
  }
  return { advisory, affected };
}

/** `Alpine:v3.10` is a release of `Alpine`. */
function baseOf(ecosystem: string): string {
  const colon = ecosystem.indexOf(':');
  return colon === -1 ? ecosystem : ecosystem.slice(0, colon);
}

function toAffected(
  advisory: Advisory,
  named: { readonly ecosystem: string; readonly name: string },
  item: OsvAffected,
): Affected {
  const ecosystem = comparedEcosystem(named.ecosystem);
  return {
    advisory,
    ecosystem,
    name: comparedName(ecosystem, named.name),
    ranges: (item.ranges ?? []).flatMap(toRange),
    versions: item.versions ?? [],
    ratings: collectRatings(advisory.id, item.severity, item),
    ...optional('status', statusOf(item)),
    ...optional('informational', informationalOf(item)),
    ...binariesOf(ecosystem, item),
  };
}

/** RustSec: `unmaintained`, `unsound`, `notice`. */
function informationalOf(item: OsvAffected): string | undefined {
  const word = item.database_specific?.informational;
  return typeof word === 'string' && word !== '' ? word.slice(0, 100) : undefined;
}

/** SUSE lists what an update brings, an object of names and versions for each product; others use the member for something else. */
function binariesOf(ecosystem: string, item: OsvAffected): Pick<Affected, 'binaries'> {
  const lists = item.ecosystem_specific?.binaries;
  if (!(ecosystem.startsWith('SUSE:') || ecosystem.startsWith('openSUSE:')) || !Array.isArray(lists)) {
    return {};
  }
  const names = lists.flatMap((list: unknown) => (typeof list === 'object' && list !== null ? Object.keys(list) : []));
  return names.length === 0 ? {} : { binaries: [...new Set(names)].toSorted() };
}

function toRange(range: OsvRange): AffectedRange[] {
  if (range.type === 'GIT') {
    return [];
  }
  return [{ type: range.type, events: range.events.flatMap(toEvent) }];
}

function toEvent(event: OsvRange['events'][number]): RangeEvent[] {
  if (event.introduced !== undefined) {
    return [{ introduced: event.introduced }];
  }
  if (event.fixed !== undefined) {
    return [{ fixed: event.fixed }];
  }
  if (event.last_affected !== undefined) {
    return [{ last_affected: event.last_affected }];
  }
  return event.limit === undefined ? [] : [{ limit: event.limit }];
}

/** Debian says in its urgency that a release gets no fixes any more; `not yet assigned` and the like are no state. */
function statusOf(item: OsvAffected): string | undefined {
  const status = item.database_specific?.status;
  if (typeof status === 'string') {
    return status.slice(0, 100);
  }
  return item.ecosystem_specific?.urgency === 'end-of-life' ? 'end-of-life' : undefined;
}

function optional<Key extends string>(key: Key, value: string | null | undefined): { readonly [K in Key]?: string } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: string };
}
