import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { orderOf, versionSchemeContract, versionVectors } from '../contract.ts';
import { packagist } from './index.ts';

evidence('versions/packagist', 'real tool', 'version_compare of PHP on 20000 generated pairs');
evidence('versions/packagist', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '1', '2', '01', '10', '20240101');
const long = fc.constantFrom('9007199254740992', '9007199254740993', '99999999999999999999991');
const word = fc.constantFrom('dev', 'alpha', 'a', 'beta', 'b', 'RC', 'rc', 'pl', 'p', 'patch', 'stable', 'x', 'build');
const separator = fc.constantFrom('.', '.', '.', '-', '_', '');
const versions = (number: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(number, fc.array(fc.tuple(separator, fc.oneof({ weight: 2, arbitrary: number }, word)), { maxLength: 5 }))
    .map(([first, rest]) => first + rest.map((part) => part.join('')).join(''));
const branch = fc.constantFrom('dev-main', 'dev-feature/a', 'dev-1.x', 'dev-1');
const arbitrary = fc
  .tuple(
    fc.constantFrom('', '', 'v', 'V'),
    fc.oneof({ weight: 8, arbitrary: versions(fc.oneof({ weight: 5, arbitrary: numeral }, long)) }, branch),
    fc.constantFrom('', '', '', '+build.1'),
  )
  .map(([letter, text, build]) => (text.startsWith('dev-') ? text : letter + text + build));

versionSchemeContract(packagist, {
  arbitrary,
  ascending: [
    'dev-main',
    '0.9',
    '1.0-dev',
    '1.0-alpha',
    '1.0a1',
    '1.0-ALPHA2',
    'v1.0b1',
    '1.0-beta2',
    '1.0-RC1',
    '1.0rc10',
    '1.0',
    '1.0.0-rc1',
    'v1.0.0',
    'V1.0.0.1',
    '1.0.0-p1',
    '1.0.1',
    '1.9',
    '1.10',
    '1.10-patch2',
    '9007199254740992',
    '9007199254740993',
  ],
  invalid: [
    '',
    'v',
    'main',
    'vdev-main',
    '.1',
    '1.*',
    '^1.0',
    '1.0 ',
    '1.0+',
    '1.0+a b',
    '1/2',
    '1.0#abc',
    'dev-a b',
    '1.\u0663',
    '\u00e9',
  ],
});

versionVectors(packagist, {
  file: 'packagist-versions.txt',
  minimum: 89,
  errors: {
    'a hash sign, which would equal two versions that differ, and which Composer refuses': [
      '1.2.3.# = 1.2.3',
      '1.2.3.# = 1.2.3.#',
      '1.2.3.# = 1.2.3.1',
      '1.2.3.#.1 > 1.2.3',
      '1.2.3.#.p3 > 1.2.3',
      '1.2.3.#.beta < 1.2.3',
    ],
  },
});

const ORACLE = `
$pairs = json_decode(stream_get_contents(STDIN));
echo json_encode(array_map(fn($pair) => version_compare($pair[0], $pair[1]), $pairs));
`;

it('packagist: the order is that of version_compare', { skip: missing('php') }, () => {
  // Numbers that fit an integer of PHP: longer ones are the same to it.
  const own = versions(numeral);
  const near = own.chain((text) => fc.tuple(fc.constant(text), fc.constantFrom('.0', '.1', '-dev', 'RC1', 'pl1', '')));
  const pairs = fc.sample(
    fc.oneof(
      fc.tuple(own, own),
      near.map(([a, end]): [string, string] => [a, a + end]),
    ),
    {
      numRuns: 20_000,
      seed: 1,
    },
  );
  const judged = spawnSync('php', ['-r', ORACLE], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  assert.equal(judged.status, 0, judged.stderr);
  const theirs = JSON.parse(judged.stdout) as readonly number[];
  assert.deepEqual(
    pairs.map(([a, b]) => `${a} ${'<=>'[orderOf(packagist, a, b) + 1]} ${b}`),
    pairs.map(([a, b], index) => `${a} ${'<=>'[(theirs[index] ?? Number.NaN) + 1]} ${b}`),
  );
  for (const answer of [-1, 0, 1]) {
    assert.ok(theirs.filter((order) => order === answer).length > 400, String(answer));
  }
});
