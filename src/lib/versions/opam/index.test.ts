import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { versionSchemeContract, versionVectors } from '../contract.ts';
import { opam } from './index.ts';

evidence('versions/opam', 'published', 'version-order file of osv-scalibr for Debian, whose order it is');

const piece = fc.constantFrom('0', '1', '01', '10', '9007199254740993', 'a', 'b', 'v', '~', '.', '_', '+', '-', 'rc');
const arbitrary = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));

versionSchemeContract(opam, {
  arbitrary,
  ascending: [
    '~~',
    '~',
    '0.1~beta',
    '0.1',
    '0.1-0a',
    '0.1-1',
    '0.1.0',
    '0.9',
    '0.10',
    '1.0~alpha1',
    '1.0~rc1',
    '1.0',
    '1.0a',
    '1.0+1',
    '1.0.1',
    '9007199254740992',
    '9007199254740993',
    'v0.9',
    'v0.16.1',
    'v0.16.1-2',
  ],
  invalid: ['', ' ', '1:1.0', '1.0 ', '1/2', '1.0\u0000', '1.\u0663', '>=1'],
});

versionVectors(opam, {
  file: 'debian-versions.txt',
  minimum: 16,
  errors: {
    'an epoch': [
      '0.0.0 = 0:0.0.0',
      '0.0.0-0 < 0:0.0.0-1',
      '0.0.0-0 < 0:0.0.0-a',
      '0.0.0-0 < 0:0.0.1',
      '0.0.0-0 = 0:0.0.0',
      '0.0.0-a = 0:0.0.0-a',
      '0:0.0.0 < 0.0.1-0',
      '0:0.0.0-0 < 0.0.0-a',
      '0:0.0.0-1 < 0.0.0-a',
      '0:0.0.0-foo = 0.0.0-foo',
      '1:0.0.0 = 1:0.0.0',
      '2:0.0.0-1 = 2:0.0.0-1',
      '2:0.0.44-1 < 2:0.0.44-nobin',
      '2:0.0.44-1 = 2:0.0.44-1',
    ],
  },
});
