import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Affected } from '#model/advisory.ts';
import type { Explanation } from '#model/explanation.ts';
import { explanationSchema } from '#model/explanation-schema.ts';
import type { OsRelease, Package } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { samplePackage } from '#test/samples/report.ts';
import { matchPackages } from '../match/index.ts';
import { explainMatch } from './index.ts';

evidence('advisories/explain', 'self-made', 'advisories of the test, one for each answer that there is');

const debian: OsRelease = { id: 'debian', versionId: '12', idLike: [] };
const curl: Package = {
  ...samplePackage('deb', 'libcurl4', '7.74.0-1', null),
  source: { name: 'curl', version: '7.74.0-1' },
};
const lodash = samplePackage('npm', 'lodash', '4.17.4', null);

interface Given {
  readonly packages: readonly Package[];
  readonly rows?: readonly Affected[];
  /** At hand, and not asked. */
  readonly others?: readonly Affected[];
}

/** The answer for what the matcher makes of the same. */
function explain(id: string, { packages, rows = [], others = [] }: Given): Explanation {
  const reader = memoryShard(rows, { ecosystem: packages[0]?.type === 'npm' ? 'npm' : 'Debian' });
  const readers = new Map([
    ['Debian:12', reader],
    ['npm', reader],
  ]);
  const { findings, headers } = matchPackages(packages, debian, readers);
  const explanation = explainMatch(id, {
    image: { reference: 'a:1', digest: null, platform: null },
    packages,
    os: debian,
    readers,
    lookUp: (name) => {
      const other = memoryShard(others, { ecosystem: 'PyPI', source: '/other' });
      return other.find(name).map((record) => ({ shard: other.info, record }));
    },
    reported: { findings, headers, covered: { findings: [], unknowns: [] } },
  });
  explanationSchema.parse(explanation);
  return explanation;
}

const DSA = advisoryOf({ id: 'DSA-1', upstream: ['CVE-2021-1'] });

describe('an id that is a finding', () => {
  it('is explained by record, row, comparison, fix and ratings, and by what does not suppress it', () => {
    const rated = advisoryOf({
      id: 'GHSA-a',
      aliases: ['CVE-2019-1'],
      ratings: [{ severity: 'high', score: 7.5, scale: 'CVSS_V3', source: 'GHSA-a' }],
    });
    const found = explain('cve-2019-1', { packages: [lodash], rows: [affectedOf(rated, 'npm', 'lodash', '4.17.5')] });
    assert.equal(found.answer, 'found');
    assert.deepEqual(found.names, ['CVE-2019-1', 'GHSA-a']);
    const [item] = found.packages;
    assert.deepEqual(item?.statements, [
      {
        advisory: 'GHSA-a',
        ecosystem: 'npm',
        name: 'lodash',
        version: '4.17.4',
        outcome: 'affected',
        reason: null,
        fixedIn: '4.17.5',
        rows: [
          {
            state: null,
            status: null,
            listed: null,
            ranges: [
              {
                type: 'ECOSYSTEM',
                affected: true,
                comparisons: [
                  { event: 'introduced', bound: '0', order: '>', reason: null },
                  { event: 'fixed', bound: '4.17.5', order: '<', reason: null },
                ],
              },
            ],
          },
        ],
      },
    ]);
    assert.deepEqual(item?.finding, {
      id: 'CVE-2019-1',
      severity: 'high',
      state: 'fixed',
      fixedIn: '4.17.5',
      ratings: rated.ratings,
    });
    assert.deepEqual(
      item?.checks.map(({ check, suppresses }) => [check, suppresses]),
      [
        ['not-affected', false],
        ['owned', false],
        ['exception', false],
      ],
    );
  });

  it('of an advisory for many vulnerabilities has each of them', () => {
    const many = advisoryOf({ id: 'DSA-2', upstream: ['CVE-2021-1', 'CVE-2021-2'] });
    const found = explain('DSA-2', { packages: [curl], rows: [affectedOf(many, 'Debian:12', 'curl', '8')] });
    assert.deepEqual(
      found.packages.map(({ finding, name }) => [finding?.id, name]),
      [
        ['CVE-2021-1', 'libcurl4'],
        ['CVE-2021-2', 'libcurl4'],
      ],
    );
    assert.deepEqual(found.names, ['DSA-2']);
  });
});

describe('an id that is none is explained', () => {
  const cases: readonly (readonly [why: string, id: string, given: Given, answer: string, reason: RegExp])[] = [
    [
      'by nobody at hand',
      'CVE-1',
      { packages: [curl] },
      'not-found',
      /^no advisory at hand has the id or alias "CVE-1": asked Debian \(0 of \/feeds\)$/,
    ],
    [
      'by a package that is not there',
      'GHSA-a',
      { packages: [lodash], rows: [affectedOf(advisoryOf({ id: 'GHSA-a' }), 'npm', 'marked')] },
      'not-found',
      /^GHSA-a is about marked of npm, and the image has no such package$/,
    ],
    [
      'by an ecosystem that the image has nothing of',
      'PYSEC-1',
      { packages: [lodash], others: [affectedOf(advisoryOf({ id: 'PYSEC-1' }), 'PyPI', 'flask')] },
      'not-found',
      /^PYSEC-1 is about flask of PyPI, and the image has no packages of PyPI$/,
    ],
    [
      'by another release',
      'CVE-2021-1',
      { packages: [curl], rows: [affectedOf(DSA, 'Debian:11', 'curl'), affectedOf(DSA, 'Debian:10', 'curl')] },
      'not-found',
      /^DSA-1 is about "curl" of Debian:11, Debian:10, and the image is of Debian:12$/,
    ],
    [
      'by another name',
      'CVE-2021-1',
      { packages: [curl], rows: [affectedOf(DSA, 'Debian:12', 'libcurl4')] },
      'not-found',
      /^DSA-1 is about "libcurl4" of Debian:12, where packages go by their source, and that of libcurl4 is "curl"$/,
    ],
    [
      'by a version past the fix',
      'CVE-2021-1',
      { packages: [curl], rows: [affectedOf(DSA, 'Debian:12', 'curl', '7.70')] },
      'not-found',
      /^7\.74\.0-1 is outside of every range of DSA-1: it is past the fix 7\.70$/,
    ],
    [
      'by a withdrawal',
      'DSA-1',
      { packages: [curl], rows: [affectedOf({ ...DSA, withdrawn: '2024-02-01T00:00:00Z' }, 'Debian:12', 'curl')] },
      'not-found',
      /^DSA-1 says nothing any more: its source took it back on 2024-02-01$/,
    ],
    [
      'by the word of the source',
      'CVE-2021-1',
      {
        packages: [curl],
        rows: [
          affectedOf(DSA, 'Debian:12', 'curl'),
          {
            ...affectedOf(advisoryOf({ id: 'DEBIAN-CVE-2021-1', upstream: ['CVE-2021-1'] }), 'Debian:12', 'curl'),
            state: 'not_affected',
          },
        ],
      },
      'suppressed',
      /^DEBIAN-CVE-2021-1 of Debian:12 says that 7\.74\.0-1 is not affected$/,
    ],
    [
      'by what cannot be compared',
      'CVE-2021-1',
      { packages: [curl], rows: [affectedOf(DSA, 'Debian:12', 'curl', 'a:b')] },
      'unknown',
      /^DSA-1 could not be compared: "a:b" is not a version/,
    ],
    [
      'by a version that nobody says',
      'CVE-2021-1',
      { packages: [{ ...curl, version: '' }], rows: [affectedOf(DSA, 'Debian:12', 'curl')] },
      'unknown',
      /^nothing says the version of libcurl4$/,
    ],
    [
      'by its vendor',
      'CVE-2021-1',
      { packages: [{ ...curl, thirdParty: 'NodeSource' }], rows: [affectedOf(DSA, 'Debian:12', 'curl')] },
      'suppressed',
      /^libcurl4 is by "NodeSource": the advisories of the distribution do not speak for it$/,
    ],
    [
      'by being headers of the kernel',
      'CVE-2021-1',
      {
        packages: [
          { ...samplePackage('deb', 'linux-libc-dev', '6.1', null), source: { name: 'linux', version: '6.1' } },
        ],
        rows: [affectedOf(DSA, 'Debian:12', 'linux')],
      },
      'suppressed',
      /^it holds headers of the kernel, whose code runs in the host$/,
    ],
  ];
  for (const [why, id, given, answer, reason] of cases) {
    it(why, () => {
      const explanation = explain(id, given);
      assert.equal(explanation.answer, answer);
      assert.match(explanation.reasons[0] ?? '', reason);
    });
  }
});

it('explanations: aliases that name each other in circles end', () => {
  const rows = [
    affectedOf(advisoryOf({ id: 'A', aliases: ['B'] }), 'npm', 'lodash', '5'),
    affectedOf(advisoryOf({ id: 'B', aliases: ['A', 'C'] }), 'npm', 'lodash', '5'),
    affectedOf(advisoryOf({ id: 'C', aliases: ['B'] }), 'npm', 'lodash', '5'),
  ];
  const { names, packages } = explain('C', { packages: [lodash], rows });
  assert.deepEqual(names, ['A', 'B', 'C']);
  assert.equal(packages[0]?.statements.length, 3);
});
