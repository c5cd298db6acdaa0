import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { evidence } from '#test/evidence.ts';
import { preAuthenticationEncoding, readDsse } from './dsse.ts';

evidence('trust/dsse envelopes', 'published', 'the example of DSSE protocol.md');

const GOOD = {
  payload: 'aGVsbG8gd29ybGQ=',
  payloadType: 'http://example.com/HelloWorld',
  signatures: [
    {
      keyid: '66301bbf',
      sig: 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
    },
  ],
};

describe('DSSE', () => {
  test('the pre-authentication encoding of the example', () => {
    const { payloadType, payload, signatures } = readDsse(GOOD, 'sample');
    assert.equal(
      Buffer.from(preAuthenticationEncoding(payloadType, payload)).toString(),
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    assert.equal(signatures[0]?.keyid, '66301bbf');
    assert.equal(signatures[0]?.sig.length, 64);
  });

  test('lengths are of bytes, not of characters', () => {
    assert.equal(Buffer.from(preAuthenticationEncoding('é', Buffer.from('ü'))).toString(), 'DSSEv1 2 é 2 ü');
  });

  test('no two pairs of type and payload have one encoding', () => {
    const pair = fc.tuple(
      fc.string({ unit: fc.constantFrom(' ', '1', 'a') }),
      fc.string({ unit: fc.constantFrom(' ', '1', 'a') }),
    );
    const encode = ([type, body]: readonly [string, string]): string =>
      Buffer.from(preAuthenticationEncoding(type, Buffer.from(body))).toString();
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        assert.equal(encode(a) === encode(b), a[0] === b[0] && a[1] === b[1]);
      }),
    );
  });

  test('a keyid is optional, members that are not known are passed over', () => {
    const envelope = readDsse({ ...GOOD, more: 1, signatures: [{ sig: 'YQ==', cert: 'x' }] }, 'sample');
    assert.deepEqual(envelope.signatures, [{ keyid: null, sig: Buffer.from('a') }]);
  });

  const refused: readonly (readonly [string, unknown, string])[] = [
    ['no object', null, 'ENVELOPE_INVALID'],
    ['a list', [GOOD], 'ENVELOPE_INVALID'],
    ['no payload', { ...GOOD, payload: undefined }, 'ENVELOPE_INVALID'],
    ['an empty payload', { ...GOOD, payload: '' }, 'ENVELOPE_INVALID'],
    ['a payload in the URL alphabet', { ...GOOD, payload: '-_-_' }, 'BASE64_INVALID'],
    ['a payload with bits left over', { ...GOOD, payload: 'YR==' }, 'BASE64_INVALID'],
    ['a payload with stray characters', { ...GOOD, payload: 'YQ==!!x' }, 'BASE64_INVALID'],
    ['no type', { ...GOOD, payloadType: '' }, 'ENVELOPE_INVALID'],
    ['a type that is a number', { ...GOOD, payloadType: 1 }, 'ENVELOPE_INVALID'],
    ['no signatures', { ...GOOD, signatures: [] }, 'ENVELOPE_INVALID'],
    ['signatures that are none', { ...GOOD, signatures: ['YQ=='] }, 'ENVELOPE_INVALID'],
    ['an empty signature', { ...GOOD, signatures: [{ sig: '' }] }, 'ENVELOPE_INVALID'],
    ['a keyid that is a number', { ...GOOD, signatures: [{ keyid: 5, sig: 'YQ==' }] }, 'ENVELOPE_INVALID'],
    [
      'too many signatures',
      { ...GOOD, signatures: Array.from({ length: 17 }, () => ({ sig: 'YQ==' })) },
      'LIMIT_EXCEEDED',
    ],
    ['other spellings of names', { PayloadType: 'x', Payload: 'YQ==', Signatures: [] }, 'ENVELOPE_INVALID'],
  ];
  for (const [name, json, code] of refused) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => readDsse(json, 'sample'),
        (error) => isAppError(error) && error.code === code && error.message.includes('sample'),
      );
    });
  }

  test('a member twice is refused before', () => {
    assert.throws(
      () => parseStrictJson('{"payload":"YQ==","payload":"Yg=="}', 'sample'),
      (error) => isAppError(error) && error.code === 'JSON_DUPLICATE_KEY',
    );
  });

  test('any JSON is an envelope or an error of ours', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          readDsse(json, 'sample');
        } catch (error) {
          assert.ok(isAppError(error));
        }
      }),
    );
  });
});
