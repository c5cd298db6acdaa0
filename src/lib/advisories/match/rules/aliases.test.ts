import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PACKAGE_TYPES } from '#model/package.ts';
import { DEBIAN, matchAll, packageOf, shown } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import { placePackage } from '../ecosystem.ts';

const module = packageOf('golang', 'example.com/a', 'v1.0.0');

function go(members: Parameters<typeof advisoryOf>[0], fixed = '1.1.0'): ReturnType<typeof affectedOf> {
  return affectedOf(advisoryOf(members), 'Go', 'example.com/a', fixed);
}

test('rule 10: records of the Go database and of GitHub about one vulnerability are one finding, and none is lost', () => {
  const both = [
    go({ id: 'GO-2024-1', aliases: ['CVE-2024-1', 'GHSA-a'] }, '1.1.0'),
    go({ id: 'GHSA-a', aliases: ['CVE-2024-1'] }, '1.2.0'),
    go({ id: 'GHSA-only' }),
    go({ id: 'GO-2024-2' }),
    // Joined by a third record, without a name in common.
    go({ id: 'GO-2024-3', aliases: ['GHSA-c'] }),
    go({ id: 'CVE-2024-3', aliases: ['GHSA-c'] }),
  ];
  const { findings } = matchAll(null, both, module);
  assert.deepEqual(
    findings.map(({ id, aliases }) => [id, ...aliases].join(' ')),
    ['CVE-2024-1 GHSA-a GO-2024-1', 'CVE-2024-3 GHSA-c GO-2024-3', 'GHSA-only', 'GO-2024-2'],
  );
  assert.equal(findings[0]?.fixedIn, '1.2.0');
});

describe('rule 12: aliases', () => {
  test('the CVE is the id where there is one, and all other names are kept', () => {
    const [finding] = matchAll(null, [go({ id: 'GHSA-a', aliases: ['CVE-2024-2', 'GO-1'] })], module).findings;
    assert.deepEqual([finding?.id, finding?.aliases], ['CVE-2024-2', ['GHSA-a', 'GO-1']]);
  });

  test('what is rejected or withdrawn under one name stands under another', () => {
    const rows = [
      go({ id: 'CVE-2024-1', withdrawn: '2024-03-01T00:00:00Z' }),
      go({ id: 'GHSA-a', aliases: ['CVE-2024-1'] }),
    ];
    const { findings } = matchAll(null, rows, module);
    assert.deepEqual(
      findings.map(({ id, advisories }) => [id, ...advisories]),
      [['CVE-2024-1', 'GHSA-a']],
    );
  });

  test('a finding keeps its id when an advisory learns of an alias later', () => {
    const before = matchAll(null, [go({ id: 'GHSA-b' }), go({ id: 'GO-9', aliases: ['CVE-2024-1'] })], module).findings;
    const after = matchAll(
      null,
      [go({ id: 'GHSA-b', aliases: ['GO-9'] }), go({ id: 'GO-9', aliases: ['CVE-2024-1'] })],
      module,
    ).findings;
    assert.deepEqual(
      before.map(({ id }) => id),
      ['CVE-2024-1', 'GHSA-b'],
    );
    assert.deepEqual(
      after.map(({ id }) => id),
      ['CVE-2024-1'],
    );
  });

  test('what an advisory derives from are its vulnerabilities, and what is only related is none of its names', () => {
    const curl = packageOf('deb', 'curl', '7');
    const advisory = advisoryOf({ id: 'DSA-1', upstream: ['CVE-2024-1', 'CVE-2024-2'] });
    // `related` of OSV is not even kept: nothing that is read joins by it.
    assert.ok(!('related' in advisory));
    assert.deepEqual(shown(matchAll(DEBIAN, [affectedOf(advisory, 'Debian:12', 'curl', '8')], curl).findings), [
      'CVE-2024-1 curl 8',
      'CVE-2024-2 curl 8',
    ]);
  });
});

test('rule 15: by CPE are matched programs that are in no package, and nothing that has an ecosystem', () => {
  for (const type of PACKAGE_TYPES) {
    const placement = placePackage(type, DEBIAN);
    const byCpe = placement.kind === 'known' && placement.places.some(({ names }) => names === 'cpe');
    assert.equal(byCpe, type === 'generic', type);
  }
  const row = affectedOf(advisoryOf({ id: 'CVE-2024-1' }), 'NVD', 'gitlab:gitlab', '99');
  const cpe = 'cpe:2.3:a:gitlab:gitlab:1.0.0:*:*:*:*:*:*:*';
  assert.deepEqual(matchAll(null, [row], packageOf('gem', 'gitlab', '1.0.0', { cpe })).findings, []);
});

describe('rule 16: nothing is excepted by a list of ours, since nothing is matched that would need one', () => {
  test('an artifact of Java goes by its group and its own name', () => {
    const row = affectedOf(advisoryOf({ id: 'CVE-2021-1' }), 'Maven', 'org.apache.logging.log4j:log4j-core', '2.17.0');
    const items = ['log4j-api', 'log4j-to-slf4j', 'log4j-slf4j-impl'].map((name) =>
      packageOf('maven', `org.apache.logging.log4j:${name}`, '2.14.1'),
    );
    assert.deepEqual(matchAll(null, [row], ...items).findings, []);
  });

  test('a module of Go is not the project in another language, and a gem is not a product of its name', () => {
    const rows = [
      affectedOf(advisoryOf({ id: 'CVE-1' }), 'PyPI', 'protobuf', '99'),
      affectedOf(advisoryOf({ id: 'CVE-2' }), 'npm', 'matrix', '99'),
    ];
    const items = [packageOf('golang', 'google.golang.org/protobuf', 'v1.0.0'), packageOf('gem', 'matrix', '0.4.2')];
    assert.deepEqual(matchAll(null, rows, ...items).findings, []);
  });

  test('what a distribution does not build it says itself', () => {
    const zlib = packageOf('deb', 'zlib1g', '1:1.2.13.dfsg-1', {
      source: { name: 'zlib', version: '1:1.2.13.dfsg-1' },
    });
    const advisory = advisoryOf({ id: 'DEBIAN-CVE-2023-45853', upstream: ['CVE-2023-45853'] });
    const row = affectedOf(advisory, 'Debian:12', 'zlib');
    assert.equal(matchAll(DEBIAN, [row], zlib).findings.length, 1);
    assert.deepEqual(matchAll(DEBIAN, [{ ...row, state: 'not_affected' }], zlib).findings, []);
  });
});
