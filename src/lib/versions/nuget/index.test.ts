import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { versionSchemeContract, versionVectors } from '../contract.ts';
import { nuget } from './index.ts';

evidence('versions/nuget', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '1', '01', '2', '10', '9007199254740993', '9007199254740992');
const identifier = fc.oneof(numeral, fc.constantFrom('a', 'A', 'beta', 'BETA', 'rc1', '-', '0a', 'x-1', '001'));
const dotted = (part: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(part, { minLength: 1, maxLength }).map((parts) => parts.join('.'));
const arbitrary = fc
  .tuple(
    dotted(numeral, 4),
    fc.oneof(
      fc.constant(''),
      dotted(identifier, 3).map((prerelease) => `-${prerelease}`),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      dotted(identifier, 2).map((metadata) => `+${metadata}`),
    ),
  )
  .map((parts) => parts.join(''));

versionSchemeContract(nuget, {
  arbitrary,
  ascending: [
    '0.0.0-0',
    '0',
    '0.9.9.1',
    '1.0-0',
    '1.0.0-9',
    '1-10',
    '1.0.0-ALPHA',
    '1.0.0-alpha.1',
    '1.0.0-beta',
    '1.0.0-BETA.2',
    '1.0.0-beta.11',
    '1.0.0-beta2',
    '1.0.0-rc.1+Build',
    '1.0',
    '1.0.0.1-Alpha',
    '1.0.0.1-pre',
    '1.0.0.1',
    '1.0.01',
    '1.9',
    '1.10.0',
    '9007199254740992.0',
    '9007199254740993',
  ],
  invalid: [
    '',
    '.1',
    '1.',
    '1..2',
    '1.2.3.4.5',
    'v1.0.0',
    '1.0.*',
    '[1.0.0]',
    '1.0-',
    '1.0+',
    '1.0-a..b',
    '1.0-a_b',
    '1.0+a+b',
    ' 1.0',
    '-1.0',
    '1.\u0663',
    'latest',
  ],
});

versionVectors(nuget, { file: 'nuget-versions.txt', minimum: 35, errors: {} });
