import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
// A CommonJS bundle whose names Node cannot see from outside: they are all on its default export.
import calculator from 'ae-cvss-calculator';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { ARCHIVE_LIMITS, readArchive } from '../providers/osv/archive.ts';
import type { CvssKind } from './index.ts';
import { scoreCvss, severityOfScore } from './index.ts';

evidence(
  'advisories/cvss',
  'published',
  'vectors of all shared advisories, scores beside those of Node.js, the examples that FIRST publishes with CVSS 2, 3.1 and 4.0',
);

describe('a vector of the specifications, of NVD and of GitHub has its published score', () => {
  const published: readonly (readonly [CvssKind, string, number])[] = [
    ['CVSS_V2', 'AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
    ['CVSS_V2', 'AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
    ['CVSS_V2', 'AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
    ['CVSS_V3', 'CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
    ['CVSS_V3', 'CVSS:3.1/RC:C/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:U', 7.5],
    ['CVSS_V3', 'CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
    ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3],
    ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['CVSS_V4', 'CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 8.5],
    ['CVSS_V4', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:U', 8.7],
  ];
  for (const [kind, vector, expected] of published) {
    it(vector, () => assert.equal(scoreCvss(kind, vector), expected));
  }
});

/** CVSS v4.0 Examples (FIRST): CVE-2022-41741 to CVE-2018-3652, and the classes of vulnerabilities behind them; where one has more than base metrics, the score of its base. */
const EXAMPLES_V4 = `
  7.3 AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
  7.7 AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
  7.7 AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U
  8.3 AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N
  8.3 AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/CR:H/IR:L/AR:L/MAV:N/MAC:H/MVC:H/MVI:L/MVA:L
  4.6 AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N
  5.1 AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N
  6.9 AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N
  5.9 AV:L/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:N/SA:N
  9.4 AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H
  8.3 AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:H/SA:N/S:P/V:D
  8.7 AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A
  10 AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A
  9.3 AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A
  6.4 AV:A/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:H/SI:N/SA:H
  9.3 AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/R:I
  8.7 AV:L/AC:L/AT:P/PR:H/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/R:I
  8.6 AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H
  7.1 AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N
  8.2 AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N
  8.7 AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:L
  5.1 AV:N/AC:L/AT:N/PR:L/UI:P/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N
  5.1 AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N
  8.5 AV:L/AC:L/AT:N/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
  5.4 AV:P/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
  6.9 AV:N/AC:L/AT:N/PR:H/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N
  6.9 AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:L/SA:N
  6.9 AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:L/SI:L/SA:L
  7.8 AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:L/SI:N/SA:H
  6.4 AV:N/AC:L/AT:N/PR:L/UI:N/VC:N/VI:N/VA:N/SC:H/SI:L/SA:H
  8.3 AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:N
  9.4 AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/S:P/AU:Y/V:C/RE:L`;

it('cvss: the examples of CVSS 4.0 have the base scores that they are published with', () => {
  const lines = EXAMPLES_V4.trim().split('\n');
  assert.ok(lines.length >= 30);
  for (const line of lines) {
    const [expected, vector = ''] = line.trim().split(' ');
    assert.equal(scoreCvss('CVSS_V4', `CVSS:4.0/${vector}`), Number(expected), vector);
  }
});

/** Every combination of values: `AV:NALP` is four of them. */
function combinations(spec: string): readonly string[] {
  return spec.split(' ').reduce<readonly string[]>(
    (heads, part) => {
      const [metric = '', values = ''] = part.split(':');
      return heads.flatMap((head) => values.split('').map((value) => `${head}/${metric}:${value}`));
    },
    [''],
  );
}

it('cvss: vectors of all equivalence classes of CVSS 4.0 score as another implementation says', () => {
  const all = combinations('AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN');
  // 41 divides no number of values: each one comes with each other one.
  const some = all.filter((_, at) => at % 41 === 0).map((vector) => `CVSS:4.0${vector}`);
  assert.deepEqual([all.length, some.length], [104_976, 2561]);
  for (const vector of some) {
    assert.equal(
      scoreCvss('CVSS_V4', vector),
      new calculator.Cvss4P0(vector).calculateScores().baseMetricsOnly,
      vector,
    );
  }
});

/** CVSS 2, section 3.2.1, as it stands there. */
function formula2([av, ac, au, c, i, a]: readonly string[]): number {
  const impactOf = (metric = ''): number => ({ N: 0, P: 0.275, C: 0.66 })[metric] ?? Number.NaN;
  const impact = 10.41 * (1 - (1 - impactOf(c)) * (1 - impactOf(i)) * (1 - impactOf(a)));
  const exploitability =
    20 *
    ({ L: 0.395, A: 0.646, N: 1 }[av ?? ''] ?? Number.NaN) *
    ({ H: 0.35, M: 0.61, L: 0.71 }[ac ?? ''] ?? Number.NaN) *
    ({ M: 0.45, S: 0.56, N: 0.704 }[au ?? ''] ?? Number.NaN);
  return impact === 0 ? 0 : Number(((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176).toFixed(1));
}

it('cvss: all 729 base vectors of CVSS 2 score as its formula says', () => {
  const all = combinations('AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC').map((vector) => vector.slice(1));
  assert.equal(all.length, 729);
  for (const vector of all) {
    assert.equal(scoreCvss('CVSS_V2', vector), formula2(valuesOf(vector)), vector);
  }
});

function valuesOf(vector: string): readonly string[] {
  return vector
    .replace(/^CVSS:[0-9.]+\//, '')
    .split('/')
    .map((metric) => metric.split(':')[1] ?? '');
}

/** By the formulas above; of CVSS 4.0 by the other implementation. */
function judged(kind: CvssKind, vector: string): number | undefined {
  switch (kind) {
    case 'CVSS_V2':
      return formula2(valuesOf(vector));
    case 'CVSS_V3':
      return formula(valuesOf(vector));
    case 'CVSS_V4':
      return new calculator.Cvss4P0(vector).calculateScores().baseMetricsOnly;
  }
}

const ECOSYSTEMS = ['Alpine', 'Debian', 'Go', 'PyPI', 'RubyGems', 'Wolfi', 'crates.io', 'npm'];

it('cvss: every vector of the shared advisories scores as the formula of its version says', {
  skip: missing('shared-data'),
}, async (t) => {
  const counts: Record<CvssKind, number> = { CVSS_V2: 0, CVSS_V3: 0, CVSS_V4: 0 };
  const found = /"(CVSS_V[234])",\s*"score":\s*"([^"]*)"|"score":\s*"([^"]*)",\s*"type":\s*"(CVSS_V[234])"/g;
  for (const ecosystem of ECOSYSTEMS) {
    const archive = data(`osv/${ecosystem}/all.zip`);
    for await (const entry of readArchive(archive, ARCHIVE_LIMITS, new AbortController().signal)) {
      assert.ok('bytes' in entry);
      for (const [, first, after = '', before = '', second] of Buffer.from(entry.bytes).toString().matchAll(found)) {
        const kind = (first ?? second) as CvssKind;
        const vector = after + before;
        counts[kind] += 1;
        assert.equal(scoreCvss(kind, vector), judged(kind, vector), `${entry.name}: ${vector}`);
      }
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(counts, { CVSS_V2: 0, CVSS_V3: 1019, CVSS_V4: 57 });
});

it('cvss: a broken or incomplete vector has no score', () => {
  const broken: readonly (readonly [CvssKind, string])[] = [
    ['CVSS_V3', ''],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L'],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:U/A:H'],
    ['CVSS_V3', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'],
    ['CVSS_V4', 'CVSS:4.0/AV:N'],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['CVSS_V2', '7.5'],
    ['CVSS_V2', '(AV:N/AC:L/Au:N/C:N/I:N/A:C)'],
    ['CVSS_V3', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/'],
    ['CVSS_V3', 'CVSS:3.1/AV:N:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
  ];
  for (const [kind, vector] of broken) {
    assert.equal(scoreCvss(kind, vector), null, vector);
  }
});

/** CVSS 3.1, section 7.1 and Appendix A, as it stands there. */
function formula([av, ac, pr, ui, s, c, i, a]: readonly string[]): number {
  const changed = s === 'C';
  const impactOf = (metric = ''): number => ({ H: 0.56, L: 0.22, N: 0 })[metric] ?? Number.NaN;
  const base = 1 - (1 - impactOf(c)) * (1 - impactOf(i)) * (1 - impactOf(a));
  const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  const privileges = changed ? { N: 0.85, L: 0.68, H: 0.5 } : { N: 0.85, L: 0.62, H: 0.27 };
  const exploitability =
    8.22 *
    ({ N: 0.85, A: 0.62, L: 0.55, P: 0.2 }[av ?? ''] ?? Number.NaN) *
    (ac === 'L' ? 0.77 : 0.44) *
    (privileges[pr as 'N'] ?? Number.NaN) *
    (ui === 'N' ? 0.85 : 0.62);
  const sum = Math.min(changed ? 1.08 * (impact + exploitability) : impact + exploitability, 10);
  const whole = Math.round(sum * 100_000);
  const roundedUp = whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
  return impact <= 0 ? 0 : roundedUp;
}

it('cvss: all 2592 base vectors of CVSS 3.1 score as its formula says', () => {
  const values = ['NALP', 'LH', 'NLH', 'NR', 'UC', 'HLN', 'HLN', 'HLN'];
  const names = ['AV', 'AC', 'PR', 'UI', 'S', 'C', 'I', 'A'];
  const all = values.reduce<string[][]>(
    (lists, set) => lists.flatMap((list) => set.split('').map((v) => [...list, v])),
    [[]],
  );
  assert.equal(all.length, 2592);
  for (const vector of all) {
    const text = `CVSS:3.1/${vector.map((value, at) => `${names[at]}:${value}`).join('/')}`;
    assert.equal(scoreCvss('CVSS_V3', text), formula(vector), text);
  }
});

it('cvss: vectors of the Node.js advisories score what their authors say', {
  skip: missing('shared-data'),
}, async () => {
  const agreeing: string[] = [];
  const differing: string[] = [];
  for await (const entry of readArchive(data('osv/npm/all.zip'), ARCHIVE_LIMITS, new AbortController().signal)) {
    assert.ok('bytes' in entry);
    const record = JSON.parse(Buffer.from(entry.bytes).toString()) as {
      readonly severity?: readonly { readonly type: CvssKind; readonly score: string }[];
      readonly database_specific: { readonly cvss_score?: number };
    };
    for (const { type, score: vector } of record.severity ?? []) {
      const found = scoreCvss(type, vector);
      (found === record.database_specific.cvss_score ? agreeing : differing).push(vector);
      const metrics = vector.slice('CVSS:3.0/'.length).split('/');
      assert.equal(found, formula(metrics.map((metric) => metric.split(':')[1] ?? '')), vector);
    }
  }
  assert.ok(agreeing.length >= 430, `only ${agreeing.length} agree`);
  // The authors' own slips: the formula says the same of them.
  assert.equal(differing.length, 22);
});

it('cvss: any text gives a score from 0 to 10 or none', () => {
  const kinds = fc.constantFrom<CvssKind>('CVSS_V2', 'CVSS_V3', 'CVSS_V4');
  const prefix = fc.constantFrom('', 'AV:', 'CVSS:3.0/', 'CVSS:3.1/AV:N/', 'CVSS:4.0/AV:N/', 'CVSS:4.0/__proto__:');
  fc.assert(
    fc.property(kinds, prefix, fc.string(), (kind, start, rest) => {
      const found = scoreCvss(kind, start + rest);
      assert.ok(found === null || (found >= 0 && found <= 10));
    }),
  );
});

it('cvss: scores have the words of the specifications', () => {
  const words = ([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10] as const).map((number) => severityOfScore('CVSS_V3', number));
  assert.deepEqual(words, ['none', 'low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical']);
  assert.equal(severityOfScore('CVSS_V2', 10), 'high');
});
