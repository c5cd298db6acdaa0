import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { versionSchemeContract, versionVectors } from '../contract.ts';
import { gem } from './index.ts';

evidence('versions/gem', 'real tool', 'Gem::Version of Ruby on 20000 generated pairs, valid and not');
evidence('versions/gem', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '0', '1', '2', '01', '10', '20240101', '99999999999999999999991');
const part = fc.oneof({ weight: 3, arbitrary: numeral }, fc.constantFrom('a', 'A', 'b', 'rc1', 'pre', '1a', 'beta10'));
const arbitrary = fc
  .tuple(
    fc.constantFrom('', '', '', ' ', '\t'),
    numeral,
    fc.array(part, { maxLength: 4 }).map((parts) => parts.map((each) => `.${each}`).join('')),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      fc
        .array(fc.oneof(part, fc.constantFrom('-', 'a-1')), { minLength: 1, maxLength: 3 })
        .map((it) => `-${it.join('.')}`),
    ),
    fc.constantFrom('', '', '', '\n'),
  )
  .map((parts) => parts.join(''));

versionSchemeContract(gem, {
  arbitrary,
  ascending: [
    '0.a',
    '0',
    '0.9.1',
    '1.0.A',
    '1.0.a',
    '1.0.a.1',
    '1.0.a9',
    '1.0.a10',
    '1.b',
    '1.b.2',
    '1.0.0-rc',
    '1.0.rc1',
    '1.0.0',
    '1.0.1.pre',
    '1.0.1',
    '1.9',
    '1.10',
    '6.1.7.9',
    '6.1.7.10',
    '9007199254740992',
    '9007199254740993',
  ],
  invalid: [
    '',
    ' ',
    'a',
    '.1',
    '1.',
    '1..2',
    'v1',
    '1a',
    '1-',
    '1.-a',
    '1.a_b',
    '1+1',
    '1 2',
    '1.\u0663',
    '\u00a01',
    '-1',
    '1.0-a..b',
  ],
});

versionVectors(gem, {
  file: 'rubygems-versions.txt',
  minimum: 22,
  errors: { 'a number runs into a word': ['1 > 1beta', '1 > 1gamma'] },
});

const ORACLE = `
require 'json'
def judge(a, b)
  return nil unless [a, b].all? { |text| Gem::Version.correct?(text) && text =~ /[^\\s]/ }
  Gem::Version.new(a) <=> Gem::Version.new(b)
end
puts JSON.generate(JSON.parse(STDIN.read).map { |a, b| judge(a, b) })
`;

it('gem: validity and order are those of Gem::Version', { skip: missing('ruby') }, () => {
  // Pieces in any order: most of these are one character away from a version.
  const pieces = fc.constantFrom('1', '0', '.', '.', '-', '_', 'a', 'rc', 'Z', ' ', '\n', '+', '0.0');
  const text = fc.oneof(
    { weight: 3, arbitrary },
    fc.array(pieces, { maxLength: 7 }).map((parts) => `1${parts.join('')}`),
  );
  const pairs = fc.sample(fc.tuple(text, text), { numRuns: 20_000, seed: 1 });
  const judged = spawnSync('ruby', ['-e', ORACLE], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  assert.equal(judged.status, 0, judged.stderr);
  const theirs = JSON.parse(judged.stdout) as readonly (number | null)[];
  const ours = pairs.map(([a, b]) => {
    const comparison = gem.compare(a, b);
    return comparison.ok ? comparison.order : null;
  });
  assert.deepEqual(
    pairs.map((pair, index) => [...pair, ours[index]]),
    pairs.map((pair, index) => [...pair, theirs[index]]),
  );
  for (const answer of [-1, 0, 1, null]) {
    assert.ok(theirs.filter((order) => order === answer).length > 40, String(answer));
  }
});
