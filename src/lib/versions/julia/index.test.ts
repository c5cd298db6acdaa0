import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { orderOf, versionSchemeContract, versionVectors } from '../contract.ts';
import { julia } from './index.ts';

evidence('versions/julia', 'published', 'version-order file of osv-scalibr for pub, which orders builds alike');

const numeral = fc.constantFrom('0', '1', '2', '10', '9007199254740993', '9007199254740992');
const identifier = fc.oneof(numeral, fc.constantFrom('a', 'B', 'alpha', 'rc1', 'DEV', '0a'));
const dotted = (part: fc.Arbitrary<string>) =>
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const arbitrary = fc
  .tuple(
    fc.constantFrom('', '', 'v'),
    dotted(numeral),
    fc.oneof(
      fc.constant(''),
      dotted(identifier).map((prerelease) => `-${prerelease}`),
    ),
    fc.oneof(
      fc.constant(''),
      dotted(identifier).map((build) => `+${build}`),
    ),
  )
  .map((parts) => parts.join(''));

versionSchemeContract(julia, {
  arbitrary,
  ascending: [
    '0-DEV.1',
    '0.2',
    '0.3.0-alpha',
    '0.3.0-rc1',
    '0.3',
    '0.3.1+0',
    '0.3.1+1',
    '0.3.1+10',
    'v1.0-rc1',
    '1',
    '1.2.13+0',
    '1.2.13+1',
    '1.10',
    '9007199254740992',
    '9007199254740993',
  ],
  invalid: ['', 'v', '1.', '1.2.3.4', '1.0rc1', '1.0-', '1.0+', '1.0-a_b', 'vv1', ' 1', '1.2.\u0663', 'nightly'],
});

versionVectors(julia, {
  file: 'pub-versions.txt',
  minimum: 99,
  errors: { 'more than three numbers': ['1.1.3.4.5 = 1.1.3.4.5'] },
});

it('julia: numbers that are left out are zeros', () => {
  for (const [short, full] of [
    ['1', '1.0.0'],
    ['1.2', '1.2.0'],
    ['v1-rc1', '1.0.0-rc1'],
    ['1.2+3', '1.2.0+3'],
  ] as const) {
    assert.equal(orderOf(julia, short, full), 0, short);
  }
});
