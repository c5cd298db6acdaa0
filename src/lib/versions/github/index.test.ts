import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { orderOf, versionSchemeContract, versionVectors } from '../contract.ts';
import { github } from './index.ts';

evidence('versions/github', 'published', 'version-order file of osv-scalibr for semantic versions');

const numeral = fc.constantFrom('0', '1', '2', '10', '45', '9007199254740993', '9007199254740992');
const full = fc.tuple(numeral, numeral, numeral).map((core) => core.join('.'));
const arbitrary = fc
  .tuple(
    fc.constantFrom('', 'v'),
    fc.oneof(
      numeral,
      fc.tuple(numeral, numeral).map((core) => core.join('.')),
      full,
      fc.tuple(full, fc.constantFrom('-rc.1', '-rc.2', '-beta', '+1')).map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

versionSchemeContract(github, {
  arbitrary,
  ascending: [
    '0',
    'v1.0.0-rc.1',
    'v1',
    '1.0.1',
    'v1.9',
    'v1.10',
    '4.1.2',
    'v4.1.3',
    '41',
    '45.0.7',
    '45.0.8',
    '9007199254740992',
    '9007199254740993',
  ],
  invalid: [
    '',
    'v',
    'main',
    'v4-beta',
    'v4.1-beta',
    '1.',
    '1.2.',
    '01',
    '1.02',
    '1.2.3.4',
    'V1',
    'releases/v1',
    '1 ',
    '8f4b7f84864484a7bf31766abe9204da3cbe65b3',
  ],
});

versionVectors(github, {
  file: 'semver-versions.txt',
  minimum: 81,
  errors: { 'more than three numbers': ['1.1.3.4.5 = 1.1.3.4.5'] },
});

it('github: numbers that are left out are zeros', () => {
  for (const [short, long] of [
    ['v4', '4.0.0'],
    ['41', 'v41.0.0'],
    ['1.2', '1.2.0'],
  ] as const) {
    assert.equal(orderOf(github, short, long), 0, short);
  }
});
