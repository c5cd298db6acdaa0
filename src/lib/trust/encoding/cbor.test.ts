import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { type CborKey, type CborMap, CborTag, type CborValue, decodeCbor, describeCbor, encodeCbor } from './cbor.ts';

evidence('trust/encoding-cbor', 'published', 'examples and malformed inputs of RFC 8949, appendices A and F');

/** Appendix A, as far as COSE headers use it. */
const EXAMPLES: readonly (readonly [string, CborValue])[] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1819', 25],
  ['1864', 100],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['1bffffffffffffffff', 18446744073709551615n],
  ['3bffffffffffffffff', -18446744073709551616n],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1000],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['c11a514b67b0', new CborTag(1, 1363896240)],
  ['d74401020304', new CborTag(23, Buffer.from('01020304', 'hex'))],
  ['d818456449455446', new CborTag(24, Buffer.from('6449455446', 'hex'))],
  ['40', Buffer.alloc(0)],
  ['4401020304', Buffer.from('01020304', 'hex')],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['62c3bc', 'ü'],
  ['63e6b0b4', '水'],
  ['64f0908591', '𐅑'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['a0', new Map()],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a26161016162820203',
    new Map<string, CborValue>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
  ['826161a161626163', ['a', new Map([['b', 'c']])]],
];

/** Appendix F (not well-formed), forms that a strict reader refuses, and forms that COSE headers do not need. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', '', /another octet/],
  ['a second value', '0000', /1 more octets/],
  ['a head cut off', '18', /the 0 octets that follow/],
  ['a long head cut off', '1b01020304050607', /the 7 octets that follow/],
  ['a byte string cut off', '41', /the 0 octets/],
  ['a byte string of 2^64-1', '5bffffffffffffffff010203', /18446744073709551615/],
  ['a text cut off', '65616161', /the 3 octets/],
  ['an array cut off', '8301', /the 1 octets/],
  ['an array of 2^63', '9b8000000000000000', /9223372036854775808/],
  ['a map cut off', 'a1', /the 0 octets/],
  ['a map without its last value', 'a100', /another octet/],
  ['a tag without a value', 'c0', /another octet/],
  ['reserved information 28', '1c', /additional information 28/],
  ['reserved information in a map', 'be', /additional information 30/],
  ['an indefinite byte string', '5f4100ff', /definite length/],
  ['an indefinite text', '7f6100ff', /definite length/],
  ['an indefinite array', '9f0102ff', /definite length/],
  ['an indefinite map', 'bf0102ff', /definite length/],
  ['a break', 'ff', /simple value/],
  ['23 in two octets', '1817', /shortest form/],
  ['255 in three octets', '1900ff', /shortest form/],
  ['65535 in five octets', '1a0000ffff', /shortest form/],
  ['2^32-1 in nine octets', '1b00000000ffffffff', /shortest form/],
  ['a length in a longer form', '580101', /shortest form/],
  ['a tag in a longer form', 'd81200', /shortest form/],
  ['undefined', 'f7', /simple value/],
  ['a simple value', 'f0', /simple value/],
  ['a half float', 'f93c00', /simple value/],
  ['a double', 'fb3ff199999999999a', /simple value/],
  ['the same integer key twice', 'a201020103', /every map key once/],
  ['the same text key twice', 'a2616101616102', /every map key once/],
  ['a byte string as a key', 'a1410001', /as a map key/],
  ['an array as a key', 'a18001', /as a map key/],
  ['a text that is not UTF-8', '61ff', /UTF-8/],
  ['a surrogate in a text', '63eda080', /UTF-8/],
  ['arrays 17 deep', `${'81'.repeat(17)}00`, /at most 16 levels/],
  ['tags 17 deep', `${'c1'.repeat(17)}00`, /at most 16 levels/],
  ['arrays a million deep', '81'.repeat(1_000_000), /at most 16 levels/],
];

describe('CBOR', () => {
  for (const [hex, value] of EXAMPLES) {
    test(`reads ${hex}`, () => {
      assert.deepEqual(plain(decodeCbor(Buffer.from(hex, 'hex'), 'example')), plain(value));
    });
  }

  for (const [hex, value] of EXAMPLES) {
    test(`writes ${hex}`, () => {
      assert.equal(Buffer.from(encodeCbor(value)).toString('hex'), hex);
    });
  }

  test('members of a map are written in the order of their encoded keys', () => {
    const map = new Map<CborKey, CborValue>([
      ['aa', 1],
      [100, 2],
      ['b', 3],
      [-1, 4],
      [10, 5],
    ]);
    assert.equal(Buffer.from(encodeCbor(map)).toString('hex'), 'a50a051864022004616203626161' + '01');
  });

  for (const [what, hex, reason] of REFUSED) {
    test(`refuses ${what}`, () => {
      assert.throws(() => decodeCbor(Buffer.from(hex, 'hex'), 'example'), { code: 'CBOR_INVALID', message: reason });
    });
  }

  test('arrays 16 deep are read', () => {
    decodeCbor(Buffer.from(`${'81'.repeat(16)}00`, 'hex'), 'example');
  });

  test('a key of Object.prototype is a key like any other', () => {
    const map = decodeCbor(Buffer.from('a1695f5f70726f746f5f5f01', 'hex'), 'example');
    assert.ok(map instanceof Map && map.get('__proto__') === 1 && !map.has('toString'));
  });

  test('what is encoded is read again, and only in one form', () => {
    const key = fc.oneof(
      fc.integer(),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
      fc.string({ maxLength: 300 }),
    );
    const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', maxDepth: 5 },
        key,
        fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
        fc.constantFrom(true, false, null),
        fc.uint8Array({ maxLength: 70_000 }),
        fc.array(tie('value'), { maxLength: 30 }),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 30 }).map((members) => new Map(members)),
        tie('value').map((inner) => new CborTag(24, inner)),
      ),
    }));
    fc.assert(
      fc.property(value, (written) => {
        const bytes = encodeCbor(written);
        const read = decodeCbor(bytes, 'example');
        assert.equal(Buffer.compare(encodeCbor(read), bytes), 0);
        if (!(written instanceof Map)) {
          assert.equal(describeCbor(read), describeCbor(written));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('bytes of any kind are read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => onlyAppErrors(() => decodeCbor(bytes, 'example'))),
      { numRuns: 2000 },
    );
  });

  test('a real envelope with one octet changed is read or refused', { skip: missing('shared-data') }, () => {
    const envelope = readFileSync(data('spec/notation/envelopes/cose/cose_signature.sig'));
    fc.assert(
      fc.property(fc.nat(envelope.length - 1), fc.nat(255), (at, octet) => {
        const changed = Buffer.from(envelope);
        changed[at] = octet;
        onlyAppErrors(() => decodeCbor(changed, 'example'));
      }),
      { numRuns: 500 },
    );
  });
});

function onlyAppErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    assert.ok(isAppError(error), String(error));
  }
}

/** Bytes as hex, so that views and copies are the same. */
function plain(value: CborValue): unknown {
  if (value instanceof Uint8Array) {
    return `h'${Buffer.from(value).toString('hex')}'`;
  }
  if (value instanceof CborTag) {
    return { tag: value.number, value: plain(value.value) };
  }
  if (value instanceof Map) {
    return [...(value as CborMap)].map(([key, member]) => [key, plain(member)]);
  }
  return isList(value) ? value.map(plain) : value;
}

function isList(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}
