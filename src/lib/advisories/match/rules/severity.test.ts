import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Rating } from '#model/advisory.ts';
import type { PackageType } from '#model/package.ts';
import { DEBIAN, matchAll, packageOf } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';

test('rule 18: the word of the vendor about its package comes first, and every rating is kept with its source', () => {
  const curl = packageOf('deb', 'curl', '7');
  const nvd: Rating = { severity: 'critical', score: 9.8, scale: 'CVSS_V3', source: 'CVE-2024-1' };
  const word: Rating = { severity: 'low', scale: 'ecosystem_specific.urgency', source: 'CVE-2024-1' };
  const advisory = advisoryOf({ id: 'CVE-2024-1', ratings: [nvd] });
  const row = affectedOf(advisory, 'Debian:12', 'curl');
  const [both] = matchAll(DEBIAN, [{ ...row, ratings: [word] }], curl).findings;
  assert.deepEqual([both?.severity, both?.score, both?.ratings], ['low', undefined, [word, nvd]]);
  const [alone] = matchAll(DEBIAN, [row], curl).findings;
  assert.deepEqual([alone?.severity, alone?.score, alone?.ratings], ['critical', 9.8, [nvd]]);
});

describe('rule 19: versions are equal, older and newer as their ecosystem says', () => {
  const cases: readonly (readonly [
    type: PackageType,
    ecosystem: string,
    fixed: string,
    affected: readonly string[],
    unaffected: readonly string[],
  ])[] = [
    ['pypi', 'PyPI', '2.0', ['2.0rc1', '2.0.dev3', '0.1'], ['2.0.0', '2.0.post1', 'v2.0', '1!0.1']],
    ['npm', 'npm', '2.0.0', ['2.0.0-rc.1', '1.99.0'], ['2.0.0', '2.0.0+build', '2.0.1-alpha']],
    ['gem', 'RubyGems', '2.0', ['2.0.rc1', '2.0.a', '1.9.9'], ['2', '2.0.0', '2.0.1.pre']],
    [
      'maven',
      'Maven',
      '2.0',
      ['2.0-rc1', '2.0-SNAPSHOT', '2.0-alpha-1'],
      ['2', '2.0.0', '2.0-ga', '2.0.Final', '2.0-sp1'],
    ],
    ['composer', 'Packagist', '2.0.0', ['2.0.0-RC1', '2.0.0-beta2', '1.9'], ['2.0.0', 'v2.0.0', '2.0.1']],
  ];
  for (const [type, ecosystem, fixed, affected, unaffected] of cases) {
    test(type, () => {
      const name = type === 'maven' || type === 'composer' ? { maven: 'g:a', composer: 'v/a' }[type] : 'a';
      const row = affectedOf(advisoryOf({ id: 'TEST-1' }), ecosystem, name, fixed);
      const judged = (version: string): string => {
        const { findings, unknowns } = matchAll(null, [row], packageOf(type, name, version));
        return unknowns.length > 0 ? 'unknown' : findings.length > 0 ? 'affected' : 'unaffected';
      };
      assert.deepEqual(
        affected.map(judged),
        affected.map(() => 'affected'),
        affected.join(' '),
      );
      assert.deepEqual(
        unaffected.map(judged),
        unaffected.map(() => 'unaffected'),
        unaffected.join(' '),
      );
    });
  }

  test('a branch of Composer is neither', () => {
    const row = affectedOf(advisoryOf({ id: 'TEST-1' }), 'Packagist', 'v/a', '2.0.0');
    const { findings, unknowns } = matchAll(null, [row], packageOf('composer', 'v/a', 'dev-main'));
    assert.deepEqual([findings.length, unknowns.map(({ kind }) => kind)], [0, ['version']]);
  });
});
