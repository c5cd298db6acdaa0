import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { der, oid, sequence } from '#test/fixtures/hostile-certificates.ts';
import { parseDer } from '../encoding/der.ts';
import { identityMatches, parseIdentity } from './identity.ts';
import { type Name, nameOf } from './name.ts';

const IDS: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
};

function nameWith(...parts: readonly (readonly [type: string, value: string])[]): Name {
  const sets = parts.map(([type, value]) => der(0x31, sequence(oid(IDS[type] ?? type), der(0x0c, Buffer.from(value)))));
  return nameOf(parseDer(sequence(...sets), 'sample'));
}

describe('a name', () => {
  const cases: readonly (readonly [name: Name, text: string])[] = [
    [nameWith(['C', 'US'], ['O', 'Notary'], ['CN', 'leaf']), 'CN=leaf,O=Notary,C=US'],
    [nameWith(['O', 'DigiCert, Inc.']), 'O=DigiCert\\, Inc.'],
    [nameWith(['O', ' #1 "x" + <y>; \\ ']), 'O=\\ #1 \\"x\\" \\+ \\<y\\>\\; \\\\\\ '],
    [nameWith(['CN', '#x']), 'CN=\\#x'],
    [nameWith(['CN', 'a\nb\0']), 'CN=a\\0ab\\00'],
    [nameWith(['CN', ' ']), 'CN=\\ '],
    [nameWith(['1.2.3', 'x']), '1.2.3=#0c0178'],
    [nameWith(), ''],
  ];
  for (const [name, text] of cases) {
    it(`is printed as ${JSON.stringify(text)}`, () => assert.equal(name.text, text));
  }
});

describe('an identity', () => {
  const accepted: readonly (readonly [text: string, ...values: readonly (readonly [string, string])[]])[] = [
    ['C=US, ST=WA, O=Notary', ['C', 'US'], ['ST', 'WA'], ['O', 'Notary']],
    ['C=US,S=WA,O=Notary', ['C', 'US'], ['ST', 'WA'], ['O', 'Notary']],
    [' O = Acme\\, Inc. ,ST=WA,C=US', ['O', 'Acme, Inc.'], ['ST', 'WA'], ['C', 'US']],
    ['C=US,ST=WA,O=\\ x\\ ', ['C', 'US'], ['ST', 'WA'], ['O', ' x ']],
    ['C=US,ST=WA,O=caf\\c3\\a9 \\2b', ['C', 'US'], ['ST', 'WA'], ['O', 'café +']],
    ['C=US,ST=WA,O=a=b', ['C', 'US'], ['ST', 'WA'], ['O', 'a=b']],
  ];
  for (const [text, ...values] of accepted) {
    it(`is read from ${text}`, () => assert.deepEqual(parseIdentity(text, 'policy'), new Map(values)));
  }

  const refused: readonly string[] = [
    '',
    '*',
    'C=US',
    'C=US,ST=WA',
    'C=US,ST=WA,O=',
    'C=US,ST=WA,O=  ',
    'C=US,ST=WA,O=x,',
    'C=US,ST=WA,O=x,O=y',
    'C=US,ST=WA,S=WA,O=x',
    'C=US,ST=WA,O=x+OU=y',
    'C=US,ST=WA,O="x"',
    'C=US,ST=WA,O=x;CN=y',
    'C=US,ST=WA,O=#0401',
    'C=US,ST=WA,O=\\zz',
    'C=US,ST=WA,O=\\ff',
    'C=US,ST=WA,O=x\\',
    'C=US,ST=WA,O=x,__proto__=y',
    'c=US,ST=WA,O=x',
    `C=US,ST=WA,O=${'x'.repeat(5000)}`,
  ];
  for (const text of refused) {
    it(`is not read from ${text.slice(0, 40)}`, () => {
      assert.throws(() => parseIdentity(text, 'policy'), { code: 'IDENTITY_INVALID' });
    });
  }

  it('is read again from how a name is printed', () => {
    const value = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
    fc.assert(
      fc.property(value, value, value, (country, state, organisation) => {
        const name = nameWith(['C', country], ['ST', state], ['O', organisation]);
        const identity = parseIdentity(name.text, 'policy');
        assert.equal(identity.get('O'), organisation);
        assert.ok(identityMatches(identity, name));
      }),
    );
  });

  it('throws nothing but its own errors', () => {
    fc.assert(
      fc.property(
        fc.string({
          maxLength: 100,
          unit: fc.constantFrom('C', 'S', 'T', 'O', 'U', '=', ',', '+', '\\', ' ', '"', '#', 'é'),
        }),
        (text) => {
          try {
            parseIdentity(text, 'policy');
          } catch (error) {
            assert.ok(isAppError(error));
          }
        },
      ),
    );
  });

  const identity = parseIdentity('C=US,ST=WA,O=Notary', 'policy');
  const names: readonly (readonly [what: string, matches: boolean, name: Name])[] = [
    ['the same attributes', true, nameWith(['C', 'US'], ['ST', 'WA'], ['O', 'Notary'])],
    ['further ones', true, nameWith(['CN', 'leaf'], ['O', 'Notary'], ['ST', 'WA'], ['C', 'US'])],
    ['one missing', false, nameWith(['C', 'US'], ['O', 'Notary'])],
    ['another value', false, nameWith(['C', 'US'], ['ST', 'WA'], ['O', 'Notary2'])],
    ['another case', false, nameWith(['C', 'US'], ['ST', 'WA'], ['O', 'notary'])],
    ['one twice', false, nameWith(['C', 'US'], ['ST', 'WA'], ['O', 'Notary'], ['O', 'Evil'])],
    ['the value in another attribute', false, nameWith(['C', 'US'], ['ST', 'WA'], ['OU', 'Notary'])],
    ['all in one value', false, nameWith(['CN', 'x,C=US,ST=WA,O=Notary'])],
    ['none', false, nameWith()],
  ];
  for (const [what, matches, name] of names) {
    it(`${matches ? 'matches' : 'does not match'} a name with ${what}`, () => {
      assert.equal(identityMatches(identity, name), matches);
    });
  }

  it('that is empty matches nothing', () => assert.equal(identityMatches(new Map(), nameWith(['C', 'US'])), false));
});
