import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VersionScheme, VersionSchemeId } from '#lib/versions/index.ts';
import { schemeFor } from '#lib/versions/index.ts';
import type { Affected, AffectedRange } from '#model/advisory.ts';
import type { OsRelease, Package, PackageType } from '#model/package.ts';
import type { AdvisoryRecord } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import { memoryShard } from '#test/fixtures/memory-shard.ts';
import { data, missing } from '#test/prerequisites.ts';
import { osv } from '../providers/osv/index.ts';
import { matchPackages } from './match.ts';

evidence('advisories/matching', 'published', 'the bounds of every range of eight ecosystems');

interface Ecosystem {
  readonly name: string;
  readonly type: PackageType;
  readonly own: VersionSchemeId;
  readonly ranged: VersionSchemeId;
  /** A version below the one given, with none that anybody publishes between the two. */
  readonly below: (version: string) => string;
  /** The release that packages of an ecosystem with this name are of; absent for packages of a language. */
  readonly os?: (ecosystem: string) => OsRelease;
  readonly least: number;
}

/** Without its build, and with the lowest prerelease that there is. */
function semverBelow(version: string): string {
  return `${/^v?[0-9]+\.[0-9]+\.[0-9]+/.exec(version)?.[0] ?? version}-0`;
}

/** `1.2-r3` has `1.2_alpha-r3` below it. */
function alphaBefore(version: string): string {
  const revision = /-r[0-9]+$/.exec(version)?.[0] ?? '';
  return `${version.slice(0, version.length - revision.length)}_alpha${revision}`;
}

function releaseOf(id: string): (ecosystem: string) => OsRelease {
  return (ecosystem) => ({ id, versionId: ecosystem.replace(/^[A-Za-z]+:?v?/, ''), idLike: [] });
}

const ECOSYSTEMS: readonly Ecosystem[] = [
  {
    name: 'Alpine',
    type: 'apk',
    own: 'apk',
    ranged: 'semver',
    os: releaseOf('alpine'),
    least: 20_000,
    below: alphaBefore,
  },
  { name: 'crates.io', type: 'cargo', own: 'semver', ranged: 'semver', below: semverBelow, least: 3000 },
  {
    name: 'Debian',
    type: 'deb',
    own: 'deb',
    ranged: 'semver',
    os: releaseOf('debian'),
    least: 12_000,
    below: (it) => `${it}~`,
  },
  { name: 'Go', type: 'golang', own: 'golang', ranged: 'golang', below: semverBelow, least: 12_000 },
  { name: 'npm', type: 'npm', own: 'semver', ranged: 'semver', below: semverBelow, least: 500 },
  { name: 'PyPI', type: 'pypi', own: 'pep440', ranged: 'semver', below: (it) => `${it}.dev0`, least: 12_000 },
  { name: 'RubyGems', type: 'gem', own: 'gem', ranged: 'semver', below: (it) => `${it}.A`, least: 4500 },
  {
    name: 'Wolfi',
    type: 'apk',
    own: 'apk',
    ranged: 'semver',
    os: releaseOf('wolfi'),
    least: 25_000,
    below: alphaBefore,
  },
];

/** Debian wrote its first releases with two numbers, and an image of one has no os-release. */
const TOO_OLD: ReadonlySet<string> = new Set(['Debian:3.0', 'Debian:3.1', 'Debian:4.0', 'Debian:5.0', 'Debian:6.0']);

/** Intervals of one range that overlap, which the schema's algorithm ends where the first of them does. */
const OVERLAPPING = ['PYSEC-2021-114 wagtail 2.11.7.dev0: expected true, found false'];

const signal = new AbortController().signal;

/** By what is asked here and not by the matcher's own way: each `introduced` and the end that is written behind it. */
function isWithin({ events }: AffectedRange, version: string, scheme: VersionScheme): boolean | null {
  const order = (bound: string): number => {
    const compared = scheme.compare(version, bound);
    return compared.ok ? compared.order : Number.NaN;
  };
  let within = false;
  let from: boolean | null = null;
  for (const event of events) {
    const bound = Object.values(event)[0] ?? '';
    const at = 'introduced' in event && bound === '0' ? 1 : order(bound);
    if (Number.isNaN(at)) {
      return null;
    }
    if ('introduced' in event) {
      from = at >= 0;
    } else {
      within ||= from === true && ('fixed' in event ? at < 0 : at <= 0);
      from = null;
    }
  }
  return within || from === true;
}

/** Null when a bound is none that the scheme reads, and nothing else shows it affected. */
function isAffected(rows: readonly Affected[], version: string, { own, ranged }: Ecosystem): boolean | null {
  let known = true;
  for (const row of rows) {
    const equal = row.versions.some((listed) => {
      const compared = schemeFor(own).compare(listed, version);
      return listed === version || (compared.ok && compared.order === 0);
    });
    const within = row.ranges.map((range) =>
      isWithin(range, version, schemeFor(range.type === 'SEMVER' ? ranged : own)),
    );
    if (equal || within.includes(true)) {
      return true;
    }
    known &&= !within.includes(null);
  }
  return known ? false : null;
}

/** What is at the bounds of a range, each with what the bound alone says where no other range has a say. */
function versionsAt(range: AffectedRange, { own, below }: Ecosystem): ReadonlyMap<string, boolean> {
  const versions = new Map<string, boolean>();
  for (const event of range.events) {
    if ('introduced' in event && event.introduced !== '0') {
      versions.set(event.introduced, true);
    } else if ('last_affected' in event) {
      versions.set(event.last_affected, true);
    } else if ('fixed' in event) {
      const before = below(event.fixed);
      const compared = schemeFor(own).compare(before, event.fixed);
      if (compared.ok && compared.order < 0) {
        versions.set(before, true);
      }
      versions.set(event.fixed, false);
    }
  }
  return versions;
}

function packageOf(type: PackageType, name: string, version: string): Package {
  const purl = `pkg:${type}/${name}@${version}`;
  return { type, name, version, purl, licenses: [], layer: null, locations: [], cataloger: type };
}

/** How often each answer was right, and the lines of those that were not. */
function judge({ affected }: AdvisoryRecord, ecosystem: Ecosystem, seen: Map<string, number>): readonly string[] {
  const wrong: string[] = [];
  for (const rows of Map.groupBy(affected, (row) => `${row.ecosystem} ${row.name}`).values()) {
    const [{ name, ecosystem: of } = { name: '', ecosystem: '' }] = rows;
    if (TOO_OLD.has(of)) {
      continue;
    }
    const os = ecosystem.os?.(of) ?? null;
    const shards = new Map([[ecosystem.name, memoryShard(rows)]]);
    const versions = rows.flatMap((row) => row.ranges.flatMap((range) => [...versionsAt(range, ecosystem)]));
    for (const [version, alone] of versions) {
      const { findings, unknowns } = matchPackages([packageOf(ecosystem.type, name, version)], os, shards);
      const answer = findings.length > 0 ? true : unknowns.length > 0 ? null : false;
      const expected = isAffected(rows, version, ecosystem);
      const key = `${expected === null ? 'unknown' : expected ? 'affected' : 'not affected'}${expected === alone ? '' : ', by another range or a list'}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (answer !== expected) {
        wrong.push(`${rows[0]?.advisory.id} ${name} ${version}: expected ${expected}, found ${answer}`);
      }
    }
  }
  return wrong;
}

describe('real advisories: introduced, last affected, just below fixed, fixed', () => {
  for (const ecosystem of ECOSYSTEMS) {
    it(`at the bounds of ${ecosystem.name}`, { skip: missing('shared-data') }, async (t) => {
      const seen = new Map<string, number>();
      const wrong: string[] = [];
      for await (const entry of osv.read(data(`osv/${ecosystem.name}/all.zip`), {
        ecosystem: ecosystem.name,
        signal,
      })) {
        if (entry.kind === 'record' && entry.record.advisory.withdrawn === undefined) {
          wrong.push(...judge(entry.record, ecosystem, seen));
        }
      }
      t.diagnostic([...seen].map(([key, count]) => `${count} ${key}`).join('; '));
      assert.deepEqual(
        wrong.filter((line) => !OVERLAPPING.includes(line)),
        [],
      );
      const decided = (seen.get('affected') ?? 0) + (seen.get('not affected') ?? 0);
      assert.ok(decided >= ecosystem.least, `${decided} answers`);
    });
  }
});
