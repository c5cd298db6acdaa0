import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { versionSchemeContract, versionVectors } from '../contract.ts';
import { hackage } from './index.ts';

evidence('versions/hackage', 'published', 'version-order file of osv-scalibr');

const numeral = fc.constantFrom('0', '1', '01', '2', '9', '10', '9007199254740992', '9007199254740993');
const arbitrary = fc.array(numeral, { minLength: 1, maxLength: 5 }).map((numbers) => numbers.join('.'));

versionSchemeContract(hackage, {
  arbitrary,
  ascending: [
    '0',
    '0.0',
    '0.1.26.0',
    '0.9',
    '0.11.3.0',
    '1',
    '1.0',
    '1.0.0',
    '1.0.0.0',
    '1.0.1.0',
    '1.9',
    '1.10',
    '20240101',
    '9007199254740992',
    '9007199254740993',
  ],
  invalid: ['', '.', '1.', '.1', '1..2', '1-2', '1.0-beta', 'v1.0', '1.0a', '1.0 ', '1.\u0663'],
});

versionVectors(hackage, { file: 'hackage-versions.txt', minimum: 11, errors: {} });
