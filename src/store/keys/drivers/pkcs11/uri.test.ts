import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { isPkcs11Uri, parsePkcs11Uri } from './uri.ts';

evidence('trust/keys-pkcs11-uris', 'published', 'the examples of RFC 7512, section 3');

/** RFC 7512, section 3, without the line breaks that it has for its own margins. */
const EXAMPLES: readonly (readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>])[] = [
  ['pkcs11:', {}, {}],
  ['pkcs11:object=my-pubkey;type=public', { object: 'my-pubkey', type: 'public' }, {}],
  [
    'pkcs11:object=my-key;type=private?pin-source=file:/etc/token',
    { object: 'my-key', type: 'private' },
    { 'pin-source': 'file:/etc/token' },
  ],
  [
    'pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin',
    {
      token: 'The Software PKCS#11 Softtoken',
      manufacturer: 'Snake Oil, Inc.',
      model: '1.0',
      object: 'my-certificate',
      type: 'cert',
      id: 'i\u0095>\\ô½ì\u0091',
      serial: '',
    },
    { 'pin-source': 'file:/etc/token_pin' },
  ],
  [
    'pkcs11:object=my-sign-key;type=private?module-name=mypkcs11',
    { object: 'my-sign-key', type: 'private' },
    { 'module-name': 'mypkcs11' },
  ],
  [
    'pkcs11:object=my-sign-key;type=private?module-path=/mnt/libmypkcs11.so.1',
    { object: 'my-sign-key', type: 'private' },
    { 'module-path': '/mnt/libmypkcs11.so.1' },
  ],
  [
    'pkcs11:token=Software%20PKCS%2311%20softtoken;manufacturer=Snake%20Oil,%20Inc.?pin-value=the-pin',
    { token: 'Software PKCS#11 softtoken', manufacturer: 'Snake Oil, Inc.' },
    { 'pin-value': 'the-pin' },
  ],
  ['pkcs11:slot-description=Sun%20Metaslot', { 'slot-description': 'Sun Metaslot' }, {}],
  [
    'pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token%20Library;library-version=1.23',
    {
      'library-manufacturer': 'Snake Oil, Inc.',
      'library-description': 'Soft Token Library',
      'library-version': '1.23',
    },
    {},
  ],
  [
    'pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;id=%01%02%03%Ba%dd%Ca%fe%04%05%06',
    {
      token: 'My token% created by Joe',
      'library-version': '3',
      id: '\u0001\u0002\u0003ºÝÊþ\u0004\u0005\u0006',
    },
    {},
  ],
  ['pkcs11:object=a?x-vendor=1&pin-value=2', { object: 'a' }, { 'pin-value': '2' }],
];

function textOf(attributes: ReadonlyMap<string, Buffer>): Record<string, string> {
  return Object.fromEntries([...attributes].map(([name, value]) => [name, value.toString('latin1')]));
}

describe('a PKCS #11 URI', () => {
  for (const [text, path, query] of EXAMPLES) {
    it(`is read: ${text.slice(0, 60)}`, () => {
      const uri = parsePkcs11Uri(text);
      assert.deepEqual([textOf(uri.pathAttributes), textOf(uri.queryAttributes)], [path, query]);
      assert.equal(uri.path, text.split('?')[0]);
    });
  }

  for (const [text, found] of [
    ['pkcs11:object=a;object=b', 'object twice'],
    ['pkcs11:object=a;object=a', 'object twice'],
    ['pkcs11:object=a?pin-value=1&pin-value=1', 'pin-value twice'],
    ['pkcs11:pin-value=1234', '"pin-value"'],
    ['pkcs11:x-vendor=1;object=a', '"x-vendor"'],
    ['pkcs11:Object=a', '"Object"'],
    ['pkcs11:object', 'something else'],
    ['pkcs11:=a', 'something else'],
    ['pkcs11:object=a;', 'something else'],
    ['pkcs11:;object=a', 'something else'],
    ['pkcs11:object=a%2', 'something else'],
    ['pkcs11:object=a%2g', 'something else'],
    ['pkcs11:object=a%', 'something else'],
    ['pkcs11:object=a/b', 'something else'],
    ['pkcs11:object=a b', 'something else'],
    ['pkcs11:object=é', 'something else'],
    ['pkcs11:object=a#b', 'something else'],
    ['pkcs11:object=a\n', 'something else'],
    ['pkcs11:object=a?pin-value=1;module-path=/a', 'something else'],
    ['pkcs11:object=a?pin-value', 'something else'],
    ['pkcs11:object=a?pin-value=%zz', 'something else'],
    ['pkcs11://token=a', 'something else'],
    [`pkcs11:object=${'a'.repeat(9000)}`, '9014 characters'],
    ['pkcs1:object=a', '14 characters'],
  ] as const) {
    it(`is refused: ${text.slice(0, 40)}`, () => {
      assert.throws(() => parsePkcs11Uri(text), { code: 'KEY_REFERENCE_INVALID', found });
    });
  }

  it('is known by its scheme alone, in whatever case', () => {
    assert.deepEqual(['pkcs11:', 'PKCS11:object=a', 'pkcs11', 'pkcs11:object=%', 'x-pkcs11:'].map(isPkcs11Uri), [
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it('gives back whatever bytes were percent-encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (id, pin) => {
        const encode = (bytes: Uint8Array): string =>
          [...bytes].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('');
        const uri = parsePkcs11Uri(
          `pkcs11:id=${encode(id)};object=${encodeURIComponent('ü;?&=')}?pin-value=${encode(pin)}`,
        );
        assert.deepEqual(uri.pathAttributes.get('id'), Buffer.from(id));
        assert.deepEqual(uri.pathAttributes.get('object')?.toString('utf8'), 'ü;?&=');
        assert.deepEqual(uri.queryAttributes.get('pin-value'), Buffer.from(pin));
      }),
    );
  });

  it('is read or refused, and never says what is in its query', () => {
    const alphabet = [
      'p',
      'k',
      '1',
      ':',
      'o',
      '=',
      ';',
      '?',
      '&',
      '%',
      '/',
      '#',
      'object=',
      'token=',
      'pin-value=',
      'pin-source=',
      ';id=%0',
      '\u0000',
      'ä',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 30 }), (parts) => {
        try {
          const uri = parsePkcs11Uri(`pkcs11:object=a${parts.join('')}?pin-value=PLANTED${parts.join('')}`);
          assert.doesNotMatch(uri.path, /PLANTED|\?/);
        } catch (error) {
          assert.ok(isAppError(error) && error.code === 'KEY_REFERENCE_INVALID');
          assert.doesNotMatch(error.message, /PLANTED/);
        }
      }),
    );
  });
});
