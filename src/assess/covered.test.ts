import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Vulnerability } from '#model/finding.ts';
import type { Unknown } from '#model/unknown.ts';
import { sampleFinding } from '#test/samples/report.ts';
import { setCoveredApart } from './covered.ts';

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
