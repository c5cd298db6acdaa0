import { matchPackages } from '#lib/advisories/index.ts';
import type { Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';
import type { ShardReader } from '#model/ports.ts';
import type { JudgedEcosystem } from './ecosystems.ts';
import { type Expected, expectedOf, judgedAs, type OsvAffected, type Said } from './oracle.ts';
import { type OsvRecord, osvRecords } from './records.ts';

/** How Plimsoll answered for all packages of one ecosystem, by the judge's answers. */
export interface Tally {
  readonly name: string;
  readonly records: number;
  /** Records that are taken back, and must be found nowhere. */
  readonly withdrawn: number;
  /** Ranges whose bounds were asked about. */
  readonly ranges: number;
  /** Package versions that were asked about. */
  readonly versions: number;
  /** Pairs of a package version and a record about the package. */
  readonly pairs: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** Pairs whose versions are none by the grammar of the ecosystem: nobody can say. */
  readonly undecided: number;
  /** Package versions that Plimsoll calls incomparable and the judge does not. */
  readonly needless: number;
  /** What is not as the judge says, a line each: `false positive Debian:11 curl 7.74: CVE-1 by DSA-1`. */
  readonly lines: readonly string[];
}

type Counts = { -readonly [Name in Exclude<keyof Tally, 'name' | 'lines'>]: number };

/**
 * Asks about every package of an ecosystem at the bounds of every range, and holds each answer against the judge's. `few` leaves out what
 * asks the same in another way: of each version all packages but the last, and of what is next to a bound all but the nearest.
 */
export function measure(ecosystem: JudgedEcosystem, shard: ShardReader, few = false): Tally {
  const records = osvRecords(ecosystem.name);
  const counts: Counts = {
    records: records.length,
    withdrawn: records.filter(({ withdrawn }) => withdrawn !== undefined).length,
    ranges: 0,
    versions: 0,
    pairs: 0,
    truePositives: 0,
    falsePositives: 0,
    falseNegatives: 0,
    undecided: 0,
    needless: 0,
  };
  const lines: string[] = [];
  const reader = rememberingLast(shard);
  for (const said of byPackage(records, ecosystem).values()) {
    counts.ranges += said.flatMap(({ items }) => items.flatMap((item) => rangesOf(item))).length;
    lines.push(...judgePackage(said, few ? fewer(ecosystem) : ecosystem, reader, counts));
  }
  return { name: ecosystem.name, ...counts, lines };
}

/** A package is asked about in hundreds of versions: what the shard has of it is read once. */
function rememberingLast(shard: ShardReader): ShardReader {
  let last: { readonly key: string; readonly rows: readonly Affected[] } | null = null;
  return {
    info: shard.info,
    rows: (ecosystem) => shard.rows(ecosystem),
    ecosystems: () => shard.ecosystems(),
    find: (id) => shard.find(id),
    close: () => shard.close(),
    affected: (ecosystem, name) => {
      const key = JSON.stringify([ecosystem, name]);
      last = last?.key === key ? last : { key, rows: shard.affected(ecosystem, name) };
      return last.rows;
    },
  };
}

function fewer({ packages, below, above, ...ecosystem }: JudgedEcosystem): JudgedEcosystem {
  return {
    ...ecosystem,
    lists: false,
    packages: (name, version) => packages(name, version).slice(-1),
    below: (version) => below(version).slice(0, 1),
    above: (version) => above(version).slice(0, 1),
  };
}

/** What all records say of one package of one release, the record's own items together. */
function byPackage(records: readonly OsvRecord[], { named }: JudgedEcosystem): ReadonlyMap<string, readonly Said[]> {
  const packages = new Map<string, Said[]>();
  for (const record of records) {
    const own = Map.groupBy(record.affected ?? [], ({ package: { ecosystem, name } }) =>
      JSON.stringify([ecosystem, named?.(name) ?? name]),
    );
    for (const [key, items] of own) {
      packages.set(key, [...(packages.get(key) ?? []), { record, items }]);
    }
  }
  return packages;
}

function judgePackage(
  said: readonly Said[],
  ecosystem: JudgedEcosystem,
  shard: ShardReader,
  counts: Counts,
): readonly string[] {
  const { name = '', ecosystem: release = '' } = said[0]?.items[0]?.package ?? {};
  const versions = [...new Set(said.flatMap(({ items }) => items.flatMap((item) => versionsAt(item, ecosystem))))];
  const asked = versions.flatMap((version) =>
    ecosystem.packages(ecosystem.named?.(name) ?? name, version).map((item) => ({ item, version })),
  );
  counts.versions += asked.length;
  counts.pairs += asked.length * said.length;
  const os = ecosystem.os?.(release) ?? null;
  const packages = asked.map(({ item }) => item);
  const { findings, unknowns } = matchPackages(packages, os, new Map([[ecosystem.name, shard]]));
  const found = Map.groupBy(findings, (finding) => finding.package.purl);
  const incomparable = new Set(unknowns.filter(({ kind }) => kind === 'version').map(({ path }) => path));
  const expected = new Map(versions.map((version) => [version, expectedOf(said, version, ecosystem.order)]));
  return asked.flatMap(({ item, version }) => {
    const of = expected.get(version);
    const answers = (found.get(item.purl) ?? []).map(({ id, advisories }) => ({ id, advisories }));
    const isIncomparable = incomparable.has(item.locations[0]?.path ?? '');
    const wrong = of === undefined ? [] : judgeAnswers(of, answers, isIncomparable, counts);
    return wrong.map(([what, which]) => `${what} ${release} ${shown(item)}: ${which}`);
  });
}

function shown({ name, version, source }: Package): string {
  return source === undefined ? `${name} ${version}` : `${name} of ${source.name} ${source.version}`;
}

interface Answer {
  readonly id: string;
  readonly advisories: readonly string[];
}

/** Each disagreement by its kind. A record that the judge cannot decide counts for nobody. */
function judgeAnswers(
  { vulnerabilities, undecided }: Expected,
  answers: readonly Answer[],
  isIncomparable: boolean,
  counts: Counts,
): readonly (readonly [what: string, which: string])[] {
  const found = new Set<string>();
  for (const { id, advisories } of answers) {
    const decided = advisories.filter((advisory) => !undecided.has(advisory));
    if (decided.length > 0) {
      found.add(judgedAs(id, decided));
    }
  }
  counts.undecided += undecided.size;
  const missed = vulnerabilities.filter((one) => !found.delete(one));
  counts.truePositives += vulnerabilities.length - missed.length;
  counts.falseNegatives += missed.length;
  counts.falsePositives += found.size;
  const needless = isIncomparable && undecided.size === 0;
  counts.needless += needless ? 1 : 0;
  return [
    ...missed.map((one) => ['false negative', one] as const),
    ...[...found].map((one) => ['false positive', one] as const),
    ...(needless ? [['needless unknown', 'the judge can compare it'] as const] : []),
  ];
}

function rangesOf({ ranges = [] }: OsvAffected): NonNullable<OsvAffected['ranges']> {
  return ranges.filter(({ type }) => type !== 'GIT');
}

/** The bounds of all ranges and what lies next to them, and the ends of lists. */
function versionsAt(
  item: OsvAffected,
  { below, above, first, order, lists = true }: JudgedEcosystem,
): readonly string[] {
  const listed = (lists ? item.versions : undefined) ?? [];
  const versions = [listed[0], listed.at(-1)].filter((version) => version !== undefined);
  const events = rangesOf(item).flatMap(({ events: each }) => each);
  for (const { introduced, fixed, last_affected: last } of events) {
    if (introduced !== undefined) {
      versions.push(introduced === '0' ? first : introduced);
    }
    if (fixed !== undefined) {
      versions.push(fixed, ...below(fixed).filter((version) => (order(version, fixed) ?? 0) < 0));
    }
    if (last !== undefined) {
      versions.push(last, ...above(last).filter((version) => (order(version, last) ?? 0) > 0));
    }
  }
  return versions;
}
