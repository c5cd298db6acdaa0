import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { orderOf, versionSchemeContract } from '../contract.ts';
import { generic } from './index.ts';

evidence(
  'versions/generic',
  'published',
  'releases of OpenSSL, OpenSSH, ImageMagick, Python, sudo and Node.js in the order they came out',
);

const number = fc.constantFrom('0', '1', '01', '2', '10', '9007199254740993');
const word = fc.constantFrom(
  'a1',
  'alpha',
  'beta2',
  '-rc.1',
  'RC1',
  '.rc1',
  '-rc-2',
  'p1',
  '-p2',
  'patch1',
  '-15',
  '-*',
  'u292',
);
const letter = fc.constantFrom('', '', 'k', 'L', 'za', 'zh');
const arbitrary = fc
  .tuple(fc.array(number, { minLength: 1, maxLength: 4 }), letter, fc.array(word, { maxLength: 2 }))
  .map(
    ([numbers, of, words]) =>
      `${numbers.join('.')}${words.join('').startsWith('-') || words.length === 0 ? of : ''}${words.join('')}`,
  )
  .filter((text) => generic.isValid(text));

versionSchemeContract(generic, {
  arbitrary,
  ascending: [
    '0.9.8zh',
    '1.0.0-dev',
    '1.0.0-alpha1',
    '1.0.0-alpha.2',
    '1.0.0-beta1',
    '1.0.0m1',
    '1.0.0pre1',
    '1.0.0-rc1',
    '1.0.0-rc.2',
    '1.0.0',
    '1.0.0p1',
    '1.0.0-patch2',
    '1.0.0-*',
    '1.0.0-1',
    '1.0.0-15',
    '1.0.0a',
    '1.0.0k-rc1',
    '1.0.0k',
    '1.0.0k-p1',
    '1.0.0k-*',
    '1.0.0l',
    '1.0.0z',
    '1.0.0za',
    '1.0.0zh',
    '1.0.1',
    '1.9.5',
    '1.9.5p2',
    '1.10',
    '8u292',
    '9007199254740992.0',
    '9007199254740993.0',
  ],
  invalid: [
    '',
    ' ',
    'v',
    '1.',
    '1..2',
    '.1',
    '1.0.2k-fips',
    '12.1.0+security-01',
    '1.0-final',
    '1.0-k',
    '1.0zz1',
    '1.0ab',
    '1.0-',
    '1.0-*-1',
    '1.0*',
    '1.0 ',
    '1:1.0',
    '1.\u0663',
    '1.0\u0000',
    'rc1',
  ],
});

it('generic: ways to write the same version', () => {
  for (const [a, b] of [
    ['1.0', '1'],
    ['1.20', 'v1.20.0'],
    ['3.13.0a1', '3.13.0-alpha1'],
    ['1.0rc1', '1.0-RC.1'],
    ['1.0~rc1', '1.0_rc-1'],
    ['9.2p1', '9.2-patch1'],
    ['1.1.1K', '1.1.1k'],
  ] as const) {
    assert.equal(orderOf(generic, a, b), 0, `${a} and ${b}`);
  }
});
