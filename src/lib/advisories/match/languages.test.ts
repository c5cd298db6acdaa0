import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AffectedRange } from '#model/advisory.ts';
import type { Package, PackageType } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { placePackage } from './ecosystem.ts';
import { matchPackages } from './match.ts';

evidence(
  'advisories/matching',
  'self-made',
  'an advisory for each ecosystem of languages, in the forms that theirs have',
);

function packageOf(type: PackageType, name: string, version: string): Package {
  const purl = `pkg:${type}/${name}@${version}`;
  return { type, name, version, purl, licenses: [], layer: null, locations: [], cataloger: type };
}

/** What one advisory with the range given says of a package. */
function judge(item: Package, advised: string, range: AffectedRange): string {
  const placement = placePackage(item.type, null);
  assert.ok(placement.kind === 'known');
  const ecosystem = placement.places[0]?.ecosystem ?? '';
  const row = { ...affectedOf(advisoryOf({ id: 'TEST-1' }), ecosystem, advised), ranges: [range] };
  const { findings, unknowns } = matchPackages([item], null, new Map([[ecosystem, memoryShard([row])]]));
  return findings[0] === undefined ? (unknowns[0]?.kind ?? 'unaffected') : `fixed in ${findings[0].fixedIn}`;
}

function until(fixed: string, introduced = '0', type: AffectedRange['type'] = 'ECOSYSTEM'): AffectedRange {
  return { type, events: [{ introduced }, { fixed }] };
}

describe('packages of an ecosystem match by its names and its order', () => {
  const cases: readonly (readonly [
    type: PackageType,
    name: string,
    advised: string,
    range: AffectedRange,
    affected: readonly string[],
    unaffected: readonly string[],
  ])[] = [
    [
      'maven',
      'org.apache.logging.log4j:log4j-core',
      'org.apache.logging.log4j:log4j-core',
      until('2.15.0', '2.0-beta9'),
      ['2.0-beta9', '2.0', '2.14.1', '2.15.0-rc1', '2.15.0-SNAPSHOT'],
      ['2.0-beta8', '1.2.17', '2.15', '2.15.0', '2.15.0.Final', '2.17.1'],
    ],
    [
      'nuget',
      'Newtonsoft.Json',
      'newtonsoft.json',
      until('13.0.1'),
      ['12.0.3', '13.0.1-Beta2', '9.0'],
      ['13.0.1', '13.0.1.0', '13.0.1+b', '13.0.2'],
    ],
    [
      'composer',
      'symfony/http-kernel',
      'symfony/http-kernel',
      until('5.4.20', '5.0.0'),
      ['v5.0.0', '5.4.19', 'v5.4.20-RC1'],
      ['v4.4.50', '5.0.0-BETA1', 'v5.4.20', 'v5.4.21', 'v6.0.0'],
    ],
    ['cran', 'commonmark', 'commonmark', until('1.8'), ['1.7', '0.9-1'], ['1.8', '1.8-0', '1.8.1']],
    ['hackage', 'aeson', 'aeson', until('2.0.1.0', '0.4'), ['0.4.0.0', '2.0.0.0', '1.5'], ['0.3', '2.0.1.0', '2.1']],
    [
      'pub',
      'http',
      'http',
      until('0.13.3', '0', 'SEMVER'),
      ['0.13.2', '0.13.3-nullsafety.0', '0.12.2+4'],
      ['0.13.3', '0.13.3+1'],
    ],
    ['hex', 'plug', 'plug', until('1.3.2', '1.3.0', 'SEMVER'), ['1.3.0', '1.3.1'], ['1.2.9', '1.3.0-rc.1', '1.3.2']],
    [
      'swift',
      'github.com/Apple/swift-nio-http2',
      'github.com/apple/swift-nio-http2',
      until('1.19.2', '1.0.0', 'SEMVER'),
      ['1.0.0', '1.19.1'],
      ['0.9.0', '1.19.2'],
    ],
    [
      'julia',
      'Zlib_jll',
      'Zlib_jll',
      until('1.2.13+1', '1.2.0', 'SEMVER'),
      ['1.2.12+3', '1.2.13+0', '1.2.13'],
      ['1.2.13+1', '1.2.13+10', '1.3.0+0'],
    ],
    [
      'github',
      'actions/download-artifact',
      'actions/download-artifact',
      until('4.1.3', '4'),
      ['v4.0.0', '4.1.2'],
      ['v3.0.2', 'v4.1.3', 'v5.0.0'],
    ],
    ['opam', 'mirage-crypto', 'mirage-crypto', until('1.1.0', '0.8'), ['0.8.1', '1.1.0~beta'], ['0.7', '1.1.0']],
  ];
  for (const [type, name, advised, range, affected, unaffected] of cases) {
    it(type, () => {
      for (const version of affected) {
        const fixed = range.events.flatMap((event) => ('fixed' in event ? [event.fixed] : []));
        assert.equal(judge(packageOf(type, name, version), advised, range), `fixed in ${fixed[0]}`, version);
      }
      for (const version of unaffected) {
        assert.equal(judge(packageOf(type, name, version), advised, range), 'unaffected', version);
      }
    });
  }
});

it('matching: a branch and a tag that moves are neither affected nor not', () => {
  for (const [type, name, versions] of [
    ['composer', 'a/b', ['dev-main', 'dev-feature/x', '2.x-dev']],
    ['github', 'a/b', ['v4', '4', '4.1', 'main', '8f4b7f84864484a7bf31766abe9204da3cbe65b3']],
  ] as const) {
    for (const version of versions) {
      assert.equal(judge(packageOf(type, name, version), name, until('4.1.3')), 'version', version);
    }
    const always: AffectedRange = { type: 'ECOSYSTEM', events: [{ introduced: '0' }] };
    assert.equal(judge(packageOf(type, name, versions[0]), name, always), 'fixed in undefined', 'all versions are');
  }
});
