import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { decodeBase64, decodeBase64Url } from './base64.ts';
import { parseDer } from './der.ts';
import { bitStringOf, booleanOf, integerOf, oidOf, textOf, timeOf } from './der-values.ts';
import { parsePem, parsePemBlocks } from './pem.ts';

describe('base64 is read strictly', () => {
  const refused = ['YQ==!!x', 'YQ=', 'YQ', 'YQ ==', 'YQ==\n', 'YR==', '-_8=', 'Y===', '=', 'ＹＱ==', '\uFEFFYQ=='];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => decodeBase64(text, 'value'), { code: 'BASE64_INVALID', object: 'value' });
    });
  }
  it('reads back what was written, in both alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        assert.deepEqual(decodeBase64(buffer.toString('base64'), 'value'), buffer);
        assert.deepEqual(decodeBase64Url(buffer.toString('base64url'), 'value'), buffer);
      }),
    );
  });
  it('has one text for each sequence of bytes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        try {
          assert.equal(decodeBase64(text, 'value').toString('base64'), text);
        } catch (error) {
          assert.ok(isAppError(error));
        }
      }),
    );
  });
});

describe('PEM', () => {
  const block = (label: string): string => `-----BEGIN ${label}-----\nAQID\n-----END ${label}-----\n`;
  it('may have other text between its blocks', () => {
    const blocks = parsePem(
      `subject=CN\r\n${block('CERTIFICATE').replaceAll('\n', '\r\n')}\n${block('PUBLIC KEY')}`,
      'file',
    );
    assert.deepEqual(
      blocks.map(({ label, der }) => [label, der.toString('hex')]),
      [
        ['CERTIFICATE', '010203'],
        ['PUBLIC KEY', '010203'],
      ],
    );
  });
  const refused: Readonly<Record<string, string>> = {
    nothing: '',
    'text alone': 'AQID',
    'a block without an end': '-----BEGIN A-----\nAQID\n',
    'a block inside another': `-----BEGIN A-----\n${block('B')}`,
    'another end': '-----BEGIN A-----\nAQID\n-----END B-----\n',
    'an end alone': '-----END A-----\n',
    'no label': '-----BEGIN -----\nAQID\n-----END -----\n',
    'headers inside': '-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END A-----\n',
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parsePem(text, 'file'), { object: 'file' });
    });
  }
  it('of another label is refused', () => {
    assert.throws(() => parsePemBlocks(block('PRIVATE KEY'), 'PUBLIC KEY', 'file'), { code: 'PEM_INVALID' });
  });
});

describe('DER', () => {
  const refused: readonly (readonly [what: string, hex: string])[] = [
    ['nothing', ''],
    ['an identifier alone', '30'],
    ['two values', '05000500'],
    ['an indefinite length', '30800000'],
    ['a length that is not the shortest', '3081050500050005'],
    ['a length with a leading zero', '3082000105'],
    ['a length past the end', '300205'],
    ['a length of five octets', '30850000000001'],
    ['a tag number above 30', '1f1f00'],
  ];
  for (const [what, hex] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseDer(Buffer.from(hex, 'hex'), 'value'), { code: 'DER_INVALID', object: 'value' });
    });
  }
  it('refuses values nested without end', () => {
    let bytes = Buffer.alloc(0);
    for (let level = 0; level < 100; level += 1) {
      const length =
        bytes.length < 0x80 ? Buffer.from([bytes.length]) : Buffer.from([0x82, bytes.length >> 8, bytes.length & 0xff]);
      bytes = Buffer.concat([
        Buffer.from([0x30]),
        length.length === 3 && bytes.length < 0x100 ? Buffer.from([0x81, bytes.length]) : length,
        bytes,
      ]);
    }
    assert.throws(
      () => {
        for (let value = parseDer(bytes, 'value'); ; value = value.child(0, 'a value')) {}
      },
      { code: 'DER_INVALID' },
    );
  });

  const value = (hex: string) => parseDer(Buffer.from(hex, 'hex'), 'value');
  const read: readonly (readonly [what: string, expected: unknown, read: () => unknown])[] = [
    ['0', 0n, () => integerOf(value('020100'))],
    ['-1', -1n, () => integerOf(value('0201ff'))],
    ['128', 128n, () => integerOf(value('02020080'))],
    ['-129', -129n, () => integerOf(value('0202ff7f'))],
    ['true', true, () => booleanOf(value('0101ff'))],
    ['an object identifier', '1.3.6.1.4.1.57264.1.8', () => oidOf(value('060a2b0601040183bf300108'))],
    ['one of the second root', '2.999.3', () => oidOf(value('0603883703'))],
    ['a key', '0102', () => Buffer.from(bitStringOf(value('0303000102'))).toString('hex')],
    ['a BMP string', 'ab', () => textOf(value('1e0400610062'))],
    [
      'a time of this century',
      Date.parse('2026-08-21T12:00:00Z'),
      () => timeOf(value('170d3236303832313132303030305a')),
    ],
    ['a time of the last', Date.parse('1950-01-01T00:00:00Z'), () => timeOf(value('170d3530303130313030303030305a'))],
    [
      'half a second',
      Date.parse('2026-08-21T12:00:00.500Z'),
      () => timeOf(value(`1811${Buffer.from('20260821120000.5Z').toString('hex')}`)),
    ],
  ];
  for (const [what, expected, run] of read) {
    it(`reads ${what}`, () => assert.deepEqual(run(), expected));
  }

  const wrong: readonly (readonly [what: string, read: () => unknown])[] = [
    ['an integer with a leading zero', () => integerOf(value('02020001'))],
    ['an integer with leading ones', () => integerOf(value('0202ff80'))],
    ['an integer of no octets', () => integerOf(value('0200'))],
    ['a boolean of 1', () => booleanOf(value('010101'))],
    ['an object identifier without an end', () => oidOf(value('06012b80'.slice(0, 4) + '80'))],
    ['an arc with a leading zero', () => oidOf(value('06038001ff'.slice(0, 8) + '01'))],
    ['an arc past 53 bits', () => oidOf(value('060affffffffffffffffff7f'))],
    ['a bit string with unused bits', () => bitStringOf(value('030204f0'))],
    ['the thirtieth of February', () => timeOf(value(`170d${Buffer.from('260230120000Z').toString('hex')}`))],
    ['a time with an offset', () => timeOf(value(`1711${Buffer.from('2608211200+0100').toString('hex')}0000`))],
    ['a UTF8String that is not UTF-8', () => textOf(value('0c02c328'))],
    ['an IA5String that is not ASCII', () => textOf(value('1601e9'))],
    ['a BMPString of three octets', () => textOf(value('1e03006100'))],
  ];
  for (const [what, run] of wrong) {
    it(`refuses ${what}`, () => {
      assert.throws(run, { code: 'DER_INVALID' });
    });
  }

  it('covers its input with the raw bytes of its values, and fails with our own error alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          assert.deepEqual(Buffer.from(parseDer(bytes, 'value').raw), Buffer.from(bytes));
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
    );
  });
});
