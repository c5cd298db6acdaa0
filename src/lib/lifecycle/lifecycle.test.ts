import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LifecycleRelease } from '#model/lifecycle.ts';
import type { OsRelease, Package } from '#model/package.ts';
import { endedFrom, lifecycleOf } from './index.ts';

function release(product: string, name: string, days: Partial<LifecycleRelease> = {}): LifecycleRelease {
  return {
    product,
    release: name,
    codename: null,
    released: null,
    endOfLife: null,
    extendedUntil: null,
    ended: false,
    latest: null,
    ...days,
  };
}

/** Dates that were published in the year 2026. */
const RELEASES: readonly LifecycleRelease[] = [
  release('debian', '9', { codename: 'Stretch', endOfLife: '2020-07-18', extendedUntil: '2022-06-30' }),
  release('debian', '12', { codename: 'Bookworm', endOfLife: '2026-06-10', extendedUntil: '2028-06-30' }),
  release('debian', '13', { codename: 'Trixie', endOfLife: '2028-08-09' }),
  release('alpine-linux', '3.2', { endOfLife: '2017-05-01' }),
  release('alpine-linux', '3.20', { endOfLife: '2026-04-01' }),
  release('centos', '8', { endOfLife: '2021-12-31' }),
  release('centos-stream', '8', { endOfLife: '2024-05-31' }),
  release('rhel', '9', { endOfLife: '2032-05-31' }),
  release('nodejs', '18', { endOfLife: '2025-04-30', latest: '18.20.8' }),
  release('nodejs', '24', { endOfLife: '2028-04-30' }),
  release('python', '3.9', { endOfLife: '2025-10-31' }),
  release('python', '3.13', { endOfLife: '2029-10-31' }),
  release('php', '5.6', { ended: true }),
  release('eclipse-temurin', '8', { endOfLife: '2030-12-31' }),
  release('dotnet', '6', { endOfLife: '2024-11-12' }),
];

const reader = { releases: (product: string) => RELEASES.filter((one) => one.product === product) };

function at(day: string): number {
  return Date.parse(day);
}

function distribution(id: string, versionId?: string, more: Partial<OsRelease> = {}): OsRelease {
  return { id, idLike: [], ...(versionId === undefined ? {} : { versionId }), ...more };
}

function statusOf(os: OsRelease, now: string): string {
  const { entries, findings } = lifecycleOf({ os, packages: [] }, reader, at(now));
  assert.equal(findings.length, entries.filter(({ status }) => status === 'ended').length);
  return entries.map((entry) => `${entry.product} ${entry.release} ${entry.status}`).join();
}

function program(name: string, version: string, more: Partial<Package> = {}): Package {
  const purl = `pkg:${more.type ?? 'generic'}/${name}@${version}`;
  const locations = [{ path: `/usr/local/bin/${name}`, layer: null }];
  return { type: 'generic', name, version, purl, licenses: [], layer: null, locations, cataloger: 'binary', ...more };
}

function namesOf(packages: readonly Package[], now = '2026-11-01'): readonly string[] {
  const { entries } = lifecycleOf({ os: null, packages }, reader, at(now));
  return entries.map((entry) => `${entry.product} ${entry.release} ${entry.status} ${entry.package}`);
}

describe('how long a distribution is supported', () => {
  for (const [id, version, now, expected] of [
    ['debian', '9', '2020-07-17', 'debian 9 ending'],
    ['debian', '9', '2022-06-30T23:59:59Z', 'debian 9 extended'],
    ['debian', '9', '2022-07-01', 'debian 9 ended'],
    ['debian', '12.5', '2026-03-12', 'debian 12 supported'],
    ['debian', '12', '2026-03-13', 'debian 12 ending'],
    ['alpine', '3.20.3', '2026-11-01', 'alpine-linux 3.20 ended'],
    ['alpine', '3.2.1', '2026-11-01', 'alpine-linux 3.2 ended'],
    ['alpine', '3.25_alpha20261101', '2026-11-01', ''],
    ['rhel', '9.4', '2026-11-01', 'rhel 9 supported'],
    ['wolfi', '20230201', '2026-11-01', ''],
    ['debian', '14', '2026-11-01', ''],
    ['kali', '2026.1', '2026-11-01', ''],
  ] as const) {
    it(`of ${id} ${version} on ${now}: ${expected || 'not said'}`, () => {
      assert.equal(statusOf(distribution(id, version), now), expected);
    });
  }

  it('the last day counts to its end', () => {
    assert.equal(statusOf(distribution('alpine', '3.20.3'), '2026-04-01T23:59:59.999Z'), 'alpine-linux 3.20 ending');
    assert.equal(statusOf(distribution('alpine', '3.20.3'), '2026-04-02T00:00:00Z'), 'alpine-linux 3.20 ended');
  });

  it('extended support is no end of life', () => {
    const { entries, findings } = lifecycleOf(
      { os: distribution('debian', '12'), packages: [] },
      reader,
      at('2026-11-01'),
    );
    assert.deepEqual(
      entries.map(({ status }) => status),
      ['extended'],
    );
    assert.deepEqual(findings, []);
  });

  it('of a release that is still being made nothing is said', () => {
    assert.equal(statusOf(distribution('debian', '13', { rolling: 'testing/sid' }), '2026-11-01'), '');
    assert.equal(statusOf(distribution('debian'), '2026-11-01'), '');
  });

  it('CentOS and CentOS Stream are two products', () => {
    assert.equal(statusOf(distribution('centos', '8', { name: 'CentOS Linux' }), '2024-01-01'), 'centos 8 ended');
    assert.equal(
      statusOf(distribution('centos', '8', { name: 'CentOS Stream' }), '2024-01-01'),
      'centos-stream 8 supported',
    );
  });

  it('what has ended is a finding that says since when', () => {
    const { findings } = lifecycleOf({ os: distribution('debian', '9'), packages: [] }, reader, at('2026-11-01'));
    assert.deepEqual(findings, [
      {
        kind: 'end-of-life',
        id: 'end-of-life/debian-9',
        severity: 'high',
        package: { purl: '', name: 'debian', version: '9' },
        locations: [],
        layer: null,
        title: 'debian 9 (Stretch): support ended on 2020-07-18, extended support on 2022-06-30',
        lifecycle: RELEASES[0],
      },
    ]);
  });
});

describe('how long a runtime is supported', () => {
  it('of programs that nobody packaged, by the longest release that their version begins with', () => {
    const programs = [
      program('node', '18.19.0'),
      program('node', '24.1.0'),
      program('python', '3.9.18'),
      program('python', '3.13.0rc1'),
      program('php', '5.6.40'),
      program('curl', '8.1.0'),
      program('python', '4.0.0'),
      program('node', ''),
    ];
    assert.deepEqual(namesOf(programs), [
      'nodejs 18 ended pkg:generic/node@18.19.0',
      'nodejs 24 supported pkg:generic/node@24.1.0',
      'python 3.9 ended pkg:generic/python@3.9.18',
      'python 3.13 supported pkg:generic/python@3.13.0rc1',
      'php 5.6 ended pkg:generic/php@5.6.40',
    ]);
  });

  it('one of the distribution is supported as long as the distribution', () => {
    const deb = program('nodejs', '18.19.0+dfsg-6', { type: 'deb' });
    const owned = program('node', '18.19.0', {
      locations: [{ path: '/usr/bin/node', layer: null, ownedBy: deb.purl }],
    });
    assert.deepEqual(namesOf([deb, owned]), []);
  });

  it('one that others packaged is not', () => {
    const deb = program('nodejs', '18.20.4-1nodesource1', { type: 'deb', thirdParty: 'NodeSource' });
    const owned = program('node', '18.20.4', {
      locations: [{ path: '/usr/bin/node', layer: null, ownedBy: deb.purl }],
    });
    assert.deepEqual(namesOf([deb]), ['nodejs 18 ended pkg:deb/nodejs@18.20.4-1nodesource1']);
    assert.deepEqual(namesOf([deb, owned]).length, 2);
  });

  it('of Java who built it says, and of .NET its framework', () => {
    const temurin = program('openjdk', '1.8.0_392', { vendor: 'Eclipse Adoptium' });
    const framework = program('Microsoft.NETCore.App.Runtime.linux-x64', '6.0.36', { type: 'nuget' });
    const nobody = program('openjdk', '1.8.0_392', { vendor: 'Somebody' });
    assert.deepEqual(namesOf([temurin, framework, nobody]), [
      'eclipse-temurin 8 supported pkg:generic/openjdk@1.8.0_392',
      'dotnet 6 ended pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@6.0.36',
    ]);
  });

  it('what is only declared does not run', () => {
    assert.deepEqual(namesOf([program('node', '18.19.0', { confidence: 'declared' })]), []);
  });
});

describe('the laws of support', () => {
  const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  const days = fc.option(day.map((date) => date.toISOString().slice(0, 10)));
  const ORDER = ['supported', 'ending', 'extended', 'ended'];

  it('time only takes support away, and says nothing of what is not known', () => {
    fc.assert(
      fc.property(days, days, fc.boolean(), day, day, (endOfLife, extendedUntil, ended, one, other) => {
        const known = { releases: () => [release('debian', '9', { endOfLife, extendedUntil, ended })] };
        const os = distribution('debian', '9');
        const [first, second] = [one.getTime(), other.getTime()]
          .toSorted((a, b) => a - b)
          .map((now) => lifecycleOf({ os, packages: [] }, known, now).entries[0]?.status ?? '');
        assert.ok(ORDER.indexOf(first ?? '') <= ORDER.indexOf(second ?? ''), `${first} then ${second}`);
        if (endOfLife === null && !ended) {
          assert.equal(second, 'supported');
        }
      }),
    );
  });

  it('support ends at the instant that is said', () => {
    fc.assert(
      fc.property(days, days, fc.boolean(), (endOfLife, extendedUntil, ended) => {
        const dated = release('debian', '9', { endOfLife, extendedUntil, ended });
        const end = endedFrom(dated);
        const statusAt = (now: number): string | undefined =>
          lifecycleOf({ os: distribution('debian', '9'), packages: [] }, { releases: () => [dated] }, now).entries[0]
            ?.status;
        if (end === null) {
          assert.equal(statusAt(at('2099-01-01')) === 'ended', ended);
        } else {
          assert.equal(statusAt(end), 'ended');
          assert.notEqual(statusAt(end - 1), 'ended');
        }
      }),
    );
  });

  it('whatever the names and versions, there is an answer', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (id, versionId, version) => {
        const packages = [program('node', version), program('openjdk', version, { vendor: id })];
        const { entries } = lifecycleOf({ os: distribution(id, versionId), packages }, reader, 0);
        assert.ok(entries.length <= 3);
      }),
    );
  });
});
