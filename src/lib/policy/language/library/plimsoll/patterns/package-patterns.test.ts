import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base/limits.ts';
import { buildPurl } from '#model/purl.ts';
import { CelError } from '../../../error.ts';
import { PackagePatterns } from './package-patterns.ts';

/** Pattern, what it covers, what it does not. */
const CASES: readonly (readonly [pattern: string, covered: readonly string[], others: readonly string[]])[] = [
  [
    'pkg:npm/lodash',
    ['pkg:npm/lodash', 'pkg:npm/lodash@4.17.21', 'pkg:npm/lodash@1.0.0?repository_url=x'],
    ['pkg:npm/lodash.merge@4.6.2', 'pkg:npm/%40types/lodash@4.14.0', 'pkg:pypi/lodash@1.0', 'pkg:npm/lodas@1.0'],
  ],
  ['pkg:npm/lodash@4.17.21', ['pkg:npm/lodash@4.17.21'], ['pkg:npm/lodash@4.17.2', 'pkg:npm/lodash']],
  [
    'pkg:npm/%40acme/*',
    ['pkg:npm/%40acme/one@1.0.0', 'pkg:npm/@acme/two@2.0.0'],
    ['pkg:npm/%40acme-evil/one@1.0.0', 'pkg:npm/one@1.0.0', 'pkg:npm/acme@1.0.0', 'pkg:npm/%40acme2/one@1.0.0'],
  ],
  ['pkg:npm/*', ['pkg:npm/lodash@1.0.0'], ['pkg:npm/%40acme/one@1.0.0']],
  [
    'pkg:golang/code.example/**',
    ['pkg:golang/code.example/a@v1.0.0', 'pkg:golang/code.example/a/b/c@v1.0.0'],
    ['pkg:golang/code.example.evil/a@v1.0.0', 'pkg:golang/code.example@v1.0.0', 'pkg:golang/other/code.example/a@v1'],
  ],
  ['pkg:npm/**', ['pkg:npm/lodash@1.0.0', 'pkg:npm/%40acme/one@1.0.0'], ['pkg:pypi/lodash@1.0.0']],
  ['pkg:pypi/Acme_Tools', ['pkg:pypi/acme-tools@1.0'], ['pkg:pypi/acmetools@1.0']],
];

describe('patterns of packages', () => {
  for (const [pattern, covered, others] of CASES) {
    it(`${pattern} covers whole names and segments`, () => {
      const patterns = new PackagePatterns([pattern]);
      assert.equal(patterns.read(), null);
      for (const purl of covered) {
        assert.ok(patterns.covers(purl), purl);
      }
      for (const purl of [...others, 'no purl', '']) {
        assert.ok(!patterns.covers(purl), purl);
      }
    });
  }

  it('says which text is none', () => {
    const texts = ['*', '**', 'pkg:npm/lod*', 'pkg:npm/*/x', 'pkg:npm/a?b=c', 'pkg:npm/%40acme/*@1.0', 'lodash', ''];
    for (const text of texts) {
      assert.equal(new PackagePatterns(['pkg:npm/lodash', text]).read(), text);
    }
  });

  it('a package is not hidden by qualifiers of any length', () => {
    const patterns = new PackagePatterns(['pkg:npm/a@1', 'pkg:pypi/**']);
    assert.equal(patterns.read(), null);
    const long = 'x'.repeat(LIMITS.purlChars);
    assert.ok(patterns.covers(`pkg:npm/a@1?download_url=${long}`));
    assert.ok(patterns.covers(`pkg:npm/a@1#${long}`));
    assert.ok(!patterns.covers(`pkg:npm/b@1?download_url=${long}`));
    assert.throws(() => patterns.covers(`pkg:pypi/${long}@1`), CelError);
    assert.ok(!patterns.covers(long));
  });

  it('a package without a version takes in all of its versions, in either order', () => {
    for (const texts of [
      ['pkg:npm/a', 'pkg:npm/a@1.0'],
      ['pkg:npm/a@1.0', 'pkg:npm/a'],
    ]) {
      const patterns = new PackagePatterns(texts);
      assert.equal(patterns.read(), null);
      assert.ok(patterns.covers('pkg:npm/a@2.0'));
    }
  });

  it('a package is covered by itself, its namespace and its tree, and by no other name', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
    fc.assert(
      fc.property(fc.array(name, { maxLength: 4 }), name, name, (segments, one, other) => {
        const namespace = segments.join('/');
        const purl = buildPurl({ type: 'golang', namespace, name: one, version: 'v1' });
        const folder = `pkg:golang/${namespace === '' ? '' : `${namespace}/`}`;
        for (const pattern of [`${folder}${one}`, `${folder}*`, `${folder}**`, 'pkg:golang/**']) {
          const patterns = new PackagePatterns([pattern]);
          assert.equal(patterns.read(), null);
          assert.ok(patterns.covers(purl), `${pattern} ${purl}`);
        }
        const patterns = new PackagePatterns([`${folder}${other}`]);
        assert.equal(patterns.read(), null);
        assert.equal(patterns.covers(purl), one === other);
      }),
    );
  });
});
