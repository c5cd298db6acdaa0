import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#base/log.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Package, PackageLocation } from '#model/package.ts';
import type { Unknown } from '#model/unknown.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { sampleFinding } from '#test/samples/report.ts';
import { setCoveredApart } from './covered.ts';
import { match } from './match.ts';

const KNOWN = 'pkg:deb/debian/npm@9';
const STRANGER = 'pkg:deb/debian/nodejs@18-1nodesource1';

function findingAt(...owners: readonly (string | undefined)[]): Vulnerability {
  const locations = owners.map((ownedBy, index) => ({ path: `/${index}`, layer: null, ...(ownedBy && { ownedBy }) }));
  return { ...sampleFinding('npm', 'a', '1.0.0', null, { id: 'CVE-2026-1', severity: 'high' }), locations };
}

function unknownOf(ownedBy?: string): Unknown {
  return { kind: 'unreadable', path: '/0', layer: null, analyser: 'npm', ...(ownedBy && { ownedBy }), reason: 'x' };
}

test('a finding is set apart when every place of it belongs to a package that the distribution knows', () => {
  const cases: readonly (readonly [owners: readonly (string | undefined)[], covered: boolean])[] = [
    [[KNOWN], true],
    [[KNOWN, KNOWN], true],
    [[undefined], false],
    [[KNOWN, undefined], false],
    [[STRANGER], false],
    [[KNOWN, STRANGER], false],
  ];
  for (const [owners, covered] of cases) {
    const finding = findingAt(...owners);
    const result = setCoveredApart({ findings: [finding], unknowns: [] }, new Set([KNOWN]));
    assert.deepEqual(result.findings, covered ? [] : [finding], owners.join());
    assert.deepEqual(result.covered.findings, covered ? [finding] : [], owners.join());
  }
});

test('so is what is not known of such a file, and nothing else', () => {
  const unknowns = [unknownOf(KNOWN), unknownOf(STRANGER), unknownOf()];
  const result = setCoveredApart({ findings: [], unknowns }, new Set([KNOWN]));
  assert.deepEqual(result.covered.unknowns, [unknowns[0]]);
  assert.deepEqual(result.unknowns, [unknowns[1], unknowns[2]]);
});

test('a finding without a place counts', () => {
  const finding = findingAt();
  const result = setCoveredApart({ findings: [finding], unknowns: [] }, new Set([KNOWN]));
  assert.deepEqual([result.findings, result.covered.findings], [[finding], []]);
});

test('a program in a file of a package that the distribution knows is not said to be without advisories', async () => {
  const owner = packageAt('deb', 'npm', [{ path: '/var/lib/dpkg/status', layer: null }]);
  const owned: PackageLocation = { path: '/usr/bin/bash', layer: null, ownedBy: owner.purl };
  const nobodys: PackageLocation = { path: '/usr/local/bin/bash', layer: null };
  const row = affectedOf(advisoryOf({ id: 'CVE-2026-1' }), 'Debian:12', 'npm', '2');
  const cases: readonly (readonly [places: readonly PackageLocation[], rows: readonly (typeof row)[], said: number])[] =
    [
      [[owned], [row], 0],
      [[owned, nobodys], [row], 1],
      [[nobodys], [row], 1],
      [[owned], [], 1],
    ];
  for (const [places, rows, said] of cases) {
    const inventory = {
      os: { id: 'debian', versionId: '12', idLike: [] },
      packages: [owner, packageAt('generic', 'bash', places)],
      unknowns: [],
      databases: ['dpkg'],
      files: null,
      executables: null,
      content: 'read',
    } as const;
    const shard = { reader: memoryShard(rows), unknowns: [] };
    const matched = await match(
      inventory,
      { shard: () => Promise.resolve(shard), offers: () => false },
      { clock: { now: () => 0 }, log: silentLog },
    );
    const generic = matched.unknowns.filter(({ reason }) => reason.includes('1 generic package was not matched'));
    assert.equal(generic.length, said, JSON.stringify([places, rows.length, matched.unknowns]));
  }
});

function packageAt(type: Package['type'], name: string, locations: readonly PackageLocation[]): Package {
  return {
    type,
    name,
    version: '1',
    purl: `pkg:${type}/${name}@1`,
    licenses: [],
    layer: null,
    locations,
    cataloger: type,
  };
}
