import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeclaredLicences } from './declared-licences.ts';

describe('declared licences', () => {
  const cases: readonly (readonly [what: string, licences: readonly string[], expression: string | null])[] = [
    ['none', [' ', ''], null],
    ['an identifier', ['MIT'], 'MIT'],
    ['an expression', ['MIT OR Apache-2.0'], 'MIT OR Apache-2.0'],
    ['two', ['MIT', 'MIT OR Apache-2.0', 'MIT'], 'MIT AND (MIT OR Apache-2.0)'],
    ['a name that is not on the list', ['BSD'], 'LicenseRef-BSD'],
    ['the words for no licence', ['NONE', 'NOASSERTION'], 'LicenseRef-NONE AND LicenseRef-NOASSERTION'],
    ['a reference of its own', ['LicenseRef-Acme AND MIT'], 'LicenseRef-Acme AND MIT'],
  ];
  for (const [what, licences, expression] of cases) {
    it(`with ${what}`, () => {
      assert.equal(new DeclaredLicences().declare(licences), expression);
    });
  }

  it('keeps texts that are no names apart, and in full', () => {
    const declared = new DeclaredLicences();
    const texts = ['BSD 3', 'BSD+3', 'BSD-3', '名', `${'x'.repeat(3000)} y`];
    const ids = texts.map((text) => declared.declare([text]));
    assert.equal(new Set(ids).size, texts.length);
    assert.deepEqual(
      declared.extracted(),
      texts.map((text, at) => ({ id: ids[at], text })),
    );
    assert.match(ids[0] ?? '', /^LicenseRef-BSD-3-[0-9a-f]{16}$/);
  });

  it('lets no package give another meaning to a name that stands for a text', () => {
    const declared = new DeclaredLicences();
    const name = declared.declare(['See LICENSE']) ?? '';
    assert.equal(declared.declare([name]), name);
    assert.notEqual(declared.declare([name.slice('LicenseRef-'.length)]), name);
    assert.deepEqual(declared.extracted()[0], { id: name, text: 'See LICENSE' });
  });
});
