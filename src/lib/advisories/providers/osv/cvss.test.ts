import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { ARCHIVE_LIMITS, readArchive } from './archive.ts';
import type { CvssKind } from './cvss.ts';
import { loadCvssScorer, severityOfScore } from './cvss.ts';

evidence(
  'advisories/cvss',
  'published',
  'scores beside vectors in the Node.js advisories, examples of the CVSS specifications',
);

const score = await loadCvssScorer();

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
    it(vector, () => assert.equal(score(kind, vector), expected));
  }
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
  ];
  for (const [kind, vector] of broken) {
    assert.equal(score(kind, vector), null, vector);
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
    assert.equal(score('CVSS_V3', text), formula(vector), text);
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
      const found = score(type, vector);
      (found === record.database_specific.cvss_score ? agreeing : differing).push(vector);
      const metrics = vector.slice('CVSS:3.0/'.length).split('/');
      assert.equal(found, formula(metrics.map((metric) => metric.split(':')[1] ?? '')), vector);
    }
  }
  assert.ok(agreeing.length >= 430, `only ${agreeing.length} agree`);
  // The authors' own slips: `formula` above says the same of them as the library.
  assert.equal(differing.length, 22);
});

it('cvss: any text gives a score from 0 to 10 or none', () => {
  const kinds = fc.constantFrom<CvssKind>('CVSS_V2', 'CVSS_V3', 'CVSS_V4');
  const prefix = fc.constantFrom('', 'AV:', 'CVSS:3.0/', 'CVSS:3.1/AV:N/', 'CVSS:4.0/AV:N/', 'CVSS:4.0/__proto__:');
  fc.assert(
    fc.property(kinds, prefix, fc.string(), (kind, start, rest) => {
      const found = score(kind, start + rest);
      assert.ok(found === null || (found >= 0 && found <= 10));
    }),
  );
});

it('cvss: scores have the words of the specifications', () => {
  const words = ([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10] as const).map((number) => severityOfScore('CVSS_V3', number));
  assert.deepEqual(words, ['none', 'low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical']);
  assert.equal(severityOfScore('CVSS_V2', 10), 'high');
});
