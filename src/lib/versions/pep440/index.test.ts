import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { versionSchemeContract, versionVectors } from '../contract.ts';
import { pep440 } from './index.ts';

evidence('versions/pep440', 'real tool', 'packaging.version on 20000 generated pairs, valid and not');
evidence('versions/pep440', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '1', '2', '01', '10', '20240101', '99999999999999999999991');
const separator = fc.constantFrom('', '', '.', '-', '_');
const maybe = (part: fc.Arbitrary<string>) => fc.oneof({ weight: 2, arbitrary: fc.constant('') }, part);

function labelled(...labels: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(separator, fc.constantFrom(...labels), separator, maybe(numeral)).map((parts) => parts.join(''));
}

const arbitrary = fc
  .tuple(
    fc.constantFrom('', '', '', 'v', ' '),
    fc.constantFrom('', '', '', '0!', '1!', '01!'),
    fc.array(numeral, { minLength: 1, maxLength: 3 }).map((numbers) => numbers.join('.')),
    maybe(labelled('a', 'alpha', 'b', 'BETA', 'c', 'rc', 'pre', 'preview')),
    maybe(
      fc.oneof(
        labelled('post', 'rev', 'r'),
        numeral.map((post) => `-${post}`),
      ),
    ),
    maybe(labelled('dev', 'DEV')),
    maybe(
      fc
        .array(fc.constantFrom('1', '01', '2', 'a', 'B', 'a1', '1a'), { minLength: 1, maxLength: 3 })
        .map((parts) => `+${parts.join('_')}`),
    ),
  )
  .map((parts) => parts.join(''));

versionSchemeContract(pep440, {
  arbitrary,
  // The chain of PEP 440, "Summary of permitted suffixes and relative ordering", with its neighbours.
  ascending: [
    '0.9',
    '1.0.dev456',
    '1.0a1',
    '1.0a2.dev456',
    '1.0a12.dev456',
    '1.0a12',
    '1.0b1.dev456',
    '1.0b2',
    '1.0b2.post345.dev456',
    '1.0b2.post345',
    '1.0rc1.dev456',
    '1.0rc1',
    '1.0',
    '1.0+abc.5',
    '1.0+abc.7',
    '1.0+5',
    '1.0+5.0',
    '1.0.post456.dev34',
    '1.0.post456',
    '1.0.15',
    '1.1.dev1',
    '1!0.1',
  ],
  invalid: [
    '',
    'v',
    '1.',
    '1..2',
    '1.0-',
    '1.0+',
    '1.0+a..b',
    '1.0+é',
    '1!',
    '!1',
    '1.0 1',
    '1.0rc1rc2',
    '0.1-bulbasaur',
    '2004d',
    'K1',
    '\u0661',
  ],
});

versionVectors(pep440, {
  file: 'pypi-versions.txt',
  minimum: 26,
  errors: {
    'legacy versions': [
      '0.1-bulbasaur < 0.1-charmander',
      '0.1-charmander < 0.9-doduo',
      '0.9-doduo < 0.9-eevee',
      '0.9-eevee < 0.9-fearow',
      '0.9-fearow < 0.9-gyarados',
      '0.9-gyarados < 0.9-horsea',
      '0.9-horsea < 0.9-ivysaur',
      '0.9-ivysaur < 1.0',
      '-class.-jw.util.version.version-pre < 1.0',
      '-class.-jw.util.version.version-preview < 1.0',
      '-class.-jw.util.version.version-dev < 1.0',
    ],
  },
});

const ORACLE = `
import sys, json
try:
    from packaging.version import Version, InvalidVersion
except ImportError:
    from pip._vendor.packaging.version import Version, InvalidVersion
def judge(a, b):
    try:
        a, b = Version(a), Version(b)
    except InvalidVersion:
        return None
    return (a > b) - (a < b)
json.dump([judge(*pair) for pair in json.load(sys.stdin)], sys.stdout)
`;

it('pep440: validity and order are those of packaging', { skip: missing('python-packaging') }, () => {
  // Pieces in any order: most of these are one character away from a version.
  const pieces = fc.constantFrom(
    '1',
    '0',
    '.',
    '-',
    '_',
    '+',
    '!',
    'a',
    'rc',
    'r',
    'rev',
    'post',
    'dev',
    'c',
    'pre',
    'v',
    ' ',
    'x',
  );
  const text = fc.oneof(
    { weight: 3, arbitrary },
    fc.array(pieces, { maxLength: 7 }).map((parts) => `1${parts.join('')}`),
  );
  const pairs = fc.sample(fc.tuple(text, text), { numRuns: 20_000, seed: 1 });
  const judged = spawnSync('python3', ['-c', ORACLE], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  assert.equal(judged.status, 0, judged.stderr);
  const theirs = JSON.parse(judged.stdout) as readonly (number | null)[];
  const ours = pairs.map(([a, b]) => {
    const comparison = pep440.compare(a, b);
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
