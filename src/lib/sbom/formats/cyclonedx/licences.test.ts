import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLicenceChoice } from './licences.ts';

describe('the licences of a component', () => {
  const cases: readonly (readonly [what: string, licences: readonly string[], expected: unknown])[] = [
    ['none', ['', ' '], []],
    ['an identifier', ['MIT'], [{ license: { id: 'MIT' } }]],
    ['an expression', ['MIT OR Apache-2.0'], [{ expression: 'MIT OR Apache-2.0' }]],
    ['free text', ['BSD'], [{ license: { name: 'BSD' } }]],
    ['the same twice', ['MIT', 'MIT'], [{ license: { id: 'MIT' } }]],
    [
      'an expression beside an identifier, which 1.6 cannot mix',
      ['MIT OR Apache-2.0', 'MIT'],
      [{ license: { name: 'MIT OR Apache-2.0' } }, { license: { id: 'MIT' } }],
    ],
  ];
  for (const [what, licences, expected] of cases) {
    it(`with ${what}`, () => {
      assert.deepEqual(toLicenceChoice(licences, '1.6'), expected);
    });
  }

  it('with an expression beside an identifier, which 1.7 can mix', () => {
    assert.deepEqual(toLicenceChoice(['MIT OR Apache-2.0', 'MIT', 'BSD'], '1.7'), [
      { expression: 'MIT OR Apache-2.0' },
      { license: { id: 'MIT' } },
      { license: { name: 'BSD' } },
    ]);
  });
});
