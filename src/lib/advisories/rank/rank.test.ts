import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import type { Rating, Severity } from '#model/advisory.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import { finding as findingShape } from '#model/finding-schema.ts';
import type { ShardInfo, ShardReader, SignalReader } from '#model/ports.ts';
import type { Signal } from '#model/signal.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { rankFindings } from './index.ts';

evidence(
  'advisories/rank',
  'published',
  "CISA's catalogue 2025.08.25: every entry of it comes before what is not in it",
);

const info: ShardInfo = {
  ecosystem: 'KEV',
  provider: 'kev',
  source: '/feeds',
  revision: digestOf('feed'),
  count: 1,
  rejected: 0,
  rejectedNames: [],
  newest: 0,
  checked: 0,
};

function signalReader(signals: Readonly<Record<string, readonly Signal[]>>): SignalReader {
  return { info, signals: (id) => signals[id] ?? [] };
}

function nvd(ratings: readonly Rating[], { id = 'CVE-2026-0001', withdrawn = false } = {}): ShardReader {
  const dates = { modified: '2026-01-01T00:00:00Z', ...(withdrawn ? { withdrawn: '2026-01-02T00:00:00Z' } : {}) };
  const texts = { summary: '', details: '', references: [] };
  const advisory = { id, aliases: [], upstream: [], ...texts, ...dates, ratings };
  return {
    info,
    rows: () => 0,
    ecosystems: () => [],
    affected: () => [],
    find: (name) => (name === id ? [{ advisory, affected: [] }] : []),
    close: () => undefined,
  };
}

const vendor: Rating = { severity: 'medium', scale: 'ecosystem_specific.urgency', source: 'DSA-1-1' };
const own: Rating = { severity: 'critical', score: 9.8, scale: 'CVSS_V3', vector: 'CVSS:3.1/…', source: 'NVD' };

function finding(more: Partial<Vulnerability> = {}): Vulnerability {
  return {
    kind: 'vulnerability',
    id: 'CVE-2026-0001',
    aliases: [],
    severity: 'medium',
    ratings: [vendor],
    package: { purl: 'pkg:deb/debian/a@1', name: 'a', version: '1' },
    locations: [],
    layer: null,
    state: 'affected',
    title: '',
    references: [],
    advisories: ['DSA-1-1'],
    ...more,
  };
}

interface Known {
  readonly epss?: number | null;
  readonly exploited?: 'no' | 'yes' | 'ransomware';
  readonly ratings?: ShardReader | null;
}

function signalsFor({ epss = null, exploited = 'no' }: Known): readonly Signal[] {
  const ransomware = exploited === 'ransomware';
  return [
    ...(epss === null ? [] : [{ kind: 'epss', probability: epss, percentile: 1 - epss, date: '2026-05-30' } as const]),
    ...(exploited === 'no'
      ? []
      : [{ kind: 'known-exploited', catalogue: 'CISA', added: '2026-05-01', due: null, ransomware } as const]),
  ];
}

function ranked(item: Vulnerability, known: Known = {}): Vulnerability {
  const signals = [signalReader({ 'CVE-2026-0001': signalsFor(known) })];
  const [result] = rankFindings([item], { signals, ratings: known.ratings ?? null });
  assert.ok(result !== undefined);
  findingShape.parse(result);
  return result;
}

function riskOf(item: Vulnerability, known: Known = {}): number {
  return ranked(item, known).risk?.score ?? assert.fail('no risk');
}

it('risk: the documented examples', () => {
  const scored = (score: number, severity: Severity): Partial<Vulnerability> => ({ score, severity, ratings: [] });
  const cases: readonly (readonly [Partial<Vulnerability>, Known, number])[] = [
    [{ ...scored(10, 'critical'), fixedIn: '2' }, { epss: 0.943_58, exploited: 'ransomware' }, 100],
    [{ ...scored(7.5, 'high'), fixedIn: '2' }, { epss: 0.94, exploited: 'yes' }, 73.2],
    [scored(9.8, 'critical'), { epss: 0.000_43 }, 19.1],
    [{ fixedIn: '2' }, {}, 19.3],
    [{ severity: 'unknown', ratings: [] }, {}, 18.9],
    [
      { severity: 'low', ratings: [{ ...vendor, severity: 'low' }], fixedIn: '2' },
      { epss: 0.01, ratings: nvd([own]) },
      5.6,
    ],
  ];
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/risk.md'), 'utf8');
  for (const [item, known, expected] of cases) {
    assert.equal(riskOf(finding(item), known), expected);
    assert.ok(page.includes(`| ${expected} |`), `${expected} is on the page`);
  }
});

const scores: Readonly<Record<Severity, readonly [number, number]>> = {
  none: [0, 0],
  low: [0.1, 3.9],
  medium: [4, 6.9],
  high: [7, 8.9],
  critical: [9, 10],
  unknown: [0, 0],
};

/** A finding with a score in the band of its severity, or with a word alone. */
const rated = fc
  .constantFrom(...SEVERITIES)
  .chain((severity) =>
    fc.record({
      severity: fc.constant(severity),
      score:
        severity === 'unknown'
          ? fc.constant(null)
          : fc.option(fc.double({ min: scores[severity][0], max: scores[severity][1], noNaN: true })),
    }),
  )
  .map(({ severity, score }) => ({ severity, ...(score === null ? {} : { score: Math.round(score * 10) / 10 }) }));
const known = fc.record({
  epss: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  exploited: fc.constantFrom('no', 'yes', 'ransomware'),
});
const fixed = fc.boolean().map((there) => (there ? { fixedIn: '2' } : {}));

it('risk: it is from 0 to 100, and what its parts make', () => {
  fc.assert(
    fc.property(rated, known, fixed, fc.boolean(), (of, signals, fix, harmful) => {
      const result = ranked(
        finding({ ...of, ...fix, ratings: [], ...(harmful ? { malicious: true as const } : {}) }),
        signals,
      );
      const { score, parts } = result.risk ?? assert.fail('no risk');
      const [impact, likelihood, exploited, repair] = parts.map(({ value }) => value) as [
        number,
        number,
        number,
        number,
      ];
      assert.ok(score >= 0 && score <= 100);
      const made = 100 * impact * Math.max(likelihood, exploited) * repair;
      assert.ok(harmful ? score === 100 : Math.abs(score - made) <= 0.05 + 1e-9);
    }),
  );
});

it('risk: it never falls when something gets worse', () => {
  const word = (severity: Severity): number => SEVERITIES.toReversed().slice(1).indexOf(severity);
  fc.assert(
    fc.property(rated, rated, known, known, fixed, (a, b, one, other, fix) => {
      const item = finding({ ...a, ...fix, ratings: [] });
      const score = riskOf(item, one);
      if (one.epss !== null && other.epss !== null) {
        const higher = Math.max(one.epss, other.epss);
        assert.ok(riskOf(item, { ...one, epss: higher }) >= score, 'EPSS');
      }
      assert.ok(
        riskOf(item, { ...one, exploited: one.exploited === 'no' ? 'yes' : 'ransomware' }) >= score,
        'exploited',
      );
      assert.ok(riskOf({ ...item, fixedIn: '2' }, one) >= score, 'fix');
      assert.ok(riskOf({ ...item, malicious: true }, one) >= score, 'malicious');
      if (a.severity !== 'unknown' && b.severity !== 'unknown') {
        const both = 'score' in a && 'score' in b;
        const worse = both ? (b.score ?? 0) >= (a.score ?? 0) : word(b.severity) > word(a.severity);
        assert.ok(!worse || riskOf(finding({ ...b, ...fix, ratings: [] }), one) >= score, 'severity');
      }
    }),
  );
});

it('risk: who is seen to be exploited comes before who is not', () => {
  const item = finding({ score: 7.5, severity: 'high' });
  const [no, yes, ransomware] = (['no', 'yes', 'ransomware'] as const).map((exploited) =>
    riskOf(item, { epss: 0.01, exploited }),
  );
  assert.ok(Number(no) < Number(yes) && Number(yes) < Number(ransomware));
});

it('risk: every entry of the published catalogue comes before the same vulnerability outside of it, ransomware first', {
  skip: missing('shared-data'),
}, () => {
  const { vulnerabilities } = JSON.parse(readFileSync(data('kev/known_exploited_vulnerabilities.json'), 'utf8')) as {
    readonly vulnerabilities: readonly { readonly cveID: string; readonly knownRansomwareCampaignUse: string }[];
  };
  const rows = vulnerabilities.map(({ cveID, knownRansomwareCampaignUse }) => {
    const exploited = knownRansomwareCampaignUse === 'Known' ? ('ransomware' as const) : ('yes' as const);
    return [cveID, signalsFor({ exploited })] as const;
  });
  const items = [...rows.map(([id]) => id), 'CVE-1900-0001'].map((id) => finding({ id }));
  const result = rankFindings(items, { signals: [signalReader(Object.fromEntries(rows))], ratings: null });
  const counts = Map.groupBy(result, ({ risk }) => risk?.score);
  assert.deepEqual(
    [...counts].map(([score, all]) => [score, all.length]).toSorted((a, b) => Number(a[0]) - Number(b[0])),
    [
      [17.3, 1],
      [44.6, 1111],
      [49.5, 293],
    ],
  );
});

it('risk: the probability counts, and not the percentile', () => {
  const part = ranked(finding(), { epss: 0.25 }).risk?.parts[1];
  assert.deepEqual(part, { name: 'likelihood', value: 0.6, from: 'EPSS 0.25 of 2026-05-30' });
});

it('rank: signals come by any of the names that are CVEs, the worst of each kind', () => {
  const exploited = (ransomware: boolean): Signal => ({
    kind: 'known-exploited',
    catalogue: 'CISA',
    added: '2026-01-01',
    due: null,
    ransomware,
  });
  const epss = (probability: number): Signal => ({ kind: 'epss', probability, percentile: 0.5, date: '2026-05-30' });
  const kevReader = signalReader({ 'CVE-2026-0001': [exploited(false)], 'CVE-2026-0002': [exploited(true)] });
  const epssReader = signalReader({
    'CVE-2026-0001': [epss(0.1)],
    'CVE-2026-0002': [epss(0.3)],
    'GHSA-1': [epss(0.9)],
  });
  const item = finding({ aliases: ['CVE-2026-0002', 'GHSA-1'] });
  const [result] = rankFindings([item], { signals: [kevReader, epssReader], ratings: null });
  assert.deepEqual(result?.signals, [exploited(true), epss(0.3)]);
  const [without] = rankFindings([finding({ id: 'GHSA-1' })], { signals: [epssReader], ratings: null });
  assert.equal(without !== undefined && 'signals' in without, false);
  assert.equal(without?.risk?.parts[1]?.from, 'no EPSS score');
});

it("rank: the vendor's rating decides, and the NVD's is shown behind it", () => {
  const result = ranked(finding(), { ratings: nvd([own]) });
  assert.equal(result.severity, 'medium');
  assert.equal('score' in result, false);
  assert.deepEqual(result.ratings, [vendor, own]);
  assert.match(result.risk?.parts[0]?.from ?? '', /^medium by DSA-1-1/);
});

it("rank: where the vendor says nothing the NVD's rating decides", () => {
  const unread: Rating = { severity: 'unknown', scale: 'CVSS_V3', vector: 'CVSS:3.1/AV:N', source: 'GHSA-1' };
  const result = ranked(finding({ severity: 'unknown', ratings: [unread] }), { ratings: nvd([own]) });
  assert.deepEqual([result.severity, result.score, result.ratings], ['critical', 9.8, [own, unread]]);
  assert.equal(result.risk?.parts[0]?.from, 'CVSS_V3 9.8 of NVD');
});

it('rank: the number of the NVD stands beside the same word of the vendor, and its own findings have its ratings once', () => {
  const word: Rating = { ...vendor, severity: 'critical' };
  assert.equal(ranked(finding({ severity: 'critical', ratings: [word] }), { ratings: nvd([own]) }).score, 9.8);
  const same = finding({ severity: 'critical', score: 9.8, ratings: [own] });
  assert.deepEqual(ranked(same, { ratings: nvd([own]) }).ratings, [own]);
});

it('rank: a record that the NVD has rejected, or one of another name, rates nothing', () => {
  const unrated = finding({ severity: 'unknown', ratings: [] });
  assert.equal(ranked(unrated, { ratings: nvd([own], { withdrawn: true }) }).severity, 'unknown');
  assert.equal(ranked(unrated, { ratings: nvd([own], { id: 'CVE-2026-0002' }) }).severity, 'unknown');
});
