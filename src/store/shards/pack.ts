import type { Advisory, Affected, AffectedRange, RangeEvent, Rating } from '#model/advisory.ts';

/**
 * Advisories and packages as they are kept: arrays in place of objects, since the names of members would be a quarter of
 * a shard. Members that few have come last, under their names; the prose of an advisory is kept apart.
 */
type PackedAdvisory = readonly [
  aliases: readonly string[],
  upstream: readonly string[],
  summary: string,
  modified: string,
  ratings: readonly PackedRating[],
  rest: Omit<Partial<Advisory>, 'id'>,
];
type PackedRating = readonly [severity: Rating['severity'], scale: string, source: string, rest: Partial<Rating>];
type PackedRange = readonly [type: string, ...bounds: readonly string[]];
type PackedAffected = readonly [
  ranges: readonly PackedRange[],
  versions: readonly string[],
  ratings: readonly PackedRating[],
  rest: Partial<Affected>,
];

/** What is long and rarely read. */
export type Prose = Pick<Advisory, 'details' | 'references'>;

export function packAdvisory(advisory: Advisory): string {
  const { id, aliases, upstream, summary, modified, ratings, details: _d, references: _r, ...rest } = advisory;
  const packed: PackedAdvisory = [
    aliases,
    upstream,
    summary,
    modified,
    ratings.map((each) => packRating(each, id)),
    rest,
  ];
  return JSON.stringify(packed);
}

export function packProse({ details, references }: Advisory): string {
  return JSON.stringify([details, ...references.flatMap(({ type, url }) => [type, url])]);
}

export function packAffected({
  advisory,
  ecosystem: _e,
  name: _n,
  ranges,
  versions,
  ratings,
  ...rest
}: Affected): string {
  const own = ratings.map((each) => packRating(each, advisory.id));
  const packed: PackedAffected = [ranges.map(packRange), versions, own, rest];
  return JSON.stringify(packed);
}

/** A rating is mostly of the advisory itself. */
function packRating({ severity, scale, source, ...rest }: Rating, id: string): PackedRating {
  return [severity, scale, source === id ? '' : source, rest];
}

function packRange({ type, events }: AffectedRange): PackedRange {
  return [type === 'SEMVER' ? 'S' : 'E', ...events.flatMap(packEvent)];
}

/** The prose is unpacked when somebody reads it: of most advisories that a package is compared with nobody does. */
export function unpackAdvisory(id: string, json: string, prose: () => Prose): Advisory {
  const [aliases, upstream, summary, modified, ratings, rest] = JSON.parse(json) as PackedAdvisory;
  let read: Prose | null = null;
  const known = (): Prose => {
    read ??= prose();
    return read;
  };
  return {
    id,
    aliases,
    upstream,
    summary,
    modified,
    ratings: ratings.map((each) => unpackRating(each, id)),
    ...rest,
    get details() {
      return known().details;
    },
    get references() {
      return known().references;
    },
  };
}

export function unpackProse(json: string): Prose {
  const [details = '', ...texts] = JSON.parse(json) as readonly string[];
  const references = texts.flatMap((type, at) => (at % 2 === 0 ? [{ type, url: texts[at + 1] ?? '' }] : []));
  return { details, references };
}

export function unpackAffected(advisory: Advisory, ecosystem: string, name: string, json: string): Affected {
  const [ranges, versions, ratings, rest] = JSON.parse(json) as PackedAffected;
  return {
    advisory,
    ecosystem,
    name,
    ranges: ranges.map(unpackRange),
    versions,
    ratings: ratings.map((each) => unpackRating(each, advisory.id)),
    ...rest,
  };
}

function unpackRating([severity, scale, source, rest]: PackedRating, id: string): Rating {
  return { severity, scale, source: source === '' ? id : source, ...rest };
}

function unpackRange([type, ...bounds]: PackedRange): AffectedRange {
  const events: RangeEvent[] = [];
  for (let at = 0; at + 1 < bounds.length; at += 2) {
    events.push(unpackEvent(bounds[at] ?? '', bounds[at + 1] ?? ''));
  }
  return { type: type === 'S' ? 'SEMVER' : 'ECOSYSTEM', events };
}

function packEvent(event: RangeEvent): readonly string[] {
  if ('introduced' in event) {
    return ['i', event.introduced];
  }
  if ('fixed' in event) {
    return ['f', event.fixed];
  }
  return 'last_affected' in event ? ['a', event.last_affected] : ['l', event.limit];
}

function unpackEvent(letter: string, version: string): RangeEvent {
  switch (letter) {
    case 'i':
      return { introduced: version };
    case 'f':
      return { fixed: version };
    case 'a':
      return { last_affected: version };
    case 'l':
      return { limit: version };
    default:
      throw new Error(`a range with ${letter}`);
  }
}
