import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { Affected, Rating } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { OsRelease, Package, PackageType } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { matchPackages } from './match.ts';

evidence('advisories/matching', 'self-made', 'advisories of the test, one for each rule of merging, fixes and states');

const debian: OsRelease = { id: 'debian', versionId: '11', idLike: [] };
const DEBIAN = 'Debian:11';

function packageOf(type: PackageType, name: string, version: string, more: Partial<Package> = {}): Package {
  const purl = `pkg:${type}/${name}@${version}`;
  const locations = [{ path: `/db/${name}`, layer: null }];
  return { type, name, version, purl, licenses: [], layer: null, locations, cataloger: type, ...more };
}

function matchDebian(rows: readonly Affected[], ...packages: readonly Package[]): ReturnType<typeof matchPackages> {
  return matchPackages(packages, debian, new Map([['Debian', memoryShard(rows)]]));
}

function matchNpm(rows: readonly Affected[], ...packages: readonly Package[]): ReturnType<typeof matchPackages> {
  return matchPackages(packages, null, new Map([['npm', memoryShard(rows)]]));
}

function ids(findings: readonly Vulnerability[]): readonly string[] {
  return findings.map((finding) => finding.id);
}

describe('packages of the operating system', () => {
  const curl = packageOf('deb', 'libcurl4', '7.74.0-1+b1', { source: { name: 'curl', version: '7.74.0-1' } });

  it('match by source name and source version, and the finding names both', () => {
    const advisory = advisoryOf({ id: 'DSA-1', upstream: ['CVE-2021-1'] });
    const rows = [
      affectedOf(advisory, DEBIAN, 'curl', '7.74.0-1+deb11u1'),
      affectedOf(advisory, DEBIAN, 'libcurl4', '9'),
    ];
    const { findings, unknowns } = matchDebian(rows, curl, packageOf('deb', 'curl', '7.74.0-1'));
    assert.deepEqual(unknowns, []);
    assert.deepEqual(
      findings.map((finding) => [finding.id, finding.package.name, finding.package.source, finding.fixedIn]),
      [
        ['CVE-2021-1', 'curl', undefined, '7.74.0-1+deb11u1'],
        ['CVE-2021-1', 'libcurl4', 'curl', '7.74.0-1+deb11u1'],
      ],
    );
  });

  it('are not matched with another release', () => {
    const rows = [
      affectedOf(advisoryOf({ id: 'DSA-1', upstream: ['CVE-2021-1'] }), 'Debian:10', 'curl', '8'),
      affectedOf(advisoryOf({ id: 'DSA-2', upstream: ['CVE-2021-2'] }), DEBIAN, 'wget', '8'),
    ];
    assert.deepEqual(matchDebian(rows, curl), { findings: [], headers: [], unknowns: [], known: new Set() });
  });

  it('have as many findings as an advisory repairs vulnerabilities', () => {
    const advisory = advisoryOf({ id: 'DSA-1', upstream: ['CVE-2021-3', 'CVE-2021-1', 'CVE-2021-2', 'OTHER-1'] });
    const { findings } = matchDebian([affectedOf(advisory, DEBIAN, 'curl', '8')], curl);
    assert.deepEqual(ids(findings), ['CVE-2021-1', 'CVE-2021-2', 'CVE-2021-3']);
    for (const finding of findings) {
      assert.deepEqual([finding.aliases, finding.advisories], [[], ['DSA-1']]);
    }
  });

  it('need the highest fix that any of several advisories for a vulnerability names', () => {
    const rows = [
      affectedOf(advisoryOf({ id: 'DSA-3', upstream: ['CVE-2021-1'] }), DEBIAN, 'curl', '7.74.0-1+deb11u10'),
      affectedOf(
        advisoryOf({ id: 'DSA-2', upstream: ['CVE-2021-1', 'CVE-2021-2'] }),
        DEBIAN,
        'curl',
        '7.74.0-1+deb11u9',
      ),
      affectedOf(advisoryOf({ id: 'DSA-1', upstream: ['CVE-2021-1'] }), DEBIAN, 'curl', '7.70'),
    ];
    const { findings } = matchDebian(rows, curl);
    assert.deepEqual(
      findings.map(({ id, fixedIn, advisories, aliases }) => [id, fixedIn, advisories, aliases]),
      [
        ['CVE-2021-1', '7.74.0-1+deb11u10', ['DSA-2', 'DSA-3'], ['DSA-3']],
        ['CVE-2021-2', '7.74.0-1+deb11u9', ['DSA-2'], []],
      ],
    );
  });

  it('keep the advisory as a name when it names no CVE, and other names when it names one', () => {
    const rows = [
      affectedOf(advisoryOf({ id: 'DSA-1-2' }), DEBIAN, 'curl', '8'),
      affectedOf(advisoryOf({ id: 'CGA-1', upstream: ['GHSA-1', 'CVE-2021-1'] }), DEBIAN, 'curl', '8'),
    ];
    assert.deepEqual(
      matchDebian(rows, curl).findings.map(({ id, aliases }) => [id, aliases]),
      [
        ['CVE-2021-1', ['CGA-1', 'GHSA-1']],
        ['DSA-1-2', []],
      ],
    );
  });

  it('say the state of what has no fix in the words of the source', () => {
    const states = ['end-of-life', 'fix-not-planned', 'unfixed', 'pending-upstream-fix', undefined].map(
      (status, at) => ({
        ...affectedOf(advisoryOf({ id: `A-${at}` }), DEBIAN, 'curl'),
        ...(status === undefined ? {} : { status }),
      }),
    );
    const { findings } = matchDebian(states, curl);
    assert.deepEqual(
      findings.map(({ state, fixedIn }) => [state, fixedIn]),
      [
        ['end_of_life', undefined],
        ['will_not_fix', undefined],
        ['affected', undefined],
        ['deferred', undefined],
        ['affected', undefined],
      ],
    );
  });
});

describe('packages of a language', () => {
  const lodash = packageOf('npm', 'lodash', '4.17.4');

  it('have one finding for all advisories that share a name, over any number of steps', () => {
    const rows = [
      affectedOf(advisoryOf({ id: 'NSWG-1', aliases: ['GHSA-b'] }), 'npm', 'lodash', '4.17.5'),
      affectedOf(advisoryOf({ id: 'GHSA-b', aliases: ['GHSA-c'] }), 'npm', 'lodash', '4.17.11'),
      affectedOf(
        advisoryOf({ id: 'OTHER-9', aliases: ['CVE-2019-2', 'CVE-2019-1', 'GHSA-c'] }),
        'npm',
        'lodash',
        '4.17.12',
      ),
      affectedOf(advisoryOf({ id: 'NSWG-2' }), 'npm', 'lodash', '4.17.5'),
    ];
    const { findings } = matchNpm(rows, lodash);
    assert.deepEqual(
      findings.map(({ id, aliases, advisories, fixedIn, state }) => [id, aliases, advisories, fixedIn, state]),
      [
        [
          'CVE-2019-1',
          ['CVE-2019-2', 'GHSA-b', 'GHSA-c', 'NSWG-1', 'OTHER-9'],
          ['GHSA-b', 'NSWG-1', 'OTHER-9'],
          '4.17.12',
          'fixed',
        ],
        ['NSWG-2', [], ['NSWG-2'], '4.17.5', 'fixed'],
      ],
    );
  });

  it('ignore withdrawn advisories', () => {
    const withdrawn = advisoryOf({ id: 'GHSA-a', withdrawn: '2024-02-01T00:00:00Z' });
    assert.deepEqual(matchNpm([affectedOf(withdrawn, 'npm', 'lodash')], lodash), {
      findings: [],
      headers: [],
      unknowns: [],
      known: new Set(),
    });
  });

  it('match listed versions by text and by the order of their scheme', () => {
    const listed = (id: string, versions: readonly string[]): Affected => ({
      ...affectedOf(advisoryOf({ id }), 'PyPI', 'pyyaml'),
      ranges: [],
      versions,
    });
    const rows = [
      listed('A', ['5.1']),
      listed('B', ['2004d', '5.1.0']),
      listed('C', ['5.1.1', '5.1rc1']),
      listed('D', ['2004d']),
    ];
    const match = (version: string): readonly string[] =>
      ids(matchPackages([packageOf('pypi', 'pyyaml', version)], null, new Map([['PyPI', memoryShard(rows)]])).findings);
    assert.deepEqual(match('5.1'), ['A', 'B']);
    assert.deepEqual(match('2004d'), ['B', 'D']);
    assert.deepEqual(match('6.0'), []);
  });

  it('hold SEMVER ranges by semantic versioning, whatever the ecosystem', () => {
    const semver: Affected = {
      ...affectedOf(advisoryOf({ id: 'A' }), 'PyPI', 'a'),
      ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0-alpha.1' }, { fixed: '1.0.0' }] }],
    };
    const match = (version: string): readonly string[] =>
      ids(matchPackages([packageOf('pypi', 'a', version)], null, new Map([['PyPI', memoryShard([semver])]])).findings);
    assert.deepEqual(match('1.0.0-alpha.2'), ['A']);
    assert.deepEqual(match('1.0.0'), []);
  });

  it('are repaired by the first fix above them in the range that they are in', () => {
    const row: Affected = {
      ...affectedOf(advisoryOf({ id: 'A' }), 'npm', 'lodash'),
      ranges: [
        { type: 'SEMVER', events: [{ introduced: '3.0.0' }, { fixed: '3.1.0' }] },
        {
          type: 'SEMVER',
          events: [{ introduced: '5.0.0' }, { fixed: '5.0.1' }, { introduced: '4.0.0' }, { fixed: '4.17.5' }],
        },
      ],
    };
    assert.equal(matchNpm([row], lodash).findings[0]?.fixedIn, '4.17.5');
  });

  it('are not repaired by a version that the same advisory is about', () => {
    const range = (introduced: string, fixed?: string): Affected['ranges'][number] => ({
      type: 'SEMVER',
      events: fixed === undefined ? [{ introduced }] : [{ introduced }, { fixed }],
    });
    const fixOf = (...ranges: Affected['ranges']): unknown => {
      const row: Affected = { ...affectedOf(advisoryOf({ id: 'A' }), 'npm', 'lodash'), ranges };
      const [finding] = matchNpm([row], lodash).findings;
      return [finding?.state, finding?.fixedIn];
    };
    assert.deepEqual(fixOf(range('0', '4.17.5'), range('4.17.5', '4.17.9')), ['fixed', '4.17.9']);
    assert.deepEqual(fixOf(range('0', '4.17.5'), range('0', '4.17.9'), range('5.0.0')), ['fixed', '4.17.9']);
    assert.deepEqual(fixOf(range('0', '4.17.5'), range('4.17.0')), ['affected', undefined]);
    const listed = {
      ...affectedOf(advisoryOf({ id: 'A' }), 'npm', 'lodash', '4.17.5'),
      versions: ['4.17.4', '4.17.5'],
    };
    assert.equal(matchNpm([listed], lodash).findings[0]?.fixedIn, undefined);
  });
});

describe('severity', () => {
  const rating = (scale: string, severity: Rating['severity'], score?: number): Rating => ({
    scale,
    severity,
    source: 'A',
    ...(score === undefined ? {} : { score }),
  });

  it('comes from the package, then from words, then from CVSS 4, 3, 2; a rating without a meaning never decides', () => {
    const all: readonly Rating[] = [
      rating('CVSS_V2', 'low', 2),
      rating('CVSS_V3', 'medium', 5),
      rating('CVSS_V4', 'high', 8),
      rating('database_specific.severity', 'critical'),
    ];
    const severities: unknown[] = [];
    for (let held = all.length; held >= 0; held -= 1) {
      const ratings = [rating('CVSS_V4', 'unknown'), ...all.slice(0, held)];
      const row = affectedOf(advisoryOf({ id: 'A', ratings }), 'npm', 'a');
      const [finding] = matchNpm([row], packageOf('npm', 'a', '1.0.0')).findings;
      severities.push([finding?.severity, finding?.score]);
      assert.equal(finding?.ratings.length, held + 1);
    }
    assert.deepEqual(severities, [
      ['critical', undefined],
      ['high', 8],
      ['medium', 5],
      ['low', 2],
      ['unknown', undefined],
    ]);
    const own = {
      ...affectedOf(advisoryOf({ id: 'A', ratings: all }), 'npm', 'a'),
      ratings: [rating('CVSS_V3', 'none', 0)],
    };
    assert.equal(matchNpm([own], packageOf('npm', 'a', '1.0.0')).findings[0]?.severity, 'none');
  });

  it('sorts the findings, then name and id do', () => {
    const row = (id: string, name: string, severity: Rating['severity']): Affected =>
      affectedOf(advisoryOf({ id, ratings: [rating('CVSS_V3', severity)] }), 'npm', name);
    const rows = [
      row('B', 'b', 'low'),
      row('C', 'a', 'low'),
      row('A', 'a', 'low'),
      row('D', 'z', 'critical'),
      row('E', 'a', 'unknown'),
    ];
    const { findings } = matchNpm(
      rows,
      packageOf('npm', 'z', '1.0.0'),
      packageOf('npm', 'b', '1.0.0'),
      packageOf('npm', 'a', '1.0.0'),
    );
    assert.deepEqual(ids(findings), ['D', 'A', 'C', 'B', 'E']);
  });
});

describe('what is not known', () => {
  it('a package without a version is an unknown, advisories or not', () => {
    const { findings, unknowns } = matchNpm([], packageOf('npm', 'nameless', ''));
    assert.deepEqual(findings, []);
    assert.deepEqual(
      unknowns.map(({ kind, path }) => [kind, path]),
      [
        ['no-advisories', null],
        ['version', '/db/nameless'],
      ],
    );
  });

  it('a version that cannot be compared is one unknown that names package, version and advisories', () => {
    const rows = ['A', 'B', 'C', 'D', 'E', 'F'].map((id) => affectedOf(advisoryOf({ id }), 'npm', 'a', '2.0.0'));
    const { findings, unknowns } = matchNpm(rows, packageOf('npm', 'a', 'latest'));
    assert.deepEqual(findings, []);
    assert.equal(unknowns.length, 1);
    assert.equal(unknowns[0]?.kind, 'version');
    assert.match(unknowns[0]?.reason ?? '', /"a" "latest" could not be compared with A, B, C, D, E and 1 more/);
  });

  it('a bound that cannot be compared is none where another range shows the package affected', () => {
    const broken = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: 'soon' }] } as const;
    const row = affectedOf(advisoryOf({ id: 'A' }), 'npm', 'a', '2.0.0');
    const both: Affected = { ...row, ranges: [broken, ...row.ranges] };
    const known = matchNpm([both], packageOf('npm', 'a', '1.0.0'));
    assert.deepEqual([ids(known.findings), known.unknowns], [['A'], []]);
    const past = matchNpm([both], packageOf('npm', 'a', '2.0.0'));
    assert.deepEqual([ids(past.findings), past.unknowns.map(({ kind }) => kind)], [[], ['version']]);
  });

  it('an advisory of nothing but commits cannot be compared', () => {
    const row: Affected = { ...affectedOf(advisoryOf({ id: 'A' }), 'npm', 'a'), ranges: [] };
    assert.deepEqual(
      matchNpm([row], packageOf('npm', 'a', '1.0.0')).unknowns.map(({ kind }) => kind),
      ['version'],
    );
  });

  it('a release that the shard does not hold, and records that could not be read, are said once', () => {
    const rows = ['Debian:9', 'Debian:10', 'Debian:7', 'Debian:8'].map((ecosystem) =>
      affectedOf(advisoryOf({ id: ecosystem }), ecosystem, 'curl'),
    );
    const shard = memoryShard(rows, { rejected: 12, rejectedNames: ['DSA-1.json', '\u001b[31m.json'] });
    const packages = [packageOf('deb', 'curl', '7'), packageOf('deb', 'wget', '1')];
    const { unknowns } = matchPackages(packages, debian, new Map([['Debian', shard]]));
    assert.deepEqual(
      unknowns.map(({ kind }) => kind),
      ['no-advisories', 'incomplete-advisories'],
    );
    assert.match(unknowns[0]?.reason ?? '', /Debian:11.*Debian:7 to Debian:10/);
    assert.match(unknowns[1]?.reason ?? '', /^12 records .*"DSA-1.json", "\\u001b\[31m.json" and others$/);
  });

  it('a shard that breaks while it is read is an unknown, and other packages are matched', () => {
    const broken = {
      ...memoryShard([affectedOf(advisoryOf({ id: 'A' }), 'npm', 'a')]),
      affected: () => {
        throw new AppError('SHARD_DAMAGED', 'damaged advisory shard');
      },
    };
    const python = memoryShard([affectedOf(advisoryOf({ id: 'B' }), 'PyPI', 'b')]);
    const packages = [packageOf('npm', 'a', '1.0.0'), packageOf('npm', 'c', '1.0.0'), packageOf('pypi', 'b', '1.0')];
    const { findings, unknowns } = matchPackages(
      packages,
      null,
      new Map([
        ['npm', broken],
        ['PyPI', python],
      ]),
    );
    assert.deepEqual(ids(findings), ['B']);
    assert.deepEqual(
      unknowns.map(({ kind, reason }) => [kind, reason]),
      [['incomplete-advisories', 'damaged advisory shard']],
    );
  });
});

it('matching: the title is the summary, else the first line of the details, and short', () => {
  const titleOf = (summary: string, details: string): string | undefined =>
    matchNpm([affectedOf(advisoryOf({ id: 'A', summary, details }), 'npm', 'a')], packageOf('npm', 'a', '1.0.0'))
      .findings[0]?.title;
  assert.equal(titleOf(' Short ', 'Long'), 'Short');
  assert.equal(titleOf('', '\n\nFirst\nSecond'), 'First');
  assert.equal(titleOf('', ''), 'A');
  assert.equal(titleOf('x'.repeat(500), '')?.length, 160);
  assert.ok(titleOf('😀'.repeat(100), '')?.isWellFormed());
});

it('matching: order of packages and rows changes nothing', () => {
  const row = fc.record({
    id: fc.constantFrom('A', 'B', 'C', 'D'),
    alias: fc.constantFrom('CVE-1', 'CVE-2', 'X', 'Y'),
    fixed: fc.constantFrom('1.0.0', '2.0.0', '3.0.0', 'bad'),
    name: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: ({ id }) => id }), fc.boolean(), (rows, reversed) => {
      const affected = rows.map(({ id, alias, fixed, name }) =>
        affectedOf(advisoryOf({ id, aliases: [alias] }), 'npm', name, fixed),
      );
      const packages = [packageOf('npm', 'a', '1.5.0'), packageOf('npm', 'b', '1.5.0')];
      const first = matchNpm(affected, ...packages);
      const second = matchNpm(affected.toReversed(), ...(reversed ? packages.toReversed() : packages));
      assert.deepEqual(first.findings, second.findings);
    }),
  );
});
