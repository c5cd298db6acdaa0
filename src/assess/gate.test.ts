import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Severity } from '#model/advisory.ts';
import type { Finding } from '#model/finding.ts';
import type { FailLevel, Gate } from '#model/gate.ts';
import type { Unknown } from '#model/unknown.ts';
import { judge } from './gate.ts';

interface Case {
  readonly severities: readonly Severity[];
  readonly unknowns: number;
  readonly failOn: FailLevel;
  readonly allowUnknown?: string;
  readonly outcome: Gate['outcome'];
}

const CASES: readonly Case[] = [
  { severities: [], unknowns: 0, failOn: 'any', outcome: 'passed' },
  { severities: ['high'], unknowns: 0, failOn: 'high', outcome: 'refused' },
  { severities: ['medium'], unknowns: 0, failOn: 'high', outcome: 'passed' },
  { severities: ['critical'], unknowns: 0, failOn: 'low', outcome: 'refused' },
  { severities: ['none'], unknowns: 0, failOn: 'low', outcome: 'passed' },
  { severities: ['none'], unknowns: 0, failOn: 'any', outcome: 'refused' },
  { severities: ['unknown'], unknowns: 0, failOn: 'critical', outcome: 'refused' },
  { severities: [], unknowns: 1, failOn: 'critical', outcome: 'unknown' },
  { severities: ['low'], unknowns: 1, failOn: 'critical', outcome: 'unknown' },
  { severities: ['critical'], unknowns: 1, failOn: 'critical', outcome: 'refused' },
  { severities: [], unknowns: 1, failOn: 'critical', allowUnknown: 'lab', outcome: 'passed' },
  { severities: ['critical'], unknowns: 1, failOn: 'critical', allowUnknown: 'lab', outcome: 'refused' },
];

for (const { severities, unknowns, failOn, allowUnknown, outcome } of CASES) {
  const allowed = allowUnknown === undefined ? '' : ', unknowns allowed';
  test(`${outcome}: findings [${severities.join(' ')}], ${unknowns} unknown, --fail-on ${failOn}${allowed}`, () => {
    const gate = judge(severities.map(finding), Array.from({ length: unknowns }, unknown), failOn, allowUnknown);
    assert.equal(gate.outcome, outcome);
    assert.ok(gate.reasons.length > 0);
    assert.equal(gate.allowUnknown, allowUnknown);
  });
}

test('what is not known of exploitation hides no finding', () => {
  const stale: Unknown = { ...unknown(), kind: 'stale-signals' };
  for (const failOn of ['critical', 'any'] as const) {
    assert.equal(judge([], [stale], failOn).outcome, 'passed');
    assert.equal(judge([], [stale, unknown()], failOn).outcome, 'unknown');
  }
});

function finding(severity: Severity): Finding {
  return {
    kind: 'vulnerability',
    id: 'CVE-2020-1',
    aliases: [],
    severity,
    ratings: [],
    package: { purl: 'pkg:npm/a@1', name: 'a', version: '1' },
    locations: [],
    layer: null,
    state: 'affected',
    title: '',
    references: [],
    advisories: [],
  };
}

function unknown(): Unknown {
  return { kind: 'unreadable', path: '/a', layer: null, analyser: 'npm', reason: 'broken' };
}
