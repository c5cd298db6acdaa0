import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { versionSchemeContract, versionVectors } from '../contract.ts';
import { pub } from './index.ts';

evidence('versions/pub', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '1', '01', '2', '10', '9007199254740993', '9007199254740992');
const identifier = fc.oneof(numeral, fc.constantFrom('a', 'B', 'alpha', 'rc1', '-', '0a', 'x-1'));
const dotted = (part: fc.Arbitrary<string>) =>
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const arbitrary = fc
  .tuple(
    fc.constantFrom('', '', 'v'),
    fc.tuple(fc.constantFrom('0', '1'), fc.constantFrom('0', '1'), numeral).map((core) => core.join('.')),
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

versionSchemeContract(pub, {
  arbitrary,
  ascending: [
    '0.0.0-0',
    '0.9.9',
    '1.0.0-0',
    '1.0.0-alpha',
    '1.0.0-alpha+1',
    '1.0.0-alpha.1',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    'v1.0.0',
    '1.0.0+1',
    '1.0.0+9',
    '1.0.0+10',
    '1.0.0+a',
    '1.0.0+a.1',
    '1.0.1-0',
    '1.0.1',
    '1.9.0',
    '1.10.0',
    '9007199254740992.0.0',
    '9007199254740993.0.0',
  ],
  invalid: [
    '',
    '1',
    '1.2',
    '1.2.3.4',
    '1.2.3-',
    '1.2.3+',
    '1.2.3-a..b',
    '1.2.3-a_b',
    '1.2.3+a+b',
    'vv1.2.3',
    '^1.2.3',
    ' 1.2.3',
    '1.2.\u0663',
    'any',
  ],
});

versionVectors(pub, {
  file: 'pub-versions.txt',
  minimum: 98,
  errors: {
    'more than three numbers': ['1.1.3.4.5 = 1.1.3.4.5'],
    'a single number': ['999999999999999999999999999991 < 999999999999999999999999999999'],
  },
});
