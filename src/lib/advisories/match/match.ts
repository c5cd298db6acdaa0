import { compareText } from '#base/compare.ts';
import { isAppError, messageOf, quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { schemeFor } from '#lib/versions/index.ts';
import type { Advisory, Affected } from '#model/advisory.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { OsRelease, Package } from '#model/package.ts';
import type { ShardReader } from '#model/ports.ts';
import type { Unknown, UnknownKind } from '#model/unknown.ts';
import { comparedName } from '../package-name.ts';
import { comparableVersion } from './comparable-version.ts';
import { ecosystemsNeeded, placePackage } from './ecosystem.ts';
import type { Match, Schemes } from './evaluate.ts';
import { evaluateAdvisory } from './evaluate.ts';
import { toFinding } from './finding.ts';
import { groupByVulnerability } from './groups.ts';

export interface Matched {
  /** Sorted by severity, package name, id, purl. */
  readonly findings: readonly Vulnerability[];
  readonly unknowns: readonly Unknown[];
  /** Purls of the OS packages whose source the advisories of this release know, and that could be compared with all of them. */
  readonly known: ReadonlySet<string>;
}

/**
 * Matches packages with advisories: those of the operating system by their source package and its version. `shards` holds
 * the readers by shard name; a shard that is needed and not there is the caller's unknown, who knows why. Pure but for
 * the reads of the shards. Throws `LIMIT_EXCEEDED` for packages that would need more comparisons than `LIMITS.comparisons`.
 */
export function matchPackages(
  packages: readonly Package[],
  os: OsRelease | null,
  shards: ReadonlyMap<string, ShardReader>,
): Matched {
  const findings: Vulnerability[] = [];
  const unknowns: Unknown[] = [...describeShards(packages, os, shards)];
  const known = new Set<string>();
  const damaged = new Set<string>();
  let comparisons = 0;
  for (const item of packages) {
    if (comparisons > LIMITS.comparisons) {
      throw limitExceeded('packages of the image', LIMITS.comparisons, 'comparisons with advisories');
    }
    if (item.thirdParty !== undefined) {
      continue;
    }
    if (item.version === '') {
      unknowns.push(packageUnknown('version', item, `${item.type} package ${quote(item.name)} has no version`));
      continue;
    }
    const placement = placePackage(item.type, os);
    const reader = placement.kind === 'known' ? shards.get(placement.needed.shard) : undefined;
    if (placement.kind !== 'known' || reader === undefined) {
      continue;
    }
    const { ecosystem } = placement.needed;
    const schemes = { own: schemeFor(placement.scheme), semver: schemeFor(placement.semverScheme) };
    try {
      const rows = reader.affected(ecosystem, comparedName(ecosystem, nameOf(item)));
      const result = matchPackage(item, rows, schemes);
      // An advisory for many vulnerabilities becomes a finding for each.
      comparisons += rows.length + result.findings.length;
      findings.push(...result.findings);
      unknowns.push(...result.unknowns);
      if (isOsPackage(item) && rows.some(isInForce) && result.unknowns.length === 0) {
        known.add(item.purl);
      }
    } catch (error) {
      if (!isAppError(error)) {
        throw error;
      }
      if (!damaged.has(placement.needed.shard)) {
        damaged.add(placement.needed.shard);
        unknowns.push(shardUnknown('incomplete-advisories', messageOf(error)));
      }
    }
  }
  return { findings: findings.toSorted(compareFindings), unknowns, known };
}

/** What the shards at hand cannot answer: a release that they do not hold, records that could not be read. */
function describeShards(
  packages: readonly Package[],
  os: OsRelease | null,
  shards: ReadonlyMap<string, ShardReader>,
): readonly Unknown[] {
  const unknowns: Unknown[] = [];
  for (const { shard, ecosystem } of ecosystemsNeeded(packages, os).needed) {
    const reader = shards.get(shard);
    if (reader === undefined) {
      continue;
    }
    if (reader.rows(ecosystem) === 0) {
      const reason = `no advisories for ${ecosystem}: ${reader.info.source} holds ${listEcosystems(reader.ecosystems())}`;
      unknowns.push(shardUnknown('no-advisories', reason));
    }
    const { rejected, rejectedNames } = reader.info;
    if (rejected > 0) {
      const names = rejectedNames.map((name) => quote(name, 60)).join(', ');
      const records = rejected === 1 ? 'record' : 'records';
      const more = rejected > rejectedNames.length ? ' and others' : '';
      const reason = `${rejected} ${records} of the ${shard} advisories could not be read: ${names}${more}`;
      unknowns.push(shardUnknown('incomplete-advisories', reason));
    }
  }
  return unknowns;
}

function listEcosystems(names: readonly string[]): string {
  const sorted = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) {
    return 'none';
  }
  return sorted.length > 3 ? `${first} to ${last}` : sorted.join(', ');
}

function matchPackage(item: Package, rows: readonly Affected[], schemes: Schemes): Omit<Matched, 'known'> {
  const matches: Match[] = [];
  const undecided: { readonly id: string; readonly reason: string }[] = [];
  const version = comparableVersion(item.type, versionOf(item));
  for (const [advisory, own] of byAdvisory(rows)) {
    const result = evaluateAdvisory(advisory, own, version, schemes);
    if (result.kind === 'affected') {
      matches.push(result.match);
    } else if (result.kind === 'unknown') {
      undecided.push({ id: advisory.id, reason: result.reason });
    }
  }
  return {
    findings: groupByVulnerability(matches).map((group) => toFinding(group, item, schemes.own)),
    unknowns: undecided.length === 0 ? [] : [undecidedUnknown(item, undecided)],
  };
}

/** Withdrawn advisories say nothing any more. */
function byAdvisory(rows: readonly Affected[]): ReadonlyMap<Advisory, readonly Affected[]> {
  const firsts = new Map<string, Advisory>();
  const groups = new Map<Advisory, Affected[]>();
  for (const row of rows) {
    if (!isInForce(row)) {
      continue;
    }
    const advisory = firsts.get(row.advisory.id) ?? row.advisory;
    firsts.set(advisory.id, advisory);
    const group = groups.get(advisory);
    if (group === undefined) {
      groups.set(advisory, [row]);
    } else {
      group.push(row);
    }
  }
  return groups;
}

function isInForce({ advisory }: Affected): boolean {
  return advisory.withdrawn === undefined;
}

function isOsPackage({ type }: Package): boolean {
  return type === 'apk' || type === 'deb';
}

/** The name that distributions publish advisories for. */
function nameOf(item: Package): string {
  return item.source?.name ?? item.name;
}

function versionOf(item: Package): string {
  return item.source === undefined || item.source.version === '' ? item.version : item.source.version;
}

const NAMED_ADVISORIES = 5;

/** One unknown for a package, however many advisories could not be held against its version. */
function undecidedUnknown(
  item: Package,
  undecided: readonly { readonly id: string; readonly reason: string }[],
): Unknown {
  const ids = undecided.slice(0, NAMED_ADVISORIES).map(({ id }) => id);
  const more = undecided.length > ids.length ? ` and ${undecided.length - ids.length} more` : '';
  const reason = `${item.type} package ${quote(item.name)} ${quote(versionOf(item), 80)} could not be compared with ${ids.join(', ')}${more}: ${undecided[0]?.reason ?? ''}`;
  return packageUnknown('version', item, reason);
}

function packageUnknown(kind: UnknownKind, item: Package, reason: string): Unknown {
  const [first, ...others] = item.locations;
  const owner = others.every(({ ownedBy }) => ownedBy === first?.ownedBy) ? first?.ownedBy : undefined;
  const mark = owner === undefined ? {} : { ownedBy: owner };
  return { kind, path: first?.path ?? null, layer: item.layer, analyser: 'match', ...mark, reason };
}

function shardUnknown(kind: UnknownKind, reason: string): Unknown {
  return { kind, path: null, layer: null, analyser: 'advisories', reason };
}

function compareFindings(a: Vulnerability, b: Vulnerability): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.package.name, b.package.name) ||
    compareText(a.id, b.id) ||
    compareText(a.package.purl, b.package.purl)
  );
}
