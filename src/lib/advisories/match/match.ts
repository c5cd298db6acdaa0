import { isAppError, messageOf, quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { schemeFor } from '#lib/versions/index.ts';
import type { Build } from '#model/build.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { OsRelease, Package } from '#model/package.ts';
import type { Unknown, UnknownKind } from '#model/unknown.ts';
import { compareFindings } from '../finding-order.ts';
import type { Schemes } from './evaluate.ts';
import { toFinding } from './finding.ts';
import { groupByVulnerability } from './groups.ts';
import { isKernelHeaders } from './headers.ts';
import type { Undecided } from './judge.ts';
import { judge } from './judge.ts';
import type { KnownPlacement } from './placement.ts';
import type { Readers } from './resolve.ts';
import { createResolver } from './resolve.ts';
import { shardUnknown, shardUnknowns } from './shard-unknowns.ts';
import type { Statement } from './statements.ts';
import { statementsAbout } from './statements.ts';

export interface Matched {
  /** Sorted by severity, package name, id, purl. */
  readonly findings: readonly Vulnerability[];
  /** Of kernel headers, in the same order: their code does not run in a container. */
  readonly headers: readonly Vulnerability[];
  readonly unknowns: readonly Unknown[];
  /** Purls of the OS packages that the advisories of this release know, and that could be compared with all of them. */
  readonly known: ReadonlySet<string>;
}

/**
 * Matches packages with advisories: those of the operating system by the names that its advisories go by. `readers` holds
 * the shards by the ecosystem that was asked for, or by their name; one that is needed and not there is the caller's unknown,
 * who knows why. Pure but for the reads of the shards. Throws `LIMIT_EXCEEDED` for packages that would need more comparisons
 * than `LIMITS.comparisons`.
 */
export function matchPackages(
  packages: readonly Package[],
  os: OsRelease | null,
  readers: Readers,
  builds: readonly Build[] = [],
): Matched {
  const resolve = createResolver(os, readers, builds);
  const findings: Vulnerability[] = [];
  const headers: Vulnerability[] = [];
  const unknowns: Unknown[] = [...shardUnknowns(packages, resolve)];
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
    const { placement, open } = resolve(item.type);
    if (placement.kind !== 'known' || open.length === 0) {
      continue;
    }
    try {
      const { statements, rows } = statementsAbout(item, open);
      const judged = judgePackage(item, statements, schemesOf(placement));
      // An advisory for many vulnerabilities becomes a finding for each.
      comparisons += rows + judged.findings.length;
      if (isKernelHeaders(item)) {
        // What could not be compared hides nothing that counts either.
        headers.push(...judged.findings);
      } else {
        findings.push(...judged.findings);
        unknowns.push(...judged.unknowns);
      }
      if (isOsPackage(item) && statements.length > 0 && judged.unknowns.length === 0) {
        known.add(item.purl);
      }
    } catch (error) {
      if (!isAppError(error)) {
        throw error;
      }
      const shards = open.map(({ reader }) => reader.info.ecosystem).join(', ');
      if (!damaged.has(shards)) {
        damaged.add(shards);
        unknowns.push(shardUnknown('incomplete-advisories', messageOf(error)));
      }
    }
  }
  return {
    findings: findings.toSorted(compareFindings),
    headers: headers.toSorted(compareFindings),
    unknowns,
    known,
  };
}

export function schemesOf({ scheme, semverScheme }: KnownPlacement): Schemes {
  return { own: schemeFor(scheme), semver: schemeFor(semverScheme) };
}

type Judged = Pick<Matched, 'findings' | 'unknowns'>;

function judgePackage(item: Package, statements: readonly Statement[], schemes: Schemes): Judged {
  const { matches, denials, undecided } = judge(item, statements, schemes);
  return {
    findings: groupByVulnerability(matches, denials).map((group) => toFinding(group, item, schemes.own)),
    unknowns: undecided.length === 0 ? [] : [undecidedUnknown(item, statements, undecided)],
  };
}

function isOsPackage({ type }: Package): boolean {
  return type === 'apk' || type === 'deb' || type === 'rpm';
}

const NAMED_ADVISORIES = 5;

/** One unknown for a package, however many advisories could not be held against its version. */
function undecidedUnknown(item: Package, statements: readonly Statement[], undecided: readonly Undecided[]): Unknown {
  const ids = undecided.slice(0, NAMED_ADVISORIES).map(({ id }) => id);
  const more = undecided.length > ids.length ? ` and ${undecided.length - ids.length} more` : '';
  const reason = `${item.type} package ${quote(item.name)} ${quote(statements[0]?.subject.version ?? item.version, 80)} could not be compared with ${ids.join(', ')}${more}: ${undecided[0]?.reason ?? ''}`;
  return packageUnknown('version', item, reason);
}

function packageUnknown(kind: UnknownKind, item: Package, reason: string): Unknown {
  const [first, ...others] = item.locations;
  const owner = others.every(({ ownedBy }) => ownedBy === first?.ownedBy) ? first?.ownedBy : undefined;
  const mark = owner === undefined ? {} : { ownedBy: owner };
  return { kind, path: first?.path ?? null, layer: item.layer, analyser: 'match', ...mark, reason };
}
