import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { orderOf, versionSchemeContract, versionVectors } from '../contract.ts';
import { maven } from './index.ts';

evidence('versions/maven', 'real tool', 'ComparableVersion of Maven on 15000 generated pairs');
evidence('versions/maven', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '1', '2', '01', '10', '20240101', '9007199254740992', '9007199254740993');
const release = fc.constantFrom('ga', 'final', 'Final', 'RELEASE');
const word = fc.constantFrom(
  'alpha',
  'beta',
  'milestone',
  'RC',
  'rc',
  'cr',
  'snapshot',
  'SNAPSHOT',
  'sp',
  'jre',
  'android',
  'a',
  'b',
  'm',
  'x',
);
const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''));
const dotted = fc.array(numeral, { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join('.'));
const mark = fc.constantFrom('-', '.');
/** What versions of real artifacts end with. */
const ending = fc.oneof(
  fc.constant(''),
  joined(mark, fc.oneof(word, release)),
  joined(mark, word, numeral),
  joined(fc.constant('-'), word, fc.constant('-'), numeral),
  joined(fc.constant('-'), numeral),
);
const common = joined(dotted, ending);
const piece = fc.oneof(numeral, word, release, fc.constantFrom('_', '+', 'R'));
const arbitrary = fc.oneof(
  common,
  joined(dotted, ending, ending),
  fc.array(joined(piece, fc.constantFrom('.', '-', '')), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
);

versionSchemeContract(maven, {
  arbitrary,
  ascending: [
    'Finchley.SR1',
    'Greenwich.RELEASE',
    'r03',
    '0',
    '1.0-alpha-1',
    '1.0-a2',
    '1.0.0.beta1',
    '1-m1',
    '1.0.0.RC1',
    '1.0-cr2',
    '1.0-SNAPSHOT',
    '1.0.0.Final',
    '1-sp1',
    '1-1',
    '1.0.1',
    '2.0.android',
    '2-jre',
    '2.0-1',
    '2.0.0-2-rc1',
    '2.0.0-2',
    '2.9',
    '2.10',
    '2.17.0',
    '20240101.123456',
    '9007199254740992',
    '9007199254740993',
  ],
  invalid: [
    '',
    ' ',
    '1.0 ',
    '${project.version}',
    '[1.0,2.0)',
    '1:2',
    '1/2',
    '1.0~rc1',
    '1.0\u0000',
    '1.\u0663',
    '1.0\u212a',
  ],
});

versionVectors(maven, { file: 'maven-versions.txt', minimum: 102, errors: {} });

it('maven: zeros and words for the release at an end say nothing', () => {
  for (const [a, b] of [
    ['2.17', '2.17.0'],
    ['5.3.0.RELEASE', '5.3'],
    ['4.1.0.Final', '4.1'],
    ['1.0.0-rc1', '1-cr1'],
    ['1.0.alpha1', '1-alpha-1'],
    ['1-0-2', '1-2'],
    ['1.0-jre', '1-JRE'],
  ] as const) {
    assert.equal(orderOf(maven, a, b), 0, `${a} ${b}`);
  }
});

it('maven: the order of what is common is that of ComparableVersion', { skip: missing('maven') }, () => {
  const near = common.chain((text) =>
    fc.tuple(
      fc.constant(text),
      ending.map((end) => text.replace(/[-.][a-zA-Z].*$/, '') + end),
    ),
  );
  const pairs = fc.sample(fc.oneof({ weight: 2, arbitrary: fc.tuple(common, common) }, near), {
    numRuns: 15_000,
    seed: 1,
  });
  const home = /^Maven home: (.+)$/m.exec(spawnSync('mvn', ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '';
  const main = 'org.apache.maven.artifact.versioning.ComparableVersion';
  // It compares each text with the one after it: every other answer is that of a pair.
  const judged = spawnSync('java', ['-cp', join(home, 'lib', '*'), main, ...pairs.flat()], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  assert.equal(judged.status, 0, judged.stderr);
  const answers = judged.stdout.split('\n').flatMap((line) => /^ {3}(\S+) (<|==|>) (\S+)$/.exec(line)?.[0] ?? []);
  const theirs = answers.filter((_, index) => index % 2 === 0).map((line) => line.trim());
  const ours = pairs.map(([a, b]) => `${a} ${['<', '==', '>'][orderOf(maven, a, b) + 1]} ${b}`);
  assert.deepEqual(ours, theirs);
  for (const sign of [' < ', ' == ', ' > ']) {
    assert.ok(ours.filter((line) => line.includes(sign)).length > 300, sign);
  }
});
