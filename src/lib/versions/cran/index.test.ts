import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { versionSchemeContract, versionVectors } from '../contract.ts';
import { cran } from './index.ts';

evidence('versions/cran', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '1', '01', '2', '9', '10', '75', '9007199254740992', '9007199254740993');
const arbitrary = fc
  .tuple(numeral, fc.array(fc.tuple(fc.constantFrom('.', '-'), numeral), { maxLength: 4 }))
  .map(([first, rest]) => first + rest.map((part) => part.join('')).join(''));

versionSchemeContract(cran, {
  arbitrary,
  ascending: [
    '0',
    '0-0',
    '0.0.1',
    '0.1-0',
    '0.1.0.0',
    '0.1-2',
    '0.1.18',
    '0.9',
    '0.75',
    '1.0',
    '1.0-1',
    '1.0.2',
    '1.0.2-0',
    '1.9',
    '1.10',
    '20240101',
    '9007199254740992',
    '9007199254740993',
  ],
  invalid: ['', '.', '1.', '-1', '1..2', '1.-2', '1_2', 'v1.0', '1.0a', '1.0 ', '1.0\n', '1.\u0663'],
});

versionVectors(cran, { file: 'cran-versions.txt', minimum: 21, errors: {} });
