import { quote } from '#base/error.ts';
import type { Affected } from '#model/advisory.ts';
import type { Build } from '#model/build.ts';
import type { ExplainedAnswer, ExplainedImage, ExplainedPackage, Explanation } from '#model/explanation.ts';
import { EXPLAINED_ANSWERS } from '#model/explanation.ts';
import { isVulnerability, type Vulnerability } from '#model/finding.ts';
import type { OsRelease, Package } from '#model/package.ts';
import type { AdvisoryRecord, ShardInfo, ShardReader } from '#model/ports.ts';
import { applicationOf } from '../cpe.ts';
import type { Readers } from '../match/resolve.ts';
import { createResolver } from '../match/resolve.ts';
import { comparedName } from '../package-name.ts';
import type { Fate } from './checks.ts';
import { explainPackage, type Reported } from './explain-package.ts';
import type { FoundRecords } from './records.ts';
import { collectRecords, describeRecord, describeShard } from './records.ts';

export interface ExplainOptions {
  readonly image: ExplainedImage;
  readonly packages: readonly Package[];
  readonly os: OsRelease | null;
  readonly builds?: readonly Build[] | undefined;
  /** What the image was matched with, by the ecosystem that was asked for. */
  readonly readers: Readers;
  /** Records of an id in all advisories at hand, whether the image was matched with them or not. */
  readonly lookUp: (id: string) => readonly { readonly shard: ShardInfo; readonly record: AdvisoryRecord }[];
  readonly reported: Reported;
}

/** Why an id or alias is, or is not, among the findings: by the evaluation that matching makes, with its steps kept. */
export function explainMatch(id: string, options: ExplainOptions): Explanation {
  const readers = [...new Set(options.readers.values())];
  const found = collectRecords(id, readers, options.lookUp);
  const packages = explainPackages(found, options);
  const answer = EXPLAINED_ANSWERS.find((one) => packages.some((item) => item.answer === one)) ?? 'not-found';
  return {
    schemaVersion: '1.0',
    kind: 'explanation',
    id,
    names: [...found.names].toSorted(),
    image: options.image,
    answer,
    reasons: reasonsOf(id, answer, packages, found, readers),
    packages,
    records: found.records.map(describeRecord),
    asked: readers.map(({ info }) => describeShard(info)),
  };
}

function explainPackages({ names, records }: FoundRecords, options: ExplainOptions): readonly ExplainedPackage[] {
  const rowsOf = createRowFinder(records.flatMap(({ record }) => record.affected));
  const findingsOf = createFindingFinder(names, options.reported);
  const resolve = createResolver(options.os, options.readers, options.builds ?? []);
  const explained = options.packages.flatMap((item) => {
    const rows = rowsOf(item);
    const findings = findingsOf(item);
    return rows.length === 0 && findings.length === 0
      ? []
      : explainPackage({ item, rows, placement: resolve(item.type), findings, reported: options.reported });
  });
  return explained.toSorted((a, b) => EXPLAINED_ANSWERS.indexOf(a.answer) - EXPLAINED_ANSWERS.indexOf(b.answer));
}

/** The rows that have the name of a package or of its source, in whatever ecosystem. */
function createRowFinder(rows: readonly Affected[]): (item: Package) => readonly Affected[] {
  const byName = Map.groupBy(rows, ({ ecosystem, name }) => `${ecosystem}\0${name}`);
  const ecosystems = [...new Set(rows.map(({ ecosystem }) => ecosystem))];
  return ({ name, source, cpe }) => {
    const names = new Set([name, source?.name ?? name, applicationOf(cpe) ?? name]);
    return ecosystems.flatMap((ecosystem) =>
      [...names].flatMap((one) => byName.get(`${ecosystem}\0${comparedName(ecosystem, one)}`) ?? []),
    );
  };
}

type Finder = (item: Package) => readonly (readonly [Vulnerability, Fate])[];

function createFindingFinder(names: ReadonlySet<string>, reported: Reported): Finder {
  const isAsked = ({ id, aliases, advisories }: Vulnerability): boolean =>
    [id, ...aliases, ...advisories].some((name) => names.has(name));
  const all: readonly (readonly [readonly Vulnerability[], Fate])[] = [
    [reported.findings.filter(isVulnerability), 'counts'],
    [reported.covered.findings, 'covered'],
    [reported.headers ?? [], 'headers'],
  ];
  const found = all.flatMap(([findings, fate]) =>
    findings.filter(isAsked).map((finding): [Vulnerability, Fate] => [finding, fate]),
  );
  return (item) => found.filter(([finding]) => finding.package.purl === item.purl && isOf(finding, item));
}

/** Two installations of one version have one purl. */
function isOf({ locations }: Vulnerability, item: Package): boolean {
  return locations.length === item.locations.length && locations[0]?.path === item.locations[0]?.path;
}

const NAMED = 3;

function reasonsOf(
  id: string,
  answer: ExplainedAnswer,
  packages: readonly ExplainedPackage[],
  { records }: FoundRecords,
  readers: readonly ShardReader[],
): readonly string[] {
  const decisive = packages.filter((item) => item.answer === answer).flatMap(({ reasons }) => reasons);
  if (decisive.length > 0) {
    return [...new Set(decisive)];
  }
  if (records.length === 0) {
    const asked = readers.map(({ info }) => `${info.ecosystem} (${info.count} of ${info.source})`).join(', ');
    return [`no advisory at hand has the id or alias ${quote(id, 100)}: asked ${asked === '' ? 'none' : asked}`];
  }
  return records.slice(0, NAMED).map(({ record: { advisory, affected }, asked, shard }) => {
    const about = [...new Set(affected.map(({ ecosystem, name }) => `${name} of ${ecosystem}`))];
    const more = about.length > NAMED ? ` and ${about.length - NAMED} more` : '';
    const what = about.length === 0 ? 'no package' : `${about.slice(0, NAMED).join(', ')}${more}`;
    const none = asked ? 'the image has no such package' : `the image has no packages of ${shard.ecosystem}`;
    return `${advisory.id} is about ${what}, and ${none}`;
  });
}
